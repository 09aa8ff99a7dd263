"""Which browser there is, and how it is started: it calls nobody, and leaves nothing in anybody's home."""

from __future__ import annotations

import os
import shutil

import pytest

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


def path() -> str:
    """The browser's path. Without a browser the test is skipped; where one is required, as in CI, it fails."""
    found = next((there for name in NAMES if (there := shutil.which(name))), None)
    if found is None and os.environ.get(REQUIRED) == "required":
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found
