"""A script gone wild is told to wait; others are not made to."""

from __future__ import annotations

import pytest

from plumbline.settings import Settings
from plumbline.work import Work
from tests.web.api.client import Client, refused
from web.api.pace import Pace
from web.api.problems import Wrong
from web.pacing import Paces


class Watch:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_bucket_empties_at_once_and_fills_again_by_and_by() -> None:
    watch = Watch()
    pace = Pace(60, Paces(now=watch))
    for _ in range(60):
        pace.check("a")
    with pytest.raises(Wrong) as found:
        pace.check("a")
    assert (found.value.status, found.value.headers["Retry-After"]) == (429, "1")
    pace.check("b")
    watch.seconds = 0.999
    with pytest.raises(Wrong):
        pace.check("a")
    watch.seconds = 1.0
    pace.check("a")
    with pytest.raises(Wrong):
        pace.check("a")
    watch.seconds = 10_000
    for _ in range(60):
        pace.check("a")
    with pytest.raises(Wrong):
        pace.check("a")


def test_each_token_has_a_pace_of_its_own(home: object) -> None:
    work = Work.open(Settings(api_per_minute=2))
    api = Client(work)
    assert [api.ask("head", "GET", "/me").status_code for _ in range(3)] == [200, 200, 429]
    answer = api.ask("head", "GET", "/me")
    refused(answer, 429, "too_many")
    assert answer.headers["retry-after"] == "30"
    assert api.ask("officer", "GET", "/me").status_code == 200
    work.engine.dispose()
