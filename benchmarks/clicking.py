"""What Locust runs: somebody who is signed in and asks for one page, again and again, after a pause or without.

Started by benchmarks.load, which says in CLICKED which page that is.
"""

from __future__ import annotations

import json
import os

from locust import FastHttpUser, constant, task

ASKED = json.loads(os.environ["CLICKED"])


class Clicking(FastHttpUser):  # type: ignore[misc]  # Locust is there for benchmarks alone
    """One of them."""

    wait_time = constant(ASKED["pause"])

    @task  # type: ignore[untyped-decorator]
    def click(self) -> None:
        """The page; anything but 200 fails the run."""
        self.client.get(ASKED["path"], headers={"Cookie": ASKED["cookie"], "Accept": "text/html"})
