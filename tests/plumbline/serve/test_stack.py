"""Keeping Prefect alive: what is started and stopped in which order, and how long is waited between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydantic import SecretStr

from plumbline.serve import parts, pauses, stack
from plumbline.serve.environment import PrefectHome
from plumbline.serve.faults import CannotServe, Stopped
from plumbline.serve.pauses import LONGEST_PAUSE, WELL_AFTER, Pause
from plumbline.serve.stack import Stack
from plumbline.settings import Settings


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    hand = Watch()
    for module in (stack, pauses):
        monkeypatch.setattr(module, "time", hand)
    return hand


def test_pauses_grow_to_a_minute(watch: Watch) -> None:
    pause = Pause()
    assert [pause.next() for _ in range(8)] == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE]


def test_after_five_quiet_minutes_the_next_pause_is_short_again(watch: Watch) -> None:
    pause = Pause()
    assert [pause.next() for _ in range(3)] == [1, 2, 4]
    watch.seconds += WELL_AFTER
    assert pause.next() == 8
    watch.seconds += WELL_AFTER + 0.001
    assert pause.next() == 1


class Part:
    """A child that does nothing but note what happens to it."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name, self.notes, self.status = name, notes, None
        self.log = Path(f"{name}.log")
        notes.append(f"{name} starts")

    def stop(self, *, within: float) -> None:
        assert within > 0
        self.notes.append(f"{self.name} stops")


class Theatre:
    """Prefect's parts as fakes. `plot` is called at every look around; it ends the play by setting `stop`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.notes: list[str] = []
        self.said: list[str] = []
        self.parts: dict[str, Any] = {}
        self.stop = Event()
        self.stack = Stack(
            Settings(home=folder), PrefectHome(folder, 1, SecretStr("a:b")), folder / "prefect.yaml",
            self.said.append, self.stop,
        )  # fmt: skip
        monkeypatch.setattr(stack, "LOOK_EVERY", 0.001)
        monkeypatch.setattr(parts, "start_server", lambda *_: self._part("server"))
        monkeypatch.setattr(parts, "await_server", lambda *_: None)
        monkeypatch.setattr(parts, "deploy", self._deploy)
        monkeypatch.setattr(parts, "start_worker", lambda *_: self._part("worker"))
        monkeypatch.setattr(Pause, "next", lambda _self: 0.001)
        monkeypatch.setattr(Stack, "_hangs", lambda _self: False)

    def _deploy(self, *_: object) -> int:
        self.notes.append("deployed")
        return 5

    def _part(self, name: str) -> Part:
        self.parts[name] = Part(name, self.notes)
        return self.parts[name]  # type: ignore[no-any-return]

    def play(self, monkeypatch: pytest.MonkeyPatch, *plot: Callable[[], object]) -> list[str]:
        """Runs the stack; one step of the plot at every look around, then it is told to stop."""
        steps = iter([*plot, self.stop.set])
        look = Stack._fallen

        def fallen(me: Stack) -> str | None:
            found = look(me)
            if found is None:
                next(steps)()
            return found

        monkeypatch.setattr(Stack, "_fallen", fallen)
        self.stack.run()
        return self.notes


@pytest.fixture
def theatre(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Theatre:
    return Theatre(monkeypatch, tmp_path)


BEGIN = ["server starts", "deployed", "worker starts"]
END = ["worker stops", "server stops"]


def test_the_worker_stops_before_the_server(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose server is gone ignores SIGTERM while it backs off."""
    assert theatre.play(monkeypatch) == [*BEGIN, *END]


def test_a_worker_that_ended_is_started_again_alone(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall() -> None:
        theatre.parts["worker"].status = 1

    assert theatre.play(monkeypatch, fall) == [*BEGIN, "worker stops", "worker starts", *END]
    assert "Prefect's worker has ended; it is started again in 0 s." in theatre.said


def test_without_its_server_everything_starts_anew(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall() -> None:
        theatre.parts["server"].status = -9

    assert theatre.play(monkeypatch, fall) == [*BEGIN, *END, *BEGIN, *END]


def test_a_restart_that_fails_is_tried_again(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([CannotServe("prefect_unreachable", "Prefect did not start.", "Look.")])

    def fall() -> None:
        theatre.parts["server"].status = -9
        monkeypatch.setattr(parts, "await_server", fail_once)

    def fail_once(*_: object) -> None:
        for failure in failures:
            raise failure

    notes = theatre.play(monkeypatch, fall)
    assert notes == [*BEGIN, *END, "server starts", "server stops", *BEGIN, *END]
    assert "Prefect did not start. Look." in theatre.said


def test_a_first_start_that_fails_is_the_caller_s_to_know(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CannotServe("prefect_unreachable", "Prefect did not start.", "Look.")

    monkeypatch.setattr(parts, "deploy", fail)
    with pytest.raises(CannotServe):
        theatre.play(monkeypatch)
    assert theatre.notes == ["server starts", "server stops"]


def test_told_to_stop_while_it_starts(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(parts, "await_server", stopped)
    with pytest.raises(Stopped):
        theatre.play(monkeypatch)
    assert theatre.notes == ["server starts", "server stops"]
