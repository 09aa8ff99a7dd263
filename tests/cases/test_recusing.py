"""Recusal: out of sight, out of the count, a substitute in the seat; and a second person decides on a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, col, select

from cases import audit, gathering, interests, listing, recusals, recusing, round_results, rulebooks
from cases.errors import NoSuchMatter
from cases.ledger_landing import land
from cases.matters import Matter
from cases.opening import id_of
from cases.people import Person, Posting
from cases.recusals import Recusal
from notifications import rules
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.ledgers import GIVEN, read
from tests.cases.port_office import Port

WHY = "与被反映人系近亲属"


@pytest.fixture
def port(unit: Unit) -> Port:
    with unit() as session:
        session.add(Person(login="deputy", name="高远", organisation="QJN"))
        session.flush()
        session.add(Posting(person="deputy", role="member", organisation="QJN"))
    return Port(unit)


def declare(port: Port, number: str, who: str, reason: str = WHY) -> recusing.Decided:
    with port.unit() as session:
        return recusing.declare(session, port.office, number, actor=who, reason=reason, at=port.at)


def challenge(port: Port, number: str, who: str, person: str) -> int:
    with port.unit() as session:
        return recusing.challenge(
            session, port.office, number, actor=who, person_=person, reason=WHY, at=port.at
        ).id


def decide(port: Port, key: int, who: str, *, grant: bool = True) -> recusing.Decided:
    with port.unit() as session:
        return recusing.decide(session, port.office, key, actor=who, grant=grant, reason="经核实", at=port.at)


def interest(port: Port, who: str, kind: str, name: str) -> None:
    with port.unit() as session:
        interests.declare(session, person=who, kind=kind, name=name, note="", at=port.at)


def out_of(port: Port, number: str) -> set[str]:
    with port.unit() as session:
        return set(recusals.out_of(session, id_of(session, number)))


def told(port: Port, who: str) -> list[dict[str, Any]]:
    with port.unit() as session:
        return recusing.mine(session, port.office, who)


def child(port: Port, number: str, kind: str, who: str = "leader") -> str:
    with port.unit() as session:
        links = listing.shown(session, port.office, number, actor=who)["links"]
    return str([one["number"] for one in links if one["link"] == kind][-1])


def listed(port: Port, who: str, machine: str = "clue") -> Sequence[str]:
    with port.unit() as session:
        return [
            one.number for one in listing.matters(session, port.office, machine, actor=who, at=port.at).lines
        ]


# ------------------------------------------------------------------------------------------------ declaring


def test_whoever_declares_an_interest_loses_sight_of_the_whole_affair(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    round_ = child(port, clue, "consultation")
    assert not port.unseen(round_, "officer")
    declare(port, clue, "officer")
    assert port.unseen(clue, "officer")
    assert port.unseen(round_, "officer")
    assert listed(port, "officer") == listed(port, "officer", "consultation") == []
    assert clue in listed(port, "leader")


def test_what_comes_out_of_the_clue_later_is_out_of_sight_too(port: Port) -> None:
    clue = port.clue_with()
    declare(port, clue, "registrar")
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    assert port.unseen(child(port, clue, "consultation"), "registrar")
    port.do(clue, "leader", "escalate")
    assert port.unseen(child(port, clue, "escalation"), "registrar")


def test_an_interest_declared_in_the_round_reaches_up_to_the_clue(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    round_ = child(port, clue, "consultation")
    port.do(round_, "officer", "declare_recusal")
    assert port.unseen(clue, "officer")


def test_they_are_told_that_it_exists_and_not_what_for(port: Port) -> None:
    clue = port.clue_with()
    declare(port, clue, "officer")
    assert [(one["number"], one["state"]) for one in told(port, "officer")] == [(clue, "recused")]
    assert WHY not in str(told(port, "officer"))
    assert set(told(port, "officer")[0]) == {"number", "machine", "state", "kind", "since"}


def test_history_says_who_is_out_and_not_why(port: Port) -> None:
    clue = port.clue_with()
    declare(port, clue, "officer")
    with port.unit() as session:
        events = listing.history(session, port.office, clue, actor="auditor")
        assert audit.verify(session).faults == ()
    assert events[-1]["data"] == {"person": "officer", "kind": "declared"}
    assert WHY not in str(events)


def test_the_interest_of_a_member_is_read_by_who_decides_alone(port: Port) -> None:
    number = port.meeting()
    port.do(number, "contractor", "declare_recusal", interest="witness")
    with port.unit() as session:
        assert "witness" not in str(listing.history(session, port.office, number, actor="leader"))
        assert "witness" not in str(listing.shown(session, port.office, number, actor="leader")["values"])
        assert "witness" in str(recusing.of_matter(session, port.office, number, actor="head"))
        assert "witness" not in str(recusing.of_matter(session, port.office, number, actor="leader"))
        assert recusing.of_matter(session, port.office, number, actor="owner") == []


# ---------------------------------------------------------------------------------------- the round without them


def test_a_recused_member_leaves_the_count_and_the_substitute_sits(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor", "disagree", opinion_reasons="工期")
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    assert port.unseen(number, "deputy")
    port.do(number, "contractor", "declare_recusal")
    assert port.unseen(number, "contractor")
    assert not port.unseen(number, "deputy")
    port.say(number, "owner")
    port.say(number, "overseer")
    assert "deputy" in port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    port.say(number, "deputy", "abstain")
    port.do(number, "leader", "collect_opinions")
    with port.unit() as session:
        counted = round_results.result(session, port.office, number, actor="leader")["result"]
    assert (counted["outcome"], counted["recused"], counted["dissent"]) == ("carried", ["contractor"], [])
    assert counted["counts"] == {"agree": 2, "agree_if": 0, "disagree": 0, "abstain": 1, "silent": 0}


def test_saying_recused_is_to_be_recused(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor", "recused", opinion_reasons=WHY)
    assert port.unseen(number, "contractor")
    assert out_of(port, number) == {"contractor"}


def test_why_somebody_said_recused_is_read_by_nobody_in_the_round(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor", "recused", opinion_reasons=WHY)
    port.say(number, "owner")
    port.say(number, "overseer")
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    for who in ("owner", "overseer", "leader", "registrar", "auditor"):
        with port.unit() as session:
            told = round_results.opinions(session, port.office, number, actor=who)
            assert WHY not in str(told)
            assert ("contractor", "recused") in {(one["person"], one["view"]) for one in told}
            assert WHY not in str(listing.shown(session, port.office, number, actor=who))
    with port.unit() as session:
        assert WHY in str(recusing.of_matter(session, port.office, number, actor="head"))


def test_nobody_who_is_out_of_the_clue_is_offered_a_seat_or_the_file(port: Port) -> None:
    clue = port.clue_with(subject="某甲", subject_unit="第七工程局南方公司")
    assert out_of(port, clue) == {"contractor", "deputy"}
    assert port.refused(clue, "officer", "convene", seats=["owner", "contractor"])
    port.do(clue, "officer", "convene", seats=["owner", "overseer"])
    decide(port, challenge(port, clue, "leader", "officer2"), "head")
    assert port.refused(clue, "leader", "change_handler", handler="officer2")
    port.do(clue, "leader", "change_handler", handler="officer3")


# ------------------------------------------------------------------------------------------------- matching


@pytest.mark.parametrize(
    "kind, name, about",
    [
        ("company", "恒泰监理（公司）", {"subject": "某甲", "subject_unit": "恒泰监理 公司"}),
        ("person", "Ｚｈａｏ De-ming", {"subject": "ZHAO Deming"}),
        ("project", "港口中心项目", {"project": "PC"}),
        ("project", "pc", {"project": "PC"}),
        ("body", "港口集团纪委", {"managed_by": "ours"}),
        (
            "body",
            "滨海新区纪工委监察专员办",
            {"managed_by": "higher", "title": "密封件", "problem": "密封件", "kind": "unread"},
        ),
    ],
)
def test_a_declared_interest_that_the_clue_touches_takes_them_out(
    port: Port, kind: str, name: str, about: dict[str, str]
) -> None:
    interest(port, "registrar", kind, name)
    clue = port.note(**about)
    assert "registrar" in out_of(port, clue)
    assert clue not in listed(port, "registrar")


def test_an_interest_that_ended_matches_nothing(port: Port) -> None:
    interest(port, "registrar", "company", "恒泰监理公司")
    with port.unit() as session:
        key = interests.of(session, "registrar")[0].id
        assert key is not None
        assert not interests.end(session, key, person="leader", at=port.at)
        assert interests.end(session, key, person="registrar", at=port.at)
    assert "registrar" not in out_of(port, port.note(subject="某甲", subject_unit="恒泰监理公司"))


def test_what_is_corrected_later_is_matched_then(port: Port) -> None:
    clue = port.note()
    port.do(clue, "registrar", "reclassify", managed_by="own_head")
    assert out_of(port, clue) == {"head"}
    assert port.unseen(clue, "head")


def test_whom_a_report_is_about_is_not_even_told_that_it_exists(port: Port) -> None:
    clue = port.note(subject="何 敏", subject_unit="港口集团纪委")  # the registrar's own name
    assert out_of(port, clue) == {"registrar"}
    assert port.unseen(clue, "registrar")
    assert told(port, "registrar") == []


def test_a_commissions_own_staff_is_not_out_because_their_commission_is_named(port: Port) -> None:
    assert out_of(port, port.note(subject="某甲", subject_unit="港口集团纪委")) == set()


def test_no_notice_of_it_reaches_them_from_the_first_moment(port: Port) -> None:
    interest(port, "registrar", "company", "恒泰监理公司")
    clue = port.note(subject="某甲", subject_unit="恒泰监理公司")
    other = port.note()
    announced = port.office.announce.occurred  # type: ignore[attr-defined]
    with port.unit() as session:
        told_ = [(one.occurred.number, one.login) for one in rules.concerned(session, port.office, announced)]
    assert (other, "registrar") in told_
    assert (clue, "registrar") not in told_


def test_a_new_interest_is_matched_against_what_is_on_file(port: Port) -> None:
    clue = port.note(subject="某甲", subject_unit="恒泰监理公司")
    interest(port, "leader", "company", "恒泰监理公司")
    with port.unit() as session:
        assert recusing.match_everything(session, port.office, at=port.at) == 1
        assert recusing.match_everything(session, port.office, at=port.at) == 0
        assert audit.verify(session).faults == ()
    assert port.unseen(clue, "leader")


def test_what_comes_in_with_a_ledger_is_matched_too(port: Port) -> None:
    ledger = read(GIVEN, machine=port.office.rulebook().machines["clue"])
    interest(port, "leader", "person", str(next(iter(ledger.rows["subject"].dropna()))))
    assert listed(port, "auditor") == []
    with port.unit() as session:
        land(session, port.office, ledger, actor="registrar", at=port.at)
    with port.unit() as session:
        hidden = [one.number for one in recusing_numbers(session, "leader")]
        assert audit.verify(session).faults == ()
    assert hidden
    assert all(port.unseen(number, "leader") for number in hidden)
    assert not port.unseen(hidden[0], "head")


def recusing_numbers(session: Session, who: str) -> Sequence[Matter]:
    query = select(Matter).join(Recusal, col(Recusal.matter) == col(Matter.id)).where(Recusal.person == who)
    return session.exec(query).all()


# ---------------------------------------------------------------------------------- challenging and deciding


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


def test_two_firms_of_one_name_are_set_right_by_lifting(port: Port) -> None:
    interest(port, "registrar", "company", "恒泰监理公司")
    clue = port.note(subject="某甲", subject_unit="恒泰监理公司")
    with port.unit() as session:
        found = recusing.of_matter(session, port.office, clue, actor="head")
        key = next(one["id"] for one in found if one["person"] == "registrar")
    with pytest.raises(NoSuchMatter), port.unit() as session:
        recusing.lift(session, port.office, key, actor="registrar", reason="同名", at=port.at)
    with port.unit() as session:
        recusing.lift(session, port.office, key, actor="head", reason="同名不同企业", at=port.at)
    assert not port.unseen(clue, "registrar")
    with port.unit() as session:
        recusing.match_everything(session, port.office, at=port.at)
    assert not port.unseen(clue, "registrar")


def test_nobody_challenges_what_they_do_not_see_or_themselves(port: Port) -> None:
    clue = port.clue_with()
    with pytest.raises(NoSuchMatter):
        challenge(port, clue, "owner", "officer")
    with pytest.raises(Refused, match="declared"):
        challenge(port, clue, "officer", "officer")
    challenge(port, clue, "leader", "officer")
    with pytest.raises(Refused, match="already"):
        challenge(port, clue, "registrar", "officer")


@given(st.text(max_size=30))
def test_a_name_is_compared_without_width_case_blanks_and_marks(name: str) -> None:
    key = interests.key_of(name)
    assert interests.key_of(key) == key
    assert interests.key_of(f" （{name}）. ") == key
    assert interests.key_of(name.upper().lower()) == interests.key_of(name.casefold()) or not name.isascii()


@pytest.mark.parametrize("tampering", [
    ("recusal_altered", "UPDATE recusal SET state = 'lifted'"),
    ("recusal_altered", "UPDATE recusal SET person = 'owner' WHERE origin IS NULL"),
    ("recusal_altered", "UPDATE recusal SET state = 'lifted' WHERE origin IS NOT NULL"),
    ("recusal_missing", "DELETE FROM recusal WHERE origin IS NOT NULL"),
    ("seats_altered", "UPDATE round_seat SET weight = 9 WHERE person = 'owner'"),
    ("seats_altered", "UPDATE round_seat SET person = 'overseer' WHERE person = 'owner'"),
    ("seats_altered", "UPDATE round_seat SET substitute = 'overseer' WHERE person = 'owner'"),
    ("seats_altered", "DELETE FROM round_seat WHERE person = 'owner'"),
    ("subject_changed", "UPDATE subject SET name = '某乙'"),
    ("subject_changed", "DELETE FROM subject"),
])  # fmt: skip
def test_what_was_changed_behind_the_rounds_back_is_found(port: Port, tampering: tuple[str, str]) -> None:
    code, statement = tampering
    clue = port.clue_with(subject="某甲", subject_unit="某单位")
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    key = challenge(port, clue, "leader", "officer2")
    decide(port, key, "head")
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        assert audit.verify(session).faults == ()
    with port.unit() as session:
        session.execute(text(statement))
        assert code in {one.code for one in audit.verify(session).faults}


def test_whom_a_clue_is_about_is_known_everywhere_once_it_was_added(port: Port) -> None:
    clue = port.clue_with()
    for name in ("赵德明", "钱德明"):
        port.do(clue, "registrar", "amend", subject=name, subject_unit="恒泰监理公司")
        with port.unit() as session:
            shown = listing.shown(session, port.office, clue, actor="registrar")["subjects"]
        assert [one["name"] for one in shown] == [name]
        assert "not_redacted" in port.refused(
            clue, "officer", "convene", seats=["owner", "contractor"], brief=f"{name}未旁站"
        )
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        assert audit.verify(session).faults == ()
