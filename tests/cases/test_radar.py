"""The radar on file: the instant before, at and after a step, what counts as an act, whose sight, and recounted from the raw
tables of random offices."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import Session

from cases import radar
from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.radar import Picture
from cases.recusals import Recusal
from states.calendars import china
from states.facts import Refused
from states.rulebook_file import shipped
from tests.cases.port_office import on_file
from tests.cases.small_office import Told, office

Unit = Callable[[], AbstractContextManager[Session]]
AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)  # Tuesday, noon in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
TENTH = datetime(
    2026, 9, 15, 16, 0, tzinfo=UTC
)  # midnight in Shanghai, after the tenth working day since AT's own
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def centre() -> Office:
    return office(Told(), shipped())


def put(session: Session, number: int, *, at: datetime = AT, machine: str = "clue", state: str = "verifying",
        made: tuple[tuple[datetime, str, str], ...] = (), body: str = "MGJ", handler: str | None = None) -> int:  # fmt: skip
    """A matter that was opened at an instant, with these events after it; what counts is worked out here."""
    moves = shipped().machines[machine].moves
    acts = [when for when, move, _ in made if move in moves and moves[move].substantive]
    matter = Matter(machine=machine, number=f"N-{number:04d}", rulebook=shipped().key, state=state, organisation=body,
                    handler=handler, opened_at=at, moved_at=at, moved_by="registrar",
                    progressed_at=max([at, *acts]))  # fmt: skip
    session.add(matter)
    session.flush()
    key = int(matter.id or 0)
    for seq, (when, move, who) in enumerate([(at, "open", "supervisor"), *made], start=1):
        session.add(
            Event(matter=key, seq=seq, at=when, actor=who, move=move, to_state=state, version=seq, hash="0")
        )
    session.flush()
    return key


def seen(unit: Unit, centre: Office, at: datetime, who: str = "registrar", **wanted: Any) -> Picture:
    with unit() as session:
        return radar.of(session, centre, actor=who, at=at, **wanted)


def standing(found: Picture) -> list[tuple[str, int, int]]:
    return [(one.line.number, one.still.days, one.still.step) for one in found.blips]


def test_a_step_is_reached_at_the_first_instant_after_its_last_working_day(
    unit: Unit, centre: Office
) -> None:
    with unit() as session:
        put(session, 1)
    assert standing(seen(unit, centre, TENTH - MOMENT)) == []
    assert standing(seen(unit, centre, TENTH)) == [("N-0001", 10, 1)]
    assert standing(seen(unit, centre, TENTH + MOMENT)) == [("N-0001", 10, 1)]
    assert seen(unit, centre, TENTH - MOMENT).bodies[0].still == (0, 0, 0)
    assert seen(unit, centre, TENTH).bodies[0].still == (1, 0, 0)
    assert seen(unit, centre, TENTH).blips[0].still.next_on == date(
        2026, 9, 30
    )  # with Sunday 20 worked, 25 free


def test_what_is_not_substantive_does_not_wake_it_and_what_is_does(unit: Unit, centre: Office) -> None:
    moves = shipped().machines["clue"].moves
    idle = next(name for name, move in moves.items() if not move.substantive and not move.engine)
    later = AT + timedelta(days=14)
    with unit() as session:
        put(session, 1, made=((later, idle, "officer"), (later, "clock.handling.remind", "clock")))
        put(session, 2, made=((AT + timedelta(hours=1), "sign_for", "officer"), (later, idle, "leader")))
        put(session, 3, made=((later, "submit_report", "officer"),))
    found = seen(unit, centre, TENTH)
    assert [one.line.number for one in found.blips] == ["N-0001", "N-0002"]
    first, second = (one.act for one in found.blips)
    assert (first.seq, first.move, first.by, first.at) == (1, "open", "supervisor", AT)
    assert (second.seq, second.move, second.by) == (2, "sign_for", "officer")
    assert found.bodies[0].last_act_at == later


def test_what_is_at_its_end_or_not_due_yet_does_not_stand_still(unit: Unit, centre: Office) -> None:
    with unit() as session:
        put(session, 1, state="archived")
        put(session, 2, machine="inspection", state="planned")
        put(session, 3, machine="inspection", state="opened")
    found = seen(unit, centre, TENTH)
    assert [one.line.number for one in found.blips] == ["N-0003"]
    assert [(one.machine, one.live) for one in found.bodies] == [("clue", 0), ("inspection", 1)]


def test_what_is_out_of_sight_stands_in_no_list_and_no_count(unit: Unit, centre: Office) -> None:
    with unit() as session:
        key = put(session, 1)
        put(session, 2, at=AT + timedelta(hours=1), handler="officer")
        put(session, 3, body="SJW")
        session.add(
            Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
        )
    found = seen(unit, centre, TENTH)
    assert [one.line.number for one in found.blips] == ["N-0002"]
    assert [(one.organisation, one.live, one.still) for one in found.bodies] == [("MGJ", 1, (1, 0, 0))]
    assert found.bodies[0].longest is not None
    assert found.bodies[0].longest.number == "N-0002"
    assert [one.line.number for one in seen(unit, centre, TENTH, who="leader").blips] == ["N-0001", "N-0002"]
    assert [one.line.number for one in seen(unit, centre, TENTH, who="officer").blips] == ["N-0002"]
    for who in ("owner", "operator"):
        assert (seen(unit, centre, TENTH, who=who).blips, seen(unit, centre, TENTH, who=who).bodies) == (
            (),
            (),
        )


def test_one_body_one_machine_and_the_first_alone(unit: Unit, centre: Office) -> None:
    with unit() as session:
        for number in range(3):
            put(session, number, at=AT - timedelta(hours=number))
        put(session, 8, machine="task", state="under_way")
    assert [one[0] for one in standing(seen(unit, centre, TENTH, machine="clue", limit=2))] == [
        "N-0002",
        "N-0001",
    ]
    assert seen(unit, centre, TENTH, limit=2).more
    assert not seen(unit, centre, TENTH, limit=4).more
    assert [one[0] for one in standing(seen(unit, centre, TENTH, machine="task"))] == ["N-0008"]
    assert seen(unit, centre, TENTH, organisation="SJW").bodies == ()
    with pytest.raises(Refused, match="does not stand on the radar"):
        seen(unit, centre, TENTH, machine="risk")


def test_where_the_rules_say_nothing_of_it_that_is_said(unit: Unit) -> None:
    with pytest.raises(Refused, match="does not say"), unit() as session:
        radar.of(session, office(), actor="registrar", at=AT)


def test_the_gate_sets_what_the_radar_counts_from(unit: Unit) -> None:
    """A clue signed for, then pressed for: to press is no act of the one who handles it."""
    port = on_file(unit)
    number = port.clue_with()
    signed = port.at
    port.later(days=3)
    port.do(number, "registrar", "press")
    [blip] = [
        one for one in seen(unit, port.office, signed + timedelta(days=30)).blips if one.line.number == number
    ]
    assert (blip.act.move, blip.act.by, blip.act.at) == ("sign_for", "officer", signed)


def test_recounted_from_the_raw_rows_of_random_offices(unit: Unit, centre: Office) -> None:
    met: set[int] = set()
    for seed in range(60):
        draw = random.Random(seed)
        with unit() as session:
            out = _furnish(session, draw)
            at = AT + timedelta(days=draw.randrange(60), minutes=draw.randrange(1440))
            found = radar.of(session, centre, actor="registrar", at=at, limit=radar.MOST)
            raw = _recounted(session, at, out)
            assert {
                (one.line.number, one.still.days, one.still.step, one.act.seq, one.act.by)
                for one in found.blips
            } == {one[1:] for one in raw if one[3]}, seed
            for body in found.bodies:
                theirs = [one for one in raw if one[0] == (body.organisation, body.machine)]
                assert body.live == len(theirs), seed
                assert list(body.still) == [sum(one[3] == step for one in theirs) for step in (1, 2, 3)], seed
            met |= {one.still.step for one in found.blips}
            session.rollback()
    assert met == {1, 2, 3}


def _furnish(session: Session, draw: random.Random) -> set[int]:
    out: set[int] = set()
    for number in range(draw.randint(1, 12)):
        machine = draw.choice(["clue", "clue", "task", "inspection"])
        rules = shipped().machines[machine]
        at = AT - timedelta(days=draw.randrange(40), minutes=draw.randrange(1440))
        moves = [*rules.moves, "clock.handling.remind", "extend"]
        made = tuple(
            (at + timedelta(days=day), draw.choice(moves), draw.choice(["officer", "leader", "engine"]))
            for day in sorted(draw.sample(range(30), draw.randint(0, 4)))
        )
        key = put(session, number, at=at, machine=machine, state=draw.choice([*rules.states]), made=made)
        if draw.random() < 0.2:
            session.add(
                Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
            )
            out.add(key)
    session.flush()
    return out


def _recounted(session: Session, at: datetime, out: set[int]) -> list[tuple[Any, ...]]:
    """Body and machine, number, days, step, act and by whom of everything that lives, by another hand: day by day, event by
    event."""
    book = shipped().model_dump(by_alias=True)
    today, found = at.astimezone(ZONE).date(), []
    connection = session.connection()
    for row in connection.execute(text("SELECT id, machine, number, state, organisation FROM matter")).all():
        machine = book["machines"][row.machine]
        ended = machine["states"][row.state]["kind"] == "final" or row.state == "planned"
        if row.id in out or ended:
            continue
        events = connection.execute(
            text("SELECT seq, at, actor, move FROM event WHERE matter = :m ORDER BY seq"), {"m": row.id}
        ).all()
        last = events[0]
        for event in events[1:]:
            if machine["moves"].get(event.move, {}).get("substantive"):
                last = event
        moment = last.at if isinstance(last.at, datetime) else datetime.fromisoformat(str(last.at))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        day, days = moment.astimezone(ZONE).date() + timedelta(days=1), 0
        while day < today:
            days += china().is_working_day(day)
            day += timedelta(days=1)
        step = sum(days >= one for one in book["radar"]["steps"][row.machine])
        found.append(((row.organisation, row.machine), row.number, days, step, last.seq, last.actor))
    return found
