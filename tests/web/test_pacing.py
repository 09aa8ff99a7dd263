"""How often somebody may come: one limit, however many processes answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import pacing
from web.pacing import Paces


class Watch:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_two_processes_share_one_limit(tmp_path: Path) -> None:
    watch = Watch()
    one, other = (Paces(tmp_path / "pace.db", now=watch) for _ in range(2))
    assert [one.take("a", 4), other.take("a", 4), one.take("a", 4), other.take("a", 4)] == [0, 0, 0, 0]
    assert (one.take("a", 4), other.take("a", 4), other.wait("a", 4)) == (15, 15, 15)
    assert other.take("b", 4) == 0
    watch.seconds += 14.99
    assert other.take("a", 4) == 1
    watch.seconds += 0.01
    assert (other.take("a", 4), one.take("a", 4)) == (0, 15)


def test_what_came_though_it_might_not_is_paid_for_later() -> None:
    watch = Watch()
    paces = Paces(now=watch)
    for _ in range(3):
        paces.spend("a", 2)
    assert paces.wait("a", 2) == 60
    watch.seconds += 60
    assert (paces.wait("a", 2), paces.take("a", 2)) == (0, 0)


def test_a_clock_that_was_set_back_shuts_nobody_out() -> None:
    watch = Watch()
    paces = Paces(now=watch)
    assert [paces.take("a", 1), paces.take("a", 1)] == [0, 60]
    watch.seconds -= 90_000
    assert paces.take("a", 1) == 0


def test_no_more_are_remembered_than_fit_and_the_emptiest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "REMEMBERED", 10)
    monkeypatch.setattr(pacing, "SWEEP_EVERY", 20)
    paces = Paces(now=Watch())
    paces.spend("often", 1)
    paces.spend("often", 1)
    for which in range(18):
        paces.spend(str(which), 60)
    assert paces.wait("often", 1) > 60
    assert (
        sum(paces.wait(str(which), 60) == 0 and paces.take(str(which), 60) == 0 for which in range(18)) == 18
    )


def test_where_another_process_hangs_while_it_counts_everybody_comes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "PATIENCE", 0.01)
    paces, other = (Paces(tmp_path / "pace.db", now=Watch()) for _ in range(2))
    other._kept.execute("BEGIN EXCLUSIVE")
    assert [paces.take("a", 1) for _ in range(3)] == [0, 0, 0]
    other._kept.execute("ROLLBACK")
    assert [paces.take("a", 1), paces.take("a", 1)] == [0, 60]


def test_where_the_file_cannot_be_opened_each_process_counts_for_itself(tmp_path: Path) -> None:
    paces = Paces(tmp_path, now=Watch())
    assert [paces.take("a", 1), paces.take("a", 1)] == [0, 60]


@given(st.integers(1, 50), st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=120))
def test_never_more_than_a_full_bucket_and_what_flows_in(a_minute: int, pauses: list[float]) -> None:
    watch, came = Watch(), 0
    paces, began = Paces(now=watch), watch.seconds
    for pause in pauses:
        watch.seconds += pause
        came += paces.take("a", a_minute) == 0
        assert came <= a_minute * (1 + (watch.seconds - began) / 60) + 1e-3
