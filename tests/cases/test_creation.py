"""Joint creation as an office keeps it: agreements, appointments, commitments and education; and what is missing of them,
on the day before a term begins or ends, on the day itself and on the day after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from cases import audit, creation_gaps, listing
from cases.creation_gaps import Gap
from cases.people import Person, Posting
from notifications.notices import Notice
from tests.cases.port_office import Port, Unit, on_file

NEW_YEAR = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # the first instant of 2027 in Shanghai
PARTIES = {"party_a": "MGJ", "party_b": "GKJ", "party_c": "QJN", "party_d": None, "party_e": None}


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, with its rulebook on file and its notices planned."""
    return on_file(unit)


def gaps(port: Port, kind: str, who: str = "registrar", at: datetime | None = None) -> list[Gap]:
    with port.unit() as session:
        found = creation_gaps.gaps(session, port.office, actor=who, at=at or port.at)
    return [one for one in found if one.kind == kind]


def of_pc(port: Port, who: str = "registrar", at: datetime | None = None) -> Gap | None:
    return next((one for one in gaps(port, "supervisors", who, at) if one.project == "PC"), None)


def further_supervisors(port: Port, *logins: str) -> None:
    with port.unit() as session:
        session.add_all(Person(login=one, name=one, organisation="MGJ") for one in logins)
        session.flush()
        session.add_all(
            Posting(person=one, role="supervisor", organisation="MGJ", project="PC") for one in logins
        )


def appointed(port: Port, who: str, ends_on: str = "2026-10-31", begins_on: str = "2026-09-01") -> str:
    number = port.note("registrar", "appointment", supervisor=who, project="PC", ends_on=ends_on)
    port.do(number, "leader", "issue_letter", begins_on=begins_on)
    return number


def agreed(port: Port, **given: Any) -> str:
    number = port.note(
        "registrar", "agreement", **PARTIES | {"ends_on": "2026-10-31", "project": "PC"} | given
    )
    port.walk(number, ("registrar", "sign_a"), ("registrar", "sign_b"), ("registrar", "sign_c"))
    port.do(number, "leader", "put_in_force", begins_on="2026-09-01")
    return number


def night(year: int, month: int, day: int) -> datetime:
    """The first instant of this day in Shanghai."""
    return datetime(year, month, day, tzinfo=UTC) - timedelta(hours=8)


def replays(port: Port) -> bool:
    with port.unit() as session:
        return not audit.verify(session).faults


# ------------------------------------------------------------------------------------------------------- supervisors


def test_a_project_with_two_supervisors_is_flagged_and_with_three_it_is_not(port: Port) -> None:
    further_supervisors(port, "watch2", "watch3")
    for who in ("supervisor", "watch2"):
        appointed(port, who)
    gap = of_pc(port)
    assert gap is not None
    assert gap.reason.en == "Integrity supervisors in term: 2, of at least 3."
    assert [row.note.en for row in gap.rows] == [
        f"{who}: in term (2026-09-01 – 2026-10-31)" for who in ("周正 (supervisor)", "watch2 (watch2)")
    ]
    appointed(port, "watch2")  # a second letter for the same person adds nobody
    assert of_pc(port) is not None
    appointed(port, "watch3")
    assert of_pc(port) is None
    assert {one.project for one in gaps(port, "supervisors")} == {"BR", "BW"}
    assert replays(port)


def test_a_term_counts_through_its_last_day(port: Port) -> None:
    further_supervisors(port, "watch2", "watch3")
    for who in ("supervisor", "watch2", "watch3"):
        last = appointed(port, who)
    tick = timedelta(microseconds=1)
    assert of_pc(port, at=night(2026, 9, 1) - tick) is not None
    assert of_pc(port, at=night(2026, 9, 1)) is None
    assert of_pc(port, at=night(2026, 11, 1) - tick) is None
    over = of_pc(port, at=night(2026, 11, 1))
    assert over is not None
    assert over.rows[0].note.en == "周正 (supervisor): not in term (2026-09-01 – 2026-10-31)"
    port.do(last, "leader", "extend", ends_on="2026-12-31")
    assert of_pc(port, at=night(2026, 11, 1)) is not None


def test_who_lost_the_posting_or_whose_works_were_handed_over_counts_no_more(port: Port) -> None:
    further_supervisors(port, "watch2", "watch3", "watch4")
    for who in ("supervisor", "watch2", "watch3"):
        number = appointed(port, who)
    assert of_pc(port) is None
    port.do(number, "registrar", "hand_over")
    assert of_pc(port) is not None
    appointed(port, "watch4")
    assert of_pc(port) is None
    with port.unit() as session:
        for held in session.exec(select(Posting).where(Posting.person == "watch4")):
            session.delete(held)
    gap = of_pc(port)
    assert gap is not None
    assert gap.rows[-1].note.en == "watch4 (watch4): holds the post no longer"


def test_a_letter_that_is_not_issued_appoints_nobody_and_whoever_proposes_does_not_issue_it(
    port: Port,
) -> None:
    number = port.note("leader", "appointment", supervisor="supervisor", project="PC", ends_on="2026-10-31")
    assert "second_person" in port.refused(number, "leader", "issue_letter")
    gap = of_pc(port)
    assert gap is not None
    assert gap.rows[0].note.en == "周正 (supervisor): the letter is not issued yet"


# -------------------------------------------------------------------------------------------------------- agreements


def test_an_agreement_is_in_force_once_every_party_has_signed_and_through_its_last_day(port: Port) -> None:
    number = port.note("registrar", "agreement", **PARTIES | {"ends_on": "2026-10-31", "project": "PC"})
    port.walk(number, ("registrar", "sign_a"), ("registrar", "sign_b"))
    assert "act_missing" in port.refused(number, "leader", "put_in_force")
    assert [(one.body, one.rows[0].number) for one in gaps(port, "signature")] == [("QJN", number)]
    assert {one.body for one in gaps(port, "agreement")} == {"MGJ", "GKJ", "QJN", "HTJ"}
    port.do(number, "registrar", "sign_c")
    port.do(number, "leader", "put_in_force", begins_on="2026-09-01")
    assert gaps(port, "signature") == []
    tick = timedelta(microseconds=1)
    for at, bodies in (
        (night(2026, 9, 1) - tick, {"MGJ", "GKJ", "QJN", "HTJ"}),
        (night(2026, 9, 1), {"HTJ"}),
        (night(2026, 11, 1) - tick, {"HTJ"}),
        (night(2026, 11, 1), {"MGJ", "GKJ", "QJN", "HTJ"}),
    ):
        assert {one.body for one in gaps(port, "agreement", at=at)} == bodies, at


def test_before_its_end_it_is_renewed_and_left_alone_it_ends_by_itself(port: Port) -> None:
    renewed, left = agreed(port), agreed(port)
    port.do(renewed, "leader", "renew", ends_on="2027-10-31")
    port.later(days=90)
    with port.unit() as session:
        states = {n: listing.shown(session, port.office, n, actor="leader")["state"] for n in (renewed, left)}
    assert states == {renewed: "in_force", left: "ended"}
    assert {one.body for one in gaps(port, "agreement")} == {"HTJ"}
    assert replays(port)


# ------------------------------------------------------------------------------------------------------- commitments


def test_a_commitment_is_signed_by_the_person_and_counts_for_its_year(port: Port) -> None:
    lacking = {one.person for one in gaps(port, "commitment")}
    assert {"officer", "head", "owner", "contractor", "supervisor"} <= lacking
    assert not lacking & {"auditor", "operator", "district"}
    number = port.note("registrar", "commitment", committed="owner", project=None)
    assert "is_handler" in port.refused(number, "registrar", "sign")
    assert port.unseen(number, "contractor")
    port.do(number, "owner", "sign", signed_on="2026-09-01")
    tick = timedelta(microseconds=1)
    assert {one.person for one in gaps(port, "commitment", at=NEW_YEAR - tick)} == lacking - {"owner"}
    [again] = [one for one in gaps(port, "commitment", at=NEW_YEAR) if one.person == "owner"]
    assert again.reason.zh == "2027年未签订廉洁承诺。"
    assert [row.note.en for row in again.rows] == ["signed on 2026-09-01"]


# --------------------------------------------------------------------------------------------------------- education


def test_a_body_is_below_the_minimum_until_the_last_session_is_held(port: Port) -> None:
    def of(body: str, at: datetime | None = None) -> Gap | None:
        return next((one for one in gaps(port, "education", at=at) if one.body == body), None)

    gap = of("QJN")
    assert gap is not None
    assert gap.reason.en == "No education of this year is registered."
    number = port.note("registrar", "education", body="QJN", begins_on="2026-01-01", ends_on="2026-12-31")
    port.do(number, "registrar", "hold_warning", held_on="2026-09-01")
    port.do(number, "registrar", "hold_study", held_on="2026-09-01")
    gap = of("QJN")
    assert gap is not None
    assert gap.reason.en.endswith("warning sessions 1/1, study sessions 1/2.")
    assert "not_often_enough" in port.refused(number, "leader", "confirm")
    port.do(number, "registrar", "hold_study", held_on="2026-09-01")
    assert of("QJN") is None
    port.do(number, "leader", "confirm")
    assert of("QJN", at=NEW_YEAR - timedelta(microseconds=1)) is None
    assert of("QJN", at=NEW_YEAR) is not None
    assert {one.body for one in gaps(port, "education")} == {"MGJ", "GKJ", "HTJ"}


def test_the_year_reminds_before_it_ends_and_climbs_after(port: Port) -> None:
    port.note("registrar", "education", body="QJN", begins_on="2026-01-01", ends_on="2026-12-31")

    def told(document: str) -> set[str]:
        with port.unit() as session:
            query = select(col(Notice.recipient)).where(col(Notice.document) == document)
            return set(session.exec(query))

    port.later(days=100)
    assert told("work_prompt") == {"registrar", "leader"}
    assert told("overdue_report") == set()
    port.later(days=40)
    assert {"leader", "head"} <= told("overdue_report")


# ------------------------------------------------------------------------------------------------- who sees of it what


def test_gaps_are_of_what_one_sees_as_a_whole(port: Port) -> None:
    assert {one.project for one in gaps(port, "supervisors", "supervisor")} == {"PC"}
    assert gaps(port, "commitment", "supervisor") == []
    for who in ("owner", "district", "operator", "officer"):
        assert [one for kind in creation_gaps.KINDS for one in gaps(port, kind, who)] == [], who
    assert gaps(port, "commitment", "auditor") == gaps(port, "commitment", "registrar")


def test_the_settings_are_the_numbers_that_the_gate_counts_to(port: Port) -> None:
    book = port.office.rulebook()
    [guard] = book.machines["education"].moves["confirm"].guards
    assert guard.argument == {
        move: book.settings[name].value for move, name in creation_gaps.SESSIONS.items()
    }
