"""Reading ends with its ground: a copy withdrawn, work given back, a decision made, a clue or a person that leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, delete, select, update

from cases import administering, audit, ending, listing, searching
from cases.ending import Proposal
from cases.history import Event
from cases.matters import Matter, Reader
from cases.people import Person, Posting
from cases.worklist import Looker
from notifications.notices import Notice
from tests.cases.conftest import Unit
from tests.cases.port_office import Port, on_file


@pytest.fixture
def port(unit: Unit) -> Port:
    """The office with its rulebook on file and its notices planned."""
    return on_file(unit)


def sound(port: Port) -> bool:
    with port.unit() as session:
        return audit.verify(session).ok


def reads(port: Port, number: str, who: str) -> bool:
    """Whether they find it: by its number, in the list, by searching. All three agree, or it is a fault of its own."""
    with port.unit() as session:
        lines = listing.matters(session, port.office, "clue", actor=who, at=port.at, tab="copied").lines
        found = searching.search(session, Looker.of(session, port.office, who), number)
    listed = number in {line.number for line in lines}
    assert listed == (not port.unseen(number, who)) == bool(found)
    return listed


def said(port: Port, number: str, by: str = "head") -> list[tuple[str, str, str | None, str | None]]:
    """Before whom it was put, by which move, why that ended and by whom."""
    with port.unit() as session:
        found = listing.shown(session, port.office, number, actor=by)["readers"]
    return [(one["person"], one["ground"], one["why"], one["ended_by"]) for one in found]


def told(port: Port, who: str) -> int:
    with port.unit() as session:
        return len(session.exec(select(Notice).where(Notice.recipient == who)).all())


def test_a_copy_is_withdrawn_and_out_of_sight_at_once(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2", "officer3"])
    assert reads(port, number, "officer2")
    assert "reads_only" in port.refused(number, "officer2", "withdraw_copy", no_longer_copied=["officer3"])
    before = told(port, "officer2")
    port.do(number, "officer", "withdraw_copy", no_longer_copied=["officer2"])
    assert [reads(port, number, who) for who in ("officer2", "officer3")] == [False, True]
    assert said(port, number) == [
        ("officer2", "copy_to", "released", "officer"),
        ("officer3", "copy_to", None, None),
    ]
    port.do(number, "head", "press", press_whom=["officer2"])
    assert told(port, "officer2") == before, "whoever reads it no longer is told nothing of it"
    assert sound(port)


def test_what_was_withdrawn_can_be_copied_again_and_nobody_else_is_withdrawn(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    assert "unknown_reference" in port.refused(
        number, "officer", "withdraw_copy", no_longer_copied=["officer3"]
    )
    port.do(number, "officer", "withdraw_copy", no_longer_copied=["officer2"])
    assert "unknown_reference" in port.refused(
        number, "officer", "withdraw_copy", no_longer_copied=["officer2"], reason="再次"
    )
    port.do(number, "leader", "copy_to", copied_to=["officer2"])
    assert reads(port, number, "officer2")
    assert [why for *_, why, _ in said(port, number)] == ["released", None]
    assert sound(port)


@pytest.mark.parametrize(
    "back", [("officer2", "report_back", {}), ("leader", "end_delegation", {"released": "officer2"})]
)
def test_delegated_work_is_out_of_sight_once_it_is_back(
    port: Port, back: tuple[str, str, dict[str, str]]
) -> None:
    number = port.clue_with()
    port.do(number, "officer", "delegate", delegate="officer2")
    assert reads(port, number, "officer2")
    port.do(number, back[0], back[1], **back[2])
    assert not reads(port, number, "officer2")
    assert sound(port)


def test_whoever_reads_on_two_grounds_reads_until_both_have_ended(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "delegate", delegate="officer2")
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    port.do(number, "officer2", "report_back")
    assert reads(port, number, "officer2"), "the copy stands"
    port.do(number, "officer", "withdraw_copy", no_longer_copied=["officer2"])
    assert not reads(port, number, "officer2")
    assert sound(port)


def test_a_signer_reads_until_the_decision_and_one_who_is_removed_until_then(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "propose_disposition", way="hold")
    port.do(number, "officer", "joint_sign", signers=["officer2", "officer3"])
    port.do(number, "officer2", "countersign")
    assert reads(port, number, "officer2"), "what was signed is read until it is decided"
    port.do(number, "leader", "remove_signer", removed_signer="officer3")
    assert not reads(port, number, "officer3")
    port.do(number, "head", "approve_hold")
    assert not reads(port, number, "officer2")
    assert [(who, why) for who, _, why, _ in said(port, number)] == [
        ("officer2", "not_asked"),
        ("officer3", "released"),
    ]
    assert sound(port)


def test_a_clue_that_leaves_is_read_by_nobody_before_whom_it_was_put(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "propose_disposition", way="refer")
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    assert reads(port, number, "officer2")
    port.do(number, "head", "approve_referral")
    assert not reads(port, number, "officer2")
    assert said(port, number) == [("officer2", "copy_to", "handed_on", "head")]
    port.do(number, "registrar", "copy_to", copied_to=["officer2"])
    assert reads(port, number, "officer2"), "unless whoever keeps the file copies it again"
    assert sound(port)


def test_a_clue_that_is_over_and_taken_up_again_is_copied_anew_or_not_read(port: Port) -> None:
    number = port.note()
    port.do(number, "registrar", "copy_to", copied_to=["officer2"])
    assert reads(port, number, "officer2")
    port.do(number, "leader", "screen_out")
    assert not reads(port, number, "officer2")
    assert said(port, number)[0][2:] == ("over", "leader")
    assert sound(port)


def test_whoever_leaves_the_body_reads_nothing_there_and_the_history_says_so(port: Port) -> None:
    number, kept = port.clue_with(), port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    port.do(kept, "officer", "copy_to", copied_to=["officer3"])
    with port.unit() as session:
        administering.post(session, port.office, actor="operator", login="officer2", role="officer",
                           organisation="BHJ", project=None, at=port.at)  # fmt: skip
    assert reads(port, number, "officer2"), "another posting takes nothing away"
    with port.unit() as session:
        administering.unpost(session, port.office, actor="operator", login="officer2", role="officer",
                             organisation="MGJ", project=None, at=port.at)  # fmt: skip
    assert not reads(port, number, "officer2"), "an officer of another commission now"
    assert reads(port, kept, "officer3")
    assert said(port, number) == [("officer2", "copy_to", "posting", "operator")]
    with port.unit() as session:
        administering.post(session, port.office, actor="operator", login="officer2", role="officer",
                           organisation="MGJ", project=None, at=port.at)  # fmt: skip
    assert not reads(port, number, "officer2"), "who comes back is given it again, or does not read it"
    assert sound(port)


def test_even_a_posting_that_changed_behind_the_administration_shows_nothing(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    with port.unit() as session:
        session.execute(update(Posting).where(col(Posting.person) == "officer2").values(organisation="BHJ"))
    assert not reads(port, number, "officer2")


def test_whose_account_ends_reads_nothing_more_and_the_work_waited_for_is_released(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "delegate", delegate="officer2")
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    with port.unit() as session:
        plan = Proposal("officer2", None, {}, "调离")
        end = ending.propose(session, port.office, plan, actor="registrar", at=port.at)
        key = end.id or 0
    with port.unit() as session:
        ending.approve(session, port.office, key, actor="head", at=port.at)
    assert said(port, number) == [
        ("officer2", "delegate", "account", "head"),
        ("officer2", "copy_to", "account", "head"),
    ]
    with port.unit() as session:
        session.execute(update(Person).where(col(Person.login) == "officer2").values(active=True))
    assert not reads(port, number, "officer2"), "an account that is opened again brings nothing back"
    port.do(number, "officer", "end_delegation", released="officer2")
    port.do(number, "officer", "propose_disposition", way="hold")
    assert sound(port)


@pytest.mark.parametrize("what", ["resurrected", "ended", "deleted", "another why", "forged"])
def test_the_audit_finds_whoever_reads_again_or_no_longer_without_a_move(port: Port, what: str) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2", "officer3"])
    port.do(number, "officer", "withdraw_copy", no_longer_copied=["officer2"])
    assert sound(port)
    ended, reading = col(Reader.person) == "officer2", col(Reader.person) == "officer3"
    with port.unit() as session:
        last = session.exec(select(Event.seq).order_by(col(Event.id).desc())).first()
        matter = session.exec(select(Matter.id).where(Matter.number == number)).one()
        if what == "forged":
            session.add(Reader(matter=matter or 0, person="officer2", ground="copy_to", since=int(last or 0)))
        else:
            session.execute({
                "resurrected": update(Reader).where(ended).values(ended=None, why=None),
                "ended": update(Reader).where(reading).values(ended=last, why="released"),
                "deleted": delete(Reader).where(ended),
                "another why": update(Reader).where(ended).values(why="account"),
            }[what])  # fmt: skip
    with port.unit() as session:
        assert [(one.subject, one.code) for one in audit.verify(session).faults] == [
            (number, "readers_altered")
        ]


def test_who_reads_is_no_business_of_those_who_only_read(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2", "officer3"])
    assert said(port, number, by="officer2") == []
    assert len(said(port, number, by="officer")) == 2


def test_taking_a_proposal_back_is_not_barred_by_a_copy_that_was_withdrawn(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "propose_disposition", way="hold")
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    port.do(number, "officer", "withdraw_copy", no_longer_copied=["officer2"])
    port.at += timedelta(minutes=1)
    assert port.do(number, "officer", "recall_disposition").to == "assigned"
