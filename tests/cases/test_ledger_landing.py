"""A ledger lands: clues in their states, with clocks from their own dates, once and for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, func, select

from cases import opening, sweep
from cases.deadlines import Deadline, DeadlineEntry, Firing
from cases.history import Event, digest
from cases.ledger import Ledger
from cases.ledger_landing import Landed, land
from cases.matters import Counter, Matter, MatterLink, Reporter, Subject
from cases.numbering import next_number
from cases.office import Office
from cases.organisations import Project
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.ledgers import AT, EXPECTED, GIVEN, HEADER, port_centre, read, row, workbook
from tests.cases.small_office import Told


@pytest.fixture
def centre(told: Told) -> Office:
    return port_centre(told)


def landed(unit: Unit, centre: Office, ledger: Ledger, *, actor: str = "registrar", **how: Any) -> Landed:
    with unit() as session:
        return land(session, centre, ledger, actor=actor, at=AT, **how)


def given() -> Ledger:
    return read(GIVEN, machine=port_centre().rulebook().machines["clue"])


def count(unit: Unit, table: type[SQLModel]) -> int:
    with unit() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def one(session: Session, number: str) -> Matter:
    return session.exec(select(Matter).where(Matter.number == number)).one()


def clocks(session: Session, number: str) -> dict[str, Deadline]:
    found = session.exec(select(Deadline).join(Matter).where(Matter.number == number)).all()
    return {clock.name: clock for clock in found}


def single(tmp_path: Path, header: Sequence[str] = HEADER, *rows: Sequence[Any], **how: Any) -> Ledger:
    return read(workbook(tmp_path / "l.xlsx", header, *(rows or (row(),))), **how)


def test_every_good_row_becomes_a_clue_and_the_same_file_again_creates_nothing(
    unit: Unit, centre: Office
) -> None:
    first = landed(unit, centre, given())
    assert (first.created, first.already, first.linked, first.conflicts) == (211, 0, 3, ())
    assert first.unknown_handlers == {}
    assert first.unmatched == {}
    before = {
        table: count(unit, table) for table in (Matter, Event, Deadline, DeadlineEntry, MatterLink, Subject)
    }
    again = landed(unit, centre, given())
    assert (again.created, again.already, again.linked, again.conflicts) == (0, 211, 0, ())
    assert {table: count(unit, table) for table in before} == before


def test_what_a_clue_keeps_is_what_the_ledger_said(unit: Unit, centre: Office) -> None:
    landed(unit, centre, given())
    with unit() as session:
        projects = {project.code: project.name for project in session.exec(select(Project))}
        labels = centre.rulebook().machines["clue"].register_
        links = next(field.choices for field in labels if field.name == "link")
        for expected in EXPECTED["good"]:
            clue = one(session, expected["number"])
            assert clue.received_on == date.fromisoformat(expected["received_on"])
            assert projects[clue.project or ""] == expected["project"]
            assert links[clue.values["link"]].zh == expected["link"]
            assert clue.values["real_name"] is expected["real_name"]
            assert clue.values["subject"] == expected["subject"]
            assert clue.handler in ("officer", "officer2", "officer3")


def test_repeats_hang_on_the_first(unit: Unit, centre: Office) -> None:
    landed(unit, centre, given())
    with unit() as session:
        for repeat in EXPECTED["repeats"]:
            first = one(session, repeat["first"])
            link = session.exec(select(MatterLink).where(MatterLink.parent == first.id)).one()
            assert link.kind == "repeat"
            assert link.child == one(session, f"{repeat['first']}-2").id


def test_history_begins_with_the_import_and_its_hash_holds(unit: Unit, centre: Office) -> None:
    ledger = given()
    landed(unit, centre, ledger)
    with unit() as session:
        clue = one(session, "MGJ-2026-0002")
        event = session.exec(select(Event).where(Event.matter == clue.id)).one()
        assert (event.seq, event.move, event.from_state, event.to_state) == (1, "import", None, "held")
        assert event.data["ledger_row"] == 5
        assert event.data["ledger_sha256"] == ledger.sha256
        assert clue.head_hash == event.hash == digest(
            number=clue.number, seq=1, at=event.at, actor="registrar", move="import", from_state=None,
            to_state="held", version=1, data=event.data, prev_hash="",
        )  # fmt: skip


def test_a_dry_run_counts_and_writes_nothing(unit: Unit, centre: Office, tmp_path: Path) -> None:
    ledger = single(tmp_path, (*HEADER, "承办人"), [*row(project="另一工程"), "无名氏"])
    dry = landed(unit, centre, ledger, dry_run=True)
    assert (dry.created, dry.new_projects, dry.unknown_handlers) == (1, ("另一工程",), {"无名氏": 1})
    assert [count(unit, table) for table in (Matter, Event, Deadline, Subject, Counter)] == [0] * 5
    wet = landed(unit, centre, ledger)
    assert (wet.created, wet.new_projects, wet.unknown_handlers) == (1, ("另一工程",), {"无名氏": 1})
    with unit() as session:
        clue = one(session, "MGJ-2026-0001")
        assert (clue.handler, clue.values["handler_text"]) == (None, "无名氏")


def test_clocks_count_from_the_ledgers_own_dates(unit: Unit, centre: Office, tmp_path: Path) -> None:
    header = (*HEADER, "处置意见提出时间")
    landed(unit, centre, single(
        tmp_path, header, [*row(received_on="2026-11-10"), ""],
        [*row(number="A-2", received_on="2026-03-05", progress="办理中", disposition="初核"), "2026-04-07"],
        [*row(number="A-3", received_on="2026-03-05", progress="办理中", disposition="初核"), "2026-04-08"],
    ))  # fmt: skip
    with unit() as session:
        running = clocks(session, "MGJ-2026-0001")["opinion"]
        assert (running.status, running.started_on) == ("open", date(2026, 11, 10))
        assert running.due_on == date(2026, 12, 10)
        assert running.due_at == datetime(2026, 12, 10, 16, tzinfo=UTC)  # midnight after it, in Shanghai
        # 5 April 2026 is Qingming, a Sunday; the 6th makes up for it: the month ends on the 7th
        met, late = clocks(session, "A-2")["opinion"], clocks(session, "A-3")["opinion"]
        assert (met.status, met.due_on, met.next_at) == ("met", date(2026, 4, 7), None)
        assert late.status == "late"
        assert clocks(session, "A-2")["verification"].status == "open"
        entry = session.exec(select(DeadlineEntry).where(DeadlineEntry.deadline == met.id)).one()
        assert (entry.kind, entry.on, entry.due_on) == ("closed", date(2026, 4, 7), date(2026, 4, 7))
        assert entry.reason == "import; counted from 2026-03-05"


def test_an_old_clue_brings_one_notice_and_not_its_whole_ladder(
    unit: Unit, centre: Office, told: Told, tmp_path: Path
) -> None:
    landed(unit, centre, single(tmp_path, HEADER, row(received_on="2026-01-05")))
    with unit() as session:
        names = list(clocks(session, "MGJ-2026-0001"))
        opinion = clocks(session, "MGJ-2026-0001")["opinion"]
        ladder = centre.rulebook().machines["clue"].deadlines["opinion"].ladder
        opened = session.exec(select(DeadlineEntry).where(DeadlineEntry.deadline == opinion.id)).one()
        assert opinion.rungs_fired == len(ladder) - 1
        assert ladder[0].name in opened.reason
    assert told.occurred == []
    assert len(sweep.sweep(unit, centre, at=AT).fired) == len(names)
    assert sweep.sweep(unit, centre, at=AT + timedelta(days=365)).fired == ()
    assert count(unit, Firing) == len(names)


def test_a_clue_that_is_not_due_yet_climbs_its_ladder_from_the_first_rung(
    unit: Unit, centre: Office, tmp_path: Path
) -> None:
    landed(unit, centre, single(tmp_path, HEADER, row(received_on="2026-11-24")))
    with unit() as session:
        opinion = clocks(session, "MGJ-2026-0001")["opinion"]
        assert opinion.rungs_fired == 0
        assert opinion.next_at is not None
        assert opinion.next_at > AT


def test_new_numbers_go_on_after_the_highest_imported_one(unit: Unit, centre: Office) -> None:
    landed(unit, centre, given())
    machine = centre.rulebook().machines["clue"]
    with unit() as session:
        assert (
            next_number(session, machine, code="MGJ", year=2026) == "MGJ-2026-0241"
        )  # 0240 is bad, and will come again
        assert next_number(session, machine, code="MGJ", year=2027) == "MGJ-2027-0001"


def test_a_number_that_is_on_file_for_something_else_is_left_alone(
    unit: Unit, centre: Office, tmp_path: Path
) -> None:
    landed(unit, centre, single(tmp_path))
    other = landed(unit, centre, single(tmp_path, HEADER, row(received_on="2026-03-06"), row(number="A-2")))
    assert [(fault.row, fault.column) for fault in other.conflicts] == [(2, "number")]
    assert "another date of receipt" in other.conflicts[0].why
    assert other.created == 1
    with unit() as session:
        assert one(session, "MGJ-2026-0001").received_on == date(2026, 3, 5)


def test_what_repeats_a_clue_of_an_earlier_ledger_is_linked_to_it(
    unit: Unit, centre: Office, tmp_path: Path
) -> None:
    landed(unit, centre, single(tmp_path))
    later = landed(unit, centre, single(tmp_path, HEADER, row(number="A-9", received_on="2026-10-08")))
    assert [(repeat.row, repeat.first) for repeat in later.repeats_on_file] == [(2, "MGJ-2026-0001")]
    assert later.linked == 1
    with unit() as session:
        link = session.exec(select(MatterLink)).one()
        assert (link.parent, link.child) == (one(session, "MGJ-2026-0001").id, one(session, "A-9").id)


def test_who_reported_is_kept_apart(unit: Unit, centre: Office, tmp_path: Path) -> None:
    header = (*HEADER, "举报人姓名", "联系电话")
    landed(unit, centre, single(tmp_path, header, [*row(), "某职工", "13900000000"]))
    with unit() as session:
        reporter = session.exec(select(Reporter)).one()
        assert reporter.details == {"reporter_name": "某职工", "reporter_contact": "13900000000"}
        clue = one(session, "MGJ-2026-0001")
        event = session.exec(select(Event)).one()
        assert "某职工" not in f"{clue.model_dump()}{event.model_dump()}"
        assert "13900000000" not in f"{clue.model_dump()}{event.model_dump()}"


def test_a_title_names_nobody(unit: Unit, centre: Office, tmp_path: Path) -> None:
    landed(unit, centre, single(tmp_path, HEADER, row(problem="王建国收受分包单位礼金。另有两次")))
    with unit() as session:
        assert one(session, "MGJ-2026-0001").title == "王某收受分包单位礼金"


def test_words_that_are_no_choice_of_the_rulebook_are_kept_and_reported(
    unit: Unit, centre: Office, tmp_path: Path
) -> None:
    found = landed(
        unit, centre, single(tmp_path, (*HEADER, "线索来源", "环节"), [*row(), "飞鸽传书", "食堂"])
    )
    assert found.unmatched == {"source": ("飞鸽传书",), "link": ("食堂",)}
    with unit() as session:
        values = one(session, "MGJ-2026-0001").values
        assert (values["source"], values["source_text"]) == ("other", "飞鸽传书")
        assert values["link_text"] == "食堂"
        assert "link" not in values


@pytest.mark.parametrize("actor", ["officer", "supervisor", "district", "operator", "nobody", "clock"])
def test_only_the_registry_takes_in_a_ledger(actor: str, unit: Unit, centre: Office) -> None:
    with pytest.raises(Refused, match="may not import a ledger") as refusal:
        landed(unit, centre, given(), actor=actor)
    assert "registrar" in refusal.value.reasons[0].cure.en
    assert count(unit, Matter) == 0


def test_what_fails_half_way_leaves_nothing(unit: Unit, centre: Office) -> None:
    def stop(part: str, done: int, _of: int) -> None:
        if part == "landing" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        landed(unit, centre, given(), progress=stop)
    assert [count(unit, table) for table in (Matter, Event, Deadline, Subject, Counter)] == [0] * 5


def test_progress_is_told_to_the_end(unit: Unit, centre: Office) -> None:
    heard: list[tuple[str, int, int]] = []
    tell: Callable[[str, int, int], None] = lambda *said: heard.append(said)  # noqa: E731
    ledger = read(GIVEN, progress=tell)
    landed(unit, centre, ledger, progress=tell)
    assert heard[0] == ("reading", 0, 2)
    assert heard[-1] == ("landing", 211, 211)


def test_an_imported_clue_and_one_opened_by_hand_live_side_by_side(unit: Unit, centre: Office) -> None:
    landed(unit, centre, given())
    machine = centre.rulebook().machines["clue"]
    fields = {
        field.name: field.example
        for field in machine.register_
        if field.required and field.example is not None
    }
    with unit() as session:
        fields |= {"received_on": "2026-11-24", "project": "PC"}
        moved = opening.open_matter(session, centre, "clue", actor="registrar", at=AT, fields=fields)
        assert moved.number == "MGJ-2026-0241"
        assert session.scalar(select(func.max(Event.id))) == moved.event
