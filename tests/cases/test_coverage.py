"""Coverage on file: recounted from the raw tables, at the instant a look grows too old, and out of whose sight what is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import Session

from cases import coverage
from cases.coverage import Map
from cases.history import Event
from cases.inspections import Programme
from cases.matters import Matter
from cases.office import Office
from cases.recusals import Recusal
from cases.risk_points import RiskPoint
from states.rulebook_file import shipped
from tests.cases.small_office import Told, office

Unit = Callable[[], AbstractContextManager[Session]]
AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
DAYS: dict[str, Callable[[date], bool]] = {
    "每月10日": lambda day: day.day == 10,
    "每周三": lambda day: day.weekday() == 2,
    "每年12月2日": lambda day: (day.month, day.day) == (12, 2),  # 92 days away
    "每年12月3日": lambda day: (day.month, day.day) == (12, 3),
    "每年8月30日": lambda day: (
        (day.month, day.day) == (8, 30)
    ),  # a Sunday, made up for on the Monday before AT's day
}
MIDNIGHT = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # 60 days after AT's own day have passed


@pytest.fixture
def centre() -> Office:
    return office(Told(), shipped())


def put(session: Session, number: int, *, machine: str, state: str, at: datetime, opening: dict[str, Any],
        values: dict[str, Any], made: list[tuple[datetime, str, dict[str, Any]]], project: str | None = "PC",
        due_at: datetime | None = None) -> int:  # fmt: skip
    """A matter with its events, as rows."""
    matter = Matter(machine=machine, number=f"N-{number:04d}", rulebook=shipped().key, state=state, organisation="MGJ",
                    project=project, opened_at=at, moved_at=at, moved_by="registrar", progressed_at=at, values=values,
                    received_on=at.astimezone(ZONE).date(), due_at=due_at)  # fmt: skip
    session.add(matter)
    session.flush()
    key = int(matter.id or 0)
    for seq, (when, move, data) in enumerate([(at, "open", opening), *made], start=1):
        session.add(Event(matter=key, seq=seq, at=when, actor="supervisor", move=move, to_state=state, version=seq,
                          data=data, hash="0"))  # fmt: skip
    session.flush()
    return key


def a_round(
    session: Session, number: int, *, at: datetime = AT, move: str = "record_nothing", **names: str
) -> int:
    return put(session, number, machine="inspection", state="findings_recorded", at=at, opening=dict(names),
               values=dict(names), made=[(at, move, {})])  # fmt: skip


def a_point(
    session: Session, number: int, link: str, grade: str | None, *, state: str = "in_force",
    project: str | None = "PC",
) -> int:  # fmt: skip
    """A risk point at a link; without a project, at every one of the body."""
    names = {"link": link} | ({"grade": grade} if grade else {})
    key = put(
        session,
        number,
        machine="risk",
        state=state,
        at=AT,
        opening=names,
        values=names,
        made=[],
        project=project,
    )
    session.add(RiskPoint(matter=key, organisation="MGJ", project=project, link=link, since=AT))
    session.flush()
    return key


def seen(unit: Unit, centre: Office, at: datetime = AT, who: str = "registrar") -> Map:
    with unit() as session:
        return coverage.of(session, centre, actor=who, at=at, project="PC")


def at_quality(found: Map) -> set[tuple[str, str | None]]:
    return {
        (one.state, one.last.number if one.last else None)
        for one in found.cells
        if one.spot.link == "c15_quality"
    }


def test_a_look_holds_until_the_last_instant_of_its_last_day(unit: Unit, centre: Office) -> None:
    with unit() as session:
        a_round(session, 1, link="c15_quality")
    moment = timedelta(microseconds=1)
    assert at_quality(seen(unit, centre, AT - moment)) == {("blind", None)}  # nobody had looked yet
    assert at_quality(seen(unit, centre, AT)) == {("covered", "N-0001")}
    assert at_quality(seen(unit, centre, MIDNIGHT - moment)) == {("covered", "N-0001")}
    assert at_quality(seen(unit, centre, MIDNIGHT)) == {("blind", "N-0001")}


def test_a_round_somebody_is_kept_out_of_changes_no_cell_of_theirs(unit: Unit, centre: Office) -> None:
    before = seen(unit, centre).cells
    with unit() as session:
        key = a_round(session, 1, link="c15_quality")
        session.add(
            Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
        )
    assert seen(unit, centre).cells == before
    assert at_quality(seen(unit, centre, who="leader")) == {("covered", "N-0001")}


def test_a_clue_out_of_sight_raises_nothing(unit: Unit, centre: Office) -> None:
    before = seen(unit, centre, who="supervisor").cells
    names = {"link": "c15_quality", "phase": "execution", "subject_unit": "QJN", "grade": "urgent"}
    with unit() as session:
        put(
            session,
            1,
            machine="clue",
            state="verifying",
            at=AT,
            opening=names,
            values=names,
            made=[(AT, "submit_report", {})],
        )
    assert seen(unit, centre, who="supervisor").cells == before
    theirs = {one.spot: one for one in seen(unit, centre, who="leader").cells if one.last}
    assert {(spot.phase, spot.personnel, one.risk) for spot, one in theirs.items()} == {
        ("execution", "contractor", 6 + 3 + 2)
    }


def at_safety(found: Map) -> set[tuple[int, str | None]]:
    return {(one.risk, one.point) for one in found.cells if one.spot.link == "c16_safety"}


def test_a_risk_point_weighs_at_the_cells_of_its_link_and_the_gravest_counts(
    unit: Unit, centre: Office
) -> None:
    assert at_safety(seen(unit, centre)) == {(4, None)}
    with unit() as session:
        a_point(session, 1, "c16_safety", "low", project=None)
    assert at_safety(seen(unit, centre)) == {(4 + 1, "low")}, "of no project: at every one"
    with unit() as session:
        a_point(session, 2, "c16_safety", "high")
        a_point(session, 3, "c16_safety", "high")
        a_point(session, 4, "c16_safety", "high", project="BR")
        a_point(session, 5, "c17_supervision", "high", state="graded")
    found = seen(unit, centre)
    assert at_safety(found) == {(4 + 5, "high")}, "three points are no more than the gravest"
    assert {one.point for one in found.cells if one.spot.link == "c17_supervision"} == {None}, (
        "not in force yet"
    )


def test_a_point_out_of_sight_weighs_nothing(unit: Unit, centre: Office) -> None:
    with unit() as session:
        key = a_point(session, 1, "c16_safety", "high")
        session.add(
            Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
        )
    assert at_safety(seen(unit, centre)) == {(4, None)}
    assert at_safety(seen(unit, centre, who="leader")) == {(4 + 5, "high")}


def test_who_sees_no_rounds_sees_no_coverage(unit: Unit, centre: Office) -> None:
    with unit() as session:
        for who in ("owner", "officer", "operator"):
            assert coverage.of(session, centre, actor=who, at=AT).cells == ()


def test_recounted_from_the_raw_rows_of_hundreds_of_random_offices(unit: Unit, centre: Office) -> None:
    rules = shipped().model_dump()["coverage"]
    met: set[str] = set()
    for seed in range(200):
        draw = random.Random(seed)
        with unit() as session:
            out = _furnish(session, draw, sorted(rules["links"]))
            found = coverage.of(session, centre, actor="registrar", at=AT, project="PC")
            told = {
                tuple(one.spot): (
                    one.state,
                    one.last.number if one.last else None,
                    one.risk,
                    (one.planned.on, one.planned.by) if one.planned else None,
                )
                for one in found.cells
            }
            assert told == _recounted(session, rules, out), seed
            met |= {one.state for one in found.cells}
            session.rollback()
    assert met == {"covered", "planned", "blind"}


def _furnish(session: Session, draw: random.Random, links: list[str]) -> set[int]:
    """Rounds and clues as they come; those the registrar is kept out of."""
    out: set[int] = set()
    for number in range(draw.randint(0, 14)):
        at = AT - timedelta(
            days=draw.choice([-1, 0, 1, 59, 60, 61, 92, 93, 122, 123, 364, 365, 366]), minutes=number
        )
        names = {"link": draw.choice(links)} if draw.random() < 0.9 else {}
        names |= {"phase": draw.choice(["execution", "design", "tendering"])} if draw.random() < 0.5 else {}
        if draw.random() < 0.5:
            move = draw.choice(["record_nothing", "cured", "begin", "miss"])
            names |= {"personnel": draw.choice(["owner", "contractor"])} if draw.random() < 0.5 else {}
            key = put(
                session,
                number,
                machine="inspection",
                state="closed",
                at=at,
                opening=names,
                values=names,
                made=[(at, move, {})],
            )
        else:
            names |= {
                "subject_unit": draw.choice(["QJN", "恒泰监理公司", "nobody"]),
                "grade": draw.choice(["general", "urgent"]),
            }
            key = put(session, number, machine="clue", state=draw.choice(["verifying", "concluded", "archived"]), at=at,
                      opening=names, values=names, made=[(at, draw.choice(["submit_report", "register"]), {})])  # fmt: skip
        if draw.random() < 0.2:
            session.add(
                Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
            )
            out.add(key)
    for number in range(100, 100 + draw.randint(0, 4)):
        key = _to_come(session, draw, number, links)
        if draw.random() < 0.2:
            session.add(
                Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
            )
            out.add(key)
    for number in range(200, 200 + draw.randint(0, 5)):
        key = a_point(
            session, number, draw.choice(links), draw.choice(["high", "middle", "low", None]),
            state=draw.choice(["graded", "in_force", "in_force", "under_review", "retired"]),
            project=draw.choice(["PC", "PC", "BR", None]),
        )  # fmt: skip
        if draw.random() < 0.2:
            session.add(
                Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
            )
            out.add(key)
    for number in range(draw.randint(0, 4)):
        session.add(_programme(draw, f"P{number}", links))
    session.flush()
    return out


def _to_come(session: Session, draw: random.Random, number: int, links: list[str]) -> int:
    """A round on file, to be held, late, over, or at no link."""
    names = {"link": draw.choice(links)} if draw.random() < 0.9 else {}
    names |= {"phase": draw.choice(["execution", "design", "tendering"])} if draw.random() < 0.3 else {}
    names |= {"personnel": draw.choice(["owner", "contractor"])} if draw.random() < 0.3 else {}
    moment, due = (
        timedelta(microseconds=1),
        draw.choice([AT, AT + timedelta(days=7), AT + timedelta(days=92)]),
    )
    return put(session, number, machine="inspection", at=AT, opening=names, values=names, made=[],
               state=draw.choice(["planned", "opened", "under_way", "re_inspection", "missed", "skipped", "closed"]),
               due_at=draw.choice([None, due - moment, due, due + moment, due + timedelta(days=1)]))  # fmt: skip


def _programme(draw: random.Random, code: str, links: list[str]) -> Programme:
    """A programme that runs, has ended or ends soon, at a link or at none, of this project or of another body's."""
    today = _day(AT)
    return Programme(
        code=code, kind="daily", title=code, rule=draw.choice(list(DAYS)), organisation=draw.choice(["MGJ", "MGJ", "SJW"]),
        project=draw.choice(["PC", "PC", "BR"]), link=draw.choice([*links, None]), active=draw.random() < 0.8,
        starts_on=today + timedelta(days=draw.choice([-400, -1, 0, 30])),
        ends_on=draw.choice([None, None, today - timedelta(days=1), today + timedelta(days=9)]),
        done_until=draw.choice([None, today, today + timedelta(days=9)]),
    )  # fmt: skip


def _recounted(session: Session, rules: Any, out: set[int]) -> dict[tuple[str, ...], Any]:
    """The same, cell by cell, by another hand: from the tables alone."""
    units = {"QJN": "contractor", "恒泰监理公司": "supervision"}
    today = AT.astimezone(ZONE).date()
    found: dict[tuple[str, ...], Any] = {}
    query = text("SELECT m.id, m.machine, m.number, m.state, m.values, e.move, e.at FROM matter m JOIN event e "
                 "ON e.matter = m.id AND e.seq = 2")  # fmt: skip
    coming, points = _coming(session, out), _points(session, out)
    quoted = text(str(query).replace("m.values", 'm."values"'))
    rows = [one for one in session.connection().execute(quoted).all() if one.id not in out]
    for link, of in rules["links"].items():
        grade = rules["grades"][of["grade"]]
        for phase in of["phases"]:
            for side in of["personnel"]:
                last, risk = None, grade["weight"] + points.get(link, 0)
                for row in rows:
                    values = row.values if isinstance(row.values, dict) else json.loads(row[4])
                    at = datetime.fromisoformat(str(row.at))
                    at = at if at.tzinfo else at.replace(tzinfo=UTC)
                    clue, day = row.machine == "clue", at.astimezone(ZONE).date()
                    said = values.get("personnel") or units.get(values.get("subject_unit", ""))
                    if values.get("link") != link or at > AT:
                        continue
                    if values.get("phase", phase) != phase or (said or side) != side:
                        continue
                    if clue and (today - day).days <= 365:
                        risk += 1 if row.state in ("concluded", "archived") else 3
                        risk += 2 if values["grade"] == "urgent" else 0
                    exact = ("phase" in values or len(of["phases"]) == 1) and (
                        said or len(of["personnel"]) == 1
                    )
                    looks = (
                        row.move == "submit_report" and exact
                        if clue
                        else row.move in ("record_nothing", "cured")
                    )
                    if looks and (last is None or (at, row.number) > last):
                        last = (at, row.number)
                held = last is not None and (today - _day(last[0])).days <= grade["holds_for"]
                soon = min((one for one in coming if _at(one[2], link, phase, side)), default=None)
                state = "covered" if held else "planned" if soon else "blind"
                found[phase, side, link] = (
                    state,
                    last[1] if last else None,
                    risk,
                    soon[:2] if soon else None,
                )
    return found


def _points(session: Session, out: set[int]) -> dict[str, int]:
    """By link, what the gravest point there weighs, by another hand."""
    found: dict[str, int] = {}
    query = text(
        "SELECT id, state, project, \"values\" FROM matter WHERE machine = 'risk' AND organisation = 'MGJ'"
    )
    for row in session.connection().execute(query):
        values = row[3] if isinstance(row[3], dict) else json.loads(row[3])
        if row.id in out or row.state not in ("in_force", "under_review") or row.project not in ("PC", None):
            continue
        weight = {"high": 5, "middle": 2, "low": 1}.get(str(values.get("grade")), 0)
        found[values["link"]] = max(found.get(values["link"], 0), weight)
    return found


def _at(names: tuple[str, str, str], link: str, phase: str, side: str) -> bool:
    """Whether a row that names these is at a cell; what it leaves out, it means all of."""
    return names[0] == link and names[1] in ("", phase) and names[2] in ("", side)


def _coming(session: Session, out: set[int]) -> list[tuple[date, str, tuple[str, str, str]]]:
    """The day, the name and the place of each look to come, by another hand: day by day, from the tables alone."""
    today, found = _day(AT), []
    days = [today + timedelta(days=number) for number in range(93)]
    rounds = text("SELECT m.id, m.number, m.due_at, e.data FROM matter m JOIN event e ON e.matter = m.id AND e.seq = 1 "
                  "WHERE m.machine = 'inspection' AND m.due_at IS NOT NULL AND m.project = 'PC' "
                  "AND m.state IN ('planned', 'opened', 'under_way', 're_inspection')")  # fmt: skip
    for row in session.connection().execute(rounds):
        due = datetime.fromisoformat(str(row.due_at))
        due = due if due.tzinfo else due.replace(tzinfo=UTC)
        data = row.data if isinstance(row.data, dict) else json.loads(row.data)
        on = _day(due - timedelta(microseconds=1))
        if row.id not in out and due > AT and on in days and "link" in data:
            found.append((on, row.number, (data["link"], data.get("phase", ""), data.get("personnel", ""))))
    programmes = text("SELECT code, rule, link, starts_on, ends_on, done_until, active FROM programme "
                      "WHERE project = 'PC' AND organisation = 'MGJ' AND link IS NOT NULL")  # fmt: skip
    for row in session.connection().execute(programmes):
        first, ends, done = (str(one) if one else "" for one in (row.starts_on, row.ends_on, row.done_until))
        slots = [day for day in days if DAYS[row.rule](day) and str(day) >= first and str(day) > done
                 and str(day) <= (ends or "9999")]  # fmt: skip
        if row.active and slots:
            found.append((slots[0], row.code, (row.link, "", "")))
    return found


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
