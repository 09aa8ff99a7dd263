"""Two offices, each with a `plumbline serve` of its own: what is dispatched here is signed for there, and answered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from plumbline.serve import running
from tests.plumbline.serve.test_running import Served, free_port, until
from tests.plumbline.shell import Shell, refused

PROGRAM = """
import sys
from plumbline.cli import main
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def serving(home: Path) -> Iterator[Served]:
    """`plumbline serve --no-prefect` on this home, as a process of its own."""
    port, log = free_port(), home / "serve.log"
    where = {**os.environ, "PYTHONPATH": str(Path(running.__file__).parents[2]), "PLUMBLINE_HOME": str(home)}
    command = [sys.executable, "-c", PROGRAM, "serve", "--no-prefect", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=where)
    try:
        yield Served(process, port, log)
    finally:
        process.kill()
        process.wait()


class Office:
    """One of the two, as its people sit at their shell."""

    def __init__(
        self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.home, self._monkeypatch = home, monkeypatch
        self._shell = Shell(home, capsys, at=None)

    @property
    def shell(self) -> Shell:
        self._monkeypatch.setenv("PLUMBLINE_HOME", str(self.home))
        return self._shell

    def step(self, who: str, machine: str, number: str, move: str) -> None:
        survey = self.shell.do(who, machine, "moves", number)
        form = next(one["fields"] for one in survey["open"] if one["move"] == move)
        self.shell.do(who, machine, "advance", number, move, *self.shell.filled(form))

    def show(self, number: str) -> Any:
        return self.shell.do("registrar", "escalation", "show", number)

    def dispatched(self) -> tuple[str, str]:
        """A clue and its escalation, on its way."""
        clue = self.shell.register()
        self.step("registrar", "clue", clue, "register")
        self.step("registrar", "clue", clue, "escalate")
        [line] = self.shell.do("registrar", "escalation", "list")["escalations"]
        self.step("leader", "escalation", line["number"], "approve")
        self.step("registrar", "escalation", line["number"], "dispatch")
        return clue, str(line["number"])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="ends its processes as Linux does")
def test_an_answer_comes_home_from_another_process(
    rehearsal_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    homes = [shutil.copytree(rehearsal_template, tmp_path / name) for name in ("port", "district")]
    port, district = (Office(home, capsys, monkeypatch) for home in homes)
    for office, name in ((port, "port"), (district, "district")):
        assert office.shell.run("site", "key", str(tmp_path / f"{name}.key")).status == 0
    with serving(homes[0]) as here, serving(homes[1]) as there:
        trust = ("site", "trust", str(tmp_path / "district.key"), "--for", "BHJ", "--json")
        said = port.shell.run(
            *trust, "--url", f"http://127.0.0.1:{there.port}", "--mail", "x@district.example"
        )
        assert said.json["url"].endswith(str(there.port))
        refused(port.shell.run(*trust, "--url", "http://somebody@district.example"), 1, "bad_url")
        assert (
            district.shell.run("site", "trust", str(tmp_path / "port.key"), "--for", "MGJ", "--json").status
            == 0
        )

        clue, ours = port.dispatched()
        until(lambda: "tick" in there.said(), "the district's page")
        assert port.shell.run("tick", "--json").json["failed"] == 0
        assert port.show(ours)["state"] == "delivered"
        [theirs] = [
            line["number"] for line in district.shell.do("district", "escalation", "list")["escalations"]
        ]
        district.step("district", "escalation", theirs, "sign_for")
        district.step("district", "escalation", theirs, "accept")
        assert port.shell.do("registrar", "escalation", "resend", ours)["ways"] == 1, (
            "do not wait for its turn"
        )
        assert port.shell.run("tick", "--json").status == 0

        found = port.show(ours)
        assert found["state"] == "answered"
        assert [(one["way"], one["outcome"]) for one in found["carriages"]] == [("wire", "brought")]
        assert port.shell.do("registrar", "clue", "show", clue)["state"] == "assigned"
        [line] = port.shell.run("site", "list", "--json").json["sites"]
        assert (line["down_since"], line["tries"]) == (None, 0)
        assert "answered" in port.shell.run("site", "list").out
        for office in (port, district):
            assert office.shell.run("audit", "verify", "--json").status == 0
        until(lambda: "tick" in here.said(), "our own page")
        there.process.terminate()
        assert (here.stop(), there.process.wait(60)) == (0, 0), here.said() + there.said()
