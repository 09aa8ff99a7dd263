"""Matching: whom a matter touches is taken out by the engine, from the first moment on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from cases import audit, interests, listing, recusing, rulebooks
from cases.errors import NoSuchMatter
from cases.ledger_landing import land
from cases.matters import Matter
from cases.recusals import Recusal
from notifications import rules
from states.names import key_of
from tests.cases.ledgers import GIVEN, read
from tests.cases.port_office import Port
from tests.cases.recusal_stories import interest, listed, out_of, told


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


@given(st.text(max_size=30))
def test_a_name_is_compared_without_width_case_blanks_and_marks(name: str) -> None:
    key = key_of(name)
    assert key_of(key) == key
    assert key_of(f" （{name}）. ") == key
    assert key_of(name.upper().lower()) == key_of(name.casefold()) or not name.isascii()


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
