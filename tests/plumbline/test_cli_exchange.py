"""contract.md's commands of the exchange, on two homes: site key, site trust, packet, receive, reply, take-reply."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from cases import carriages
from cases.matters import Matter
from notifications import mailed_files
from notifications.mailed_files import Ends
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import NOON, Said, Shell, refused

Sites = Callable[[str], Shell]


@pytest.fixture(autouse=True)
def _a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences are looked for whole, whatever the terminal that runs the tests."""
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def at_site(
    rehearsal_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Sites:
    """The shell at one of two sites; asking for a site means going there."""

    def go(name: str) -> Shell:
        home = tmp_path / name
        if not home.exists():
            shutil.copytree(rehearsal_template, home)
        monkeypatch.setenv("PLUMBLINE_HOME", str(home))
        return Shell(home, capsys)

    return go


@pytest.fixture
def folder(at_site: Sites, tmp_path: Path) -> Path:
    """Where the stick is: both sites have taken in each other's key from it."""
    for name in ("port", "district"):
        said = at_site(name).run("site", "key", str(tmp_path / f"{name}.key"), "--json")
        assert said.status == 0
        assert len(said.json["site"]) == 32
    for name, other in (("port", "district"), ("district", "port")):
        said = at_site(name).run("site", "trust", str(tmp_path / f"{other}.key"), "--json")
        assert said.status == 0
        assert said.json["organisations"] == ["BHJ", "MGJ", "SJW"]
    return tmp_path


def step(shell: Shell, who: str, machine: str, number: str, move: str) -> Any:
    survey = shell.do(who, machine, "moves", number)
    form = next(one["fields"] for one in survey["open"] if one["move"] == move)
    return shell.do(who, machine, "advance", number, move, *shell.filled(form))


def dispatched(shell: Shell) -> tuple[str, str]:
    """A clue and its escalation, on its way."""
    clue = shell.register()
    step(shell, "registrar", "clue", clue, "register")
    step(shell, "registrar", "clue", clue, "escalate")
    number = str(shell.do("registrar", "escalation", "list")["escalations"][0]["number"])
    step(shell, "leader", "escalation", number, "approve")
    step(shell, "registrar", "escalation", number, "dispatch")
    return clue, number


def test_there_and_back(at_site: Sites, folder: Path) -> None:
    port = at_site("port")
    clue, ours = dispatched(port)
    packet, answer = str(folder / "packet"), str(folder / "answer")
    assert port.do("registrar", "escalation", "packet", ours, packet)["number"] == ours

    district = at_site("district")
    shown = district.do("district", "escalation", "receive", packet, "--dry-run")
    assert (shown["notice"], shown["sender"], shown["kind"]) == (ours, "MGJ", "request")
    assert district.do("district", "escalation", "list")["total"] == 0, "looking takes nothing in"
    first = district.do("district", "escalation", "receive", packet)
    second = district.do("district", "escalation", "receive", packet)
    assert (first["new"], second["new"]) == (True, False)
    assert first["number"] == second["number"]
    step(district, "district", "escalation", first["number"], "sign_for")
    step(district, "district", "escalation", first["number"], "accept")
    district.do("district", "escalation", "reply", first["number"], answer)

    port = at_site("port")
    taken = port.do("registrar", "escalation", "take-reply", answer)
    again = port.do("registrar", "escalation", "take-reply", answer)
    assert (taken["number"], taken["new"], taken["state"]) == (ours, True, "answered")
    assert (again["number"], again["new"], again["state"]) == (ours, False, "answered")
    assert port.do("registrar", "clue", "show", clue)["state"] == "assigned"
    known = port.do("registrar", "clue", "disclosures", clue, "--to", "BHJ")["disclosures"]
    assert [line["kind"] for line in known] == ["packet"]
    assert port.run("audit", "verify", "--json").status == 0


def test_for_people_it_says_what_it_is(at_site: Sites, folder: Path) -> None:
    port = at_site("port")
    _, ours = dispatched(port)
    packet = str(folder / "packet")
    port.do("registrar", "escalation", "packet", ours, packet)
    said = at_site("district").run("escalation", "receive", packet, "--as", "district")
    assert said.status == 0
    assert ours in said.out
    assert "problem found on site" in said.out


def test_a_changed_file_is_refused_and_on_record(at_site: Sites, folder: Path) -> None:
    port = at_site("port")
    _, ours = dispatched(port)
    packet = folder / "packet"
    port.do("registrar", "escalation", "packet", ours, str(packet))
    packet.write_bytes(packet.read_bytes().replace(b"normal", b"urgent"))
    district = at_site("district")
    refused(district.ask("district", "escalation", "receive", str(packet)), 1, "damaged")
    log = district.run("site", "log", "--json").json["log"]
    assert (log[0]["what"], log[0]["outcome"], log[0]["reasons"]) == ("packet", "refused", ["damaged"])


def test_a_site_whose_trust_was_taken_back(at_site: Sites, folder: Path) -> None:
    port = at_site("port")
    _, ours = dispatched(port)
    packet = str(folder / "packet")
    port.do("registrar", "escalation", "packet", ours, packet)
    district = at_site("district")
    site = district.run("site", "list", "--json").json["sites"][0]["site"]
    assert district.run("site", "revoke", site, "--json").json["revoked"] is True
    refused(district.ask("district", "escalation", "receive", packet), 1, "revoked_site")
    refused(district.run("site", "revoke", site, "--json"), 1, "unknown_site")


@pytest.mark.parametrize("words", [("receive",), ("take-reply",)])
def test_a_file_that_is_not_there(at_site: Sites, tmp_path: Path, words: tuple[str, ...]) -> None:
    said: Said = at_site("port").ask("registrar", "escalation", *words, str(tmp_path / "nothing"))
    refused(said, 2, "no_such_file")


def test_a_place_where_nothing_can_be_written(at_site: Sites, tmp_path: Path) -> None:
    said = at_site("port").run("site", "key", str(tmp_path / "no" / "such" / "folder"), "--json")
    refused(said, 2, "not_writable")


def test_a_number_that_is_no_escalation(at_site: Sites, tmp_path: Path) -> None:
    port = at_site("port")
    clue = port.register()
    refused(
        port.ask("registrar", "escalation", "packet", "MGJ-SB-2026-9", str(tmp_path / "x")),
        2,
        "no_such_number",
    )
    refused(port.ask("registrar", "escalation", "packet", clue, str(tmp_path / "x")), 1, "not_exchanged")


def test_a_saved_mail_instead_of_the_file(at_site: Sites, folder: Path) -> None:
    port = at_site("port")
    _, ours = dispatched(port)
    packet, mail = folder / "packet", folder / "mail.eml"
    port.do("registrar", "escalation", "packet", ours, str(packet))
    ends = Ends("clues@port.example", "exchange@district.example", "a" * 32)
    letter = mailed_files.letter(packet.read_bytes(), what="packet", mark="1", ends=ends, at=NOON)
    mail.write_bytes(letter.as_bytes())
    district = at_site("district")
    assert district.do("district", "escalation", "receive", str(mail), "--dry-run")["notice"] == ours
    theirs = district.do("district", "escalation", "receive", str(mail))
    assert theirs["new"] is True
    mail.write_bytes(b"From: somebody@port.example\r\nSubject: hello\r\n\r\nNothing is attached.\r\n")
    refused(district.ask("district", "escalation", "receive", str(mail)), 1, "no_attachment")
    log = district.run("site", "log", "--json").json["log"]
    assert (log[0]["outcome"], log[0]["reasons"], log[0]["times"]) == ("refused", ["no_attachment"], 1)


def test_people_see_since_when_a_site_does_not_answer(at_site: Sites, folder: Path) -> None:
    port = at_site("port")
    key = str(folder / "district.key")
    told = port.run(
        "site", "trust", key, "--for", "BHJ", "--url", "http://127.0.0.1:9", "--mail", "x@d.example", "--json"
    )
    assert (told.json["url"], told.json["mail"]) == ("http://127.0.0.1:9", "x@d.example")
    _, ours = dispatched(port)
    assert port.do("operator", "tick")["failed"] == 1
    [site] = port.run("site", "list", "--json").json["sites"]
    assert (site["down_since"], site["tries"]) == (NOON.isoformat(), 1)
    assert "cannot be reached" in site["why"]
    assert "does not answer since 2026-09-01 12:00" in port.run("site", "list").out
    assert port.do("registrar", "escalation", "show", ours)["carriages"] == [], "the line, not this packet"
    refused(port.run("site", "trust", key, "--mail", "nobody", "--json"), 1, "bad_mail")
    refused(port.ask("auditor", "escalation", "resend", ours), 1, "not_your_role")
    refused(port.ask("registrar", "escalation", "resend", "MGJ-SB-2026-9"), 2, "no_such_number")


def test_people_see_why_the_other_site_refused(at_site: Sites, folder: Path) -> None:
    port = at_site("port")
    _, ours = dispatched(port)
    [matter] = listed(port, ours)
    reasons = [{"code": "not_theirs", "zh": "该站点无权代表 MGJ。", "en": "This site may not speak for MGJ."}]
    with work(port).unit() as session:
        carriages.take(session, matter, carriages.WIRE, at=NOON)
        carriages.settle(session, matter, carriages.WIRE, carriages.REFUSED_THERE, at=NOON, reasons=reasons)
    shown = port.run("escalation", "show", ours, "--as", "registrar").out
    assert "refused by the other site" in shown
    assert "This site may not speak for MGJ." in shown
    found = port.do("registrar", "escalation", "show", ours)["carriages"]
    assert [(one["outcome"], one["reasons"]) for one in found] == [("refused_there", reasons)]
    assert port.do("registrar", "escalation", "resend", ours)["ways"] == 1


def work(shell: Shell) -> Work:
    return Work.open(Settings(home=shell.home))


def listed(shell: Shell, number: str) -> list[int]:
    with work(shell).reading() as session:
        return [one or 0 for one in session.exec(select(Matter.id).where(Matter.number == number))]
