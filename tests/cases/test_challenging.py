"""A challenge: a second person decides on it, and on the head's own the commission above."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, select

from cases import audit, gathering, listing, recusals, recusing, rulebooks
from cases.errors import NoSuchMatter
from cases.opening import id_of
from cases.people import Person, Posting
from cases.recusals import ASKED, CHALLENGED, New, Recusal
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.port_office import Port, on_file
from tests.cases.recusal_stories import WHY, challenge, child, decide, declare, out_of


def test_a_challenge_takes_nobody_out_before_a_second_person_decides(port: Port) -> None:
    clue = port.clue_with()
    key = challenge(port, clue, "registrar", "officer")
    assert not port.unseen(clue, "officer")
    with pytest.raises(Refused, match="Somebody else"):
        decide(port, key, "registrar")
    with pytest.raises(Refused, match="Somebody else"):
        decide(port, key, "officer")
    with pytest.raises(Refused, match="Only the head"):
        decide(port, key, "leader")
    assert decide(port, key, "head").state == "in_force"
    assert port.unseen(clue, "officer")


def test_a_challenge_may_be_refused(port: Port) -> None:
    clue = port.clue_with()
    key = challenge(port, clue, "registrar", "officer")
    assert decide(port, key, "head", grant=False).state == "refused"
    assert not port.unseen(clue, "officer")
    with pytest.raises(NoSuchMatter):
        decide(port, key, "head")


def test_a_members_challenge_does_not_tell_who_is_recused_already(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    number = child(port, clue, "consultation")
    port.do(number, "registrar", "send_brief")
    declare(port, clue, "registrar")
    with pytest.raises(Refused, match="recused already"):
        challenge(port, number, "leader", "registrar")
    keys = [challenge(port, number, "owner", who) for who in ("registrar", "officer3")]
    with pytest.raises(Refused, match="asked for"):
        challenge(port, number, "owner", "officer3")
    assert challenge(port, number, "contractor", "officer3") not in keys
    decide(port, keys[0], "head")
    assert "registrar" in out_of(port, number)
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        assert audit.verify(session).faults == ()


def test_of_two_who_decide_at_once_one_does(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    with port.unit() as session:
        session.add(Person(login="head2", name="钱进", organisation="MGJ"))
        session.flush()
        session.add(Posting(person="head2", role="head", organisation="MGJ"))
    clue = port.clue_with()
    key = challenge(port, clue, "leader", "officer2")
    both_have_read, real = Barrier(2, timeout=1), gathering.load_by_id

    def together(session: Session, matter: int) -> Any:
        with suppress(BrokenBarrierError):  # SQLite lets only one of them as far as this
            both_have_read.wait()
        return real(session, matter)

    def decides(who: str, *, grant: bool) -> str:
        try:
            return decide(port, key, who, grant=grant).state
        except NoSuchMatter:
            return "too late"

    monkeypatch.setattr(gathering, "load_by_id", together)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(decides, "head", grant=True), pool.submit(decides, "head2", grant=False)
        found = {one.result(), other.result()}
    assert "too late" in found
    assert found & {"in_force", "refused"}
    with port.unit() as session:
        assert {one.state for one in session.exec(select(Recusal)).all()} == found - {"too late"}


def test_the_heads_own_recusal_goes_up(port: Port) -> None:
    clue = port.clue_with()
    key = challenge(port, clue, "registrar", "head")
    with pytest.raises(Refused, match="Somebody else"):
        decide(port, key, "head")
    with port.unit() as session:
        above = recusing.to_decide(session, port.office, "district")
        assert recusing.to_decide(session, port.office, "head") == []
    assert [(one["number"], one["person"], one["reason"]) for one in above] == [(clue, "head", WHY)]
    assert decide(port, key, "district").state == "in_force"
    assert port.unseen(clue, "head")
    assert port.unseen(clue, "district")


def test_the_heads_own_challenge_is_decided_above_as_well(port: Port) -> None:
    clue = port.clue_with()
    key = challenge(port, clue, "head", "officer")
    with pytest.raises(Refused, match="Somebody else"):
        decide(port, key, "head")
    assert decide(port, key, "district").state == "in_force"


def test_nobody_challenges_what_they_do_not_see_or_themselves(port: Port) -> None:
    clue = port.clue_with()
    with pytest.raises(NoSuchMatter):
        challenge(port, clue, "owner", "officer")
    with pytest.raises(Refused, match="declared"):
        challenge(port, clue, "officer", "officer")
    challenge(port, clue, "leader", "officer")
    with pytest.raises(Refused, match="already"):
        challenge(port, clue, "registrar", "officer")


# ------------------------------------------------------------------------- sealed when asked, and told to nobody else


def faults(port: Port) -> list[str]:
    with port.unit() as session:
        return [fault.code for fault in audit.verify(session).faults]


def told(port: Port, number: str, who: str) -> list[dict[str, Any]]:
    """What history tells this person of recusals."""
    with port.unit() as session:
        every = listing.history(session, port.office, number, actor=who)
        return [one["data"] | {"move": one["move"]} for one in every if one["move"].startswith("recusal.")]


@pytest.fixture
def audited(unit: Unit) -> Port:
    return on_file(unit)


@pytest.mark.parametrize(
    "behind",
    [
        "UPDATE recusal SET reason = '别的理由'",
        "UPDATE recusal SET person = 'officer2'",
        "UPDATE recusal SET asked_by = 'leader'",
        "UPDATE recusal SET state = 'refused', decided_by = 'head'",
        "UPDATE recusal SET salt = ''",
        "DELETE FROM recusal",
    ],
)
def test_what_is_changed_between_asking_and_deciding_is_found(audited: Port, behind: str) -> None:
    challenge(audited, audited.clue_with(), "registrar", "officer")
    assert faults(audited) == []
    with audited.unit() as session:
        session.execute(text(behind))
    assert "recusal_altered" in faults(audited)


@pytest.mark.parametrize("grant", [True, False])
def test_a_decided_challenge_is_as_it_was_asked(audited: Port, grant: bool) -> None:
    clue = audited.clue_with()
    key = challenge(audited, clue, "registrar", "officer")
    decide(audited, key, "head", grant=grant)
    assert faults(audited) == []
    with audited.unit() as session:
        session.execute(text("UPDATE recusal SET reason = '别的理由'"))
    assert "recusal_altered" in faults(audited)


def test_a_challenge_that_was_refused_is_not_asked_again_behind_historys_back(audited: Port) -> None:
    key = challenge(audited, audited.clue_with(), "registrar", "officer")
    decide(audited, key, "head", grant=False)
    with audited.unit() as session:
        session.execute(text("UPDATE recusal SET state = 'asked'"))
    assert faults(audited) == ["recusal_altered"]


def test_that_somebody_was_challenged_is_told_to_whoever_asked_and_the_auditor_alone(audited: Port) -> None:
    clue = audited.clue_with()
    key = challenge(audited, clue, "registrar", "officer")
    for who in ("registrar", "auditor"):
        (asked,) = told(audited, clue, who)
        assert asked.keys() == {"recusal_seal", "move"}, "of whom, and why, is in no history"
    assert [told(audited, clue, who) for who in ("officer", "leader")] == [[], []]
    decide(audited, key, "head", grant=False)
    assert told(audited, clue, "officer") == [], "of a challenge that is refused they never hear"
    assert [one["move"] for one in told(audited, clue, "auditor")] == ["recusal.asked", "recusal.refused"]


@pytest.mark.parametrize("salt", ["", "0" * 32])
def test_what_was_asked_before_it_was_sealed_then_is_clean(audited: Port, salt: str) -> None:
    clue = audited.clue_with()
    with audited.unit() as session:
        new = New("officer", CHALLENGED, WHY, "registrar", ASKED)
        key = recusals.put(session, id_of(session, clue), new, at=audited.at)
        session.execute(update(Recusal).values(salt=salt))
    assert faults(audited) == []
    decide(audited, key, "head")
    assert faults(audited) == []
