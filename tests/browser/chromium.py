"""Which browser there is, and how it is started: it calls nobody, and leaves nothing in anybody's home."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
REQUIRED = "PLUMBLINE_TEST_BROWSER"
MISSING = (
    "no Chromium on this machine, so nobody looked at the pages in a browser: install it "
    "(on Debian: apt-get install chromium) and run the tests again"
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str | None:
    """The path of a browser; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def is_required() -> bool:
    """Whether a missing browser is a failure: CI says so."""
    return os.environ.get(REQUIRED) == "required"
