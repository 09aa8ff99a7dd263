# Every target sets up what it needs; `dev` does the work with nothing but Python. Try: make help
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: bench check demo fmt help lock replay serve setup test

bench check demo fmt help lock replay serve setup test:
	@$(PYTHON) dev $@ $(ARGS)
