"""The HTTP API under /api/v1: what the shell does, for programs. Parse, call `cases`, render; no rule lives here."""
