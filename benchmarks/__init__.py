"""What a move, a sweep and an import cost, each beside the bare thing it is built on. `make bench` runs them all."""
