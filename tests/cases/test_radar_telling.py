"""The radar's notices: told at the instant a step is reached, once, of the highest step alone, to those who may know; and
not at all where something was done about it before they were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from cases import radar, radar_telling
from cases.history import Event
from cases.matters import Matter
from cases.office import Occurred, Office
from cases.people import Person
from cases.radar_telling import DOCUMENT, RadarTold
from cases.recusals import Recusal
from notifications import still, webhooks
from notifications.messages import Letterhead, render
from notifications.notices import Notice
from notifications.outbox import claim
from tests.cases.port_office import Port, on_file
from tests.cases.test_radar import AT, MOMENT, TENTH, put

Unit = Callable[[], AbstractContextManager[Session]]
TWENTIETH = datetime(
    2026, 9, 29, 16, 0, tzinfo=UTC
)  # midnight before the 30th, after the twentieth working day
TWENTY_FIFTH = datetime(
    2026, 10, 12, 16, 0, tzinfo=UTC
)  # seven days of October are free, one Saturday is worked


@pytest.fixture
def port(unit: Unit) -> Port:
    return on_file(unit)


def swept(port: Port, at: datetime) -> int:
    done = radar_telling.sweep(port.unit, port.office, at=at)
    assert done.failed == ()
    return done.planned


def told(port: Port) -> list[tuple[str, str]]:
    """Whom which matter's standing still was told to, in order."""
    query = (
        select(Matter.number, Notice.recipient)
        .join(Notice, col(Notice.matter) == col(Matter.id))
        .where(col(Notice.document) == DOCUMENT)
        .order_by(col(Notice.id))
    )
    with port.unit() as session:
        return [(number, who) for number, who in session.exec(query)]


def handled(port: Port, number: int = 1, **given: Any) -> int:
    with port.unit() as session:
        return put(session, number, handler="officer", **given)


def act(port: Port, key: int, at: datetime, move: str = "submit_report", state: str = "verifying") -> None:
    """Somebody does something about it, as the gate would put it down."""
    with port.unit() as session:
        row = session.get_one(Matter, key)
        row.progressed_at, row.state = at, state
        session.add(
            Event(matter=key, seq=2, at=at, actor="officer", move=move, to_state=state, version=2, hash="1")
        )


def test_a_step_is_told_at_the_first_instant_after_its_last_working_day_and_once(port: Port) -> None:
    handled(port)
    assert swept(port, TENTH - MOMENT) == 0
    assert swept(port, TENTH) == 1
    assert swept(port, TENTH) == swept(port, TENTH + MOMENT) == swept(port, TENTH + timedelta(days=1)) == 0
    assert told(port) == [("N-0001", "officer")]


def test_each_step_has_its_own_readers(port: Port) -> None:
    handled(port)
    steps = port.office.rulebook().radar
    assert steps is not None
    assert (steps.tells, steps.told_within) == ((("owner", "handler"), ("leader",), ("head",)), 5)
    assert (swept(port, TENTH), swept(port, TWENTIETH)) == (1, 1)
    swept(port, TWENTIETH + timedelta(days=30))
    assert told(port) == [("N-0001", "officer"), ("N-0001", "leader")], "the third step is long past by then"


def test_what_nobody_handles_is_told_to_whom_it_waits_for(port: Port) -> None:
    with port.unit() as session:
        put(session, 1, state="discovered")
    swept(port, TENTH)
    assert told(port) == [("N-0001", "registrar")]


def test_after_an_outage_only_the_highest_step_is_told_and_none_that_is_long_past(port: Port) -> None:
    handled(port)
    assert swept(port, TWENTIETH) == 1
    assert told(port) == [("N-0001", "leader")]
    handled(port, 2)
    assert swept(port, TWENTY_FIFTH - MOMENT) == 1, "reached four working days ago"
    handled(port, 3)
    assert swept(port, TWENTY_FIFTH) == 0, "reached five working days ago"


def test_an_act_begins_it_anew(port: Port) -> None:
    key = handled(port)
    swept(port, TENTH)
    act(port, key, TENTH + timedelta(hours=1))
    assert swept(port, TENTH + timedelta(days=7)) == 0
    assert swept(port, TENTH + timedelta(days=14, hours=9)) == 0
    assert swept(port, TENTH + timedelta(days=23)) == 1
    assert told(port) == [("N-0001", "officer")] * 2


def test_nobody_who_is_kept_out_is_told(port: Port) -> None:
    key = handled(port)
    with port.unit() as session:
        session.add(Recusal(matter=key, person="officer", kind="declared", asked_by="officer", asked_at=AT))
    assert swept(port, TENTH) == 0


def test_it_is_not_sent_where_something_was_done_meanwhile_or_where_they_may_not_know_any_more(
    port: Port,
) -> None:
    moved, kept_out, ended, stands = (handled(port, number) for number in range(1, 5))
    swept(port, TENTH)
    act(port, moved, TENTH + timedelta(minutes=5))
    with port.unit() as session:
        session.add(
            Recusal(matter=kept_out, person="officer", kind="declared", asked_by="officer", asked_at=AT)
        )
        session.get_one(Matter, ended).state = "archived"
    with port.unit() as session:
        notices = session.exec(select(Notice.matter, Notice.id).where(Notice.document == DOCUMENT)).all()
        asked = {matter: still.may_be_told(session, port.office, key or 0) for matter, key in notices}
    assert asked == {moved: False, kept_out: False, ended: False, stands: True}


def test_two_workers_that_saw_the_same_plan_it_once(port: Port) -> None:
    handled(port)
    rules = radar.rules_of(port.office.rulebook())
    with port.unit() as session:
        first = radar_telling.standing(session, port.office, rules, at=TENTH, most=10)
        second = radar_telling.standing(session, port.office, rules, at=TENTH, most=10)
    planned = []
    for found in (first, second):
        with port.unit() as session:
            planned.append(radar_telling.tell(session, port.office, rules, found, at=TENTH))
    assert planned == [1, 0]
    with port.unit() as session:
        assert [(one.step, one.since) for one in session.exec(select(RadarTold))] == [(1, AT)]


def test_one_that_fails_holds_up_no_other(port: Port) -> None:
    handled(port, 1)
    with port.unit() as session:
        session.get_one(Matter, put(session, 2)).rulebook = "gone@1"
    done = radar_telling.sweep(port.unit, port.office, at=TENTH)
    assert (done.planned, [why for _, why in done.failed]) == (1, ["KeyError"])


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_one_question_finds_what_stands_still_however_much_does(port: Port, engine: Engine) -> None:
    def asked(at: datetime) -> int:
        with counting(engine) as seen:
            swept(port, at)
        return len([one for one in seen if one.startswith("SELECT")])

    assert asked(TENTH) == 1, "nothing stands still"
    handled(port, 1)
    few = asked(TENTH)
    with port.unit() as session:
        for number in range(2, 60):
            put(session, number, handler="officer")
    assert asked(TENTH + MOMENT) == few
    assert asked(TENTH + MOMENT) == 1, "all were told of"


def test_it_is_found_by_the_index_of_state_and_last_act(port: Port, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("an empty table is read whole there, whatever the index")
    with counting(engine) as seen, port.unit() as session:
        radar_telling.standing(
            session, port.office, radar.rules_of(port.office.rulebook()), at=TENTH, most=10
        )
    with engine.connect() as connection:
        places = [None] * seen[0].count("?")
        plan = [
            str(row[3]) for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + seen[0], tuple(places))
        ]
    matters = [one for one in plan if " matter " in one]
    assert matters
    assert all("matter_by_state (machine=? AND organisation=? AND state=? AND progressed_at>? AND progressed_at<?)" in one
               for one in matters)  # fmt: skip


@pytest.mark.parametrize("lang, words", [("zh", "已 10 个工作日没有实质进展"), ("en", "for 10 working days")])
def test_the_message_says_for_how_long_and_nothing_of_the_matter(port: Port, lang: str, words: str) -> None:
    handled(port)
    with port.unit() as session:
        session.get_one(Person, "officer").lang = lang
    swept(port, TENTH)
    with port.unit() as session:
        [claimed] = claim(session, worker="w", at=TENTH, limit=5, lease_for=timedelta(minutes=1))
        said = render(claimed, Letterhead(port.office, False, "http://here", "from@here"))
    assert words in said.text
    assert "N-0001" in said.subject


def test_a_webhook_is_called_for_events_and_not_for_what_is_no_event(port: Port) -> None:
    key = handled(port)
    with port.unit() as session:
        webhooks.subscribe(
            session, webhooks.Wanted("https://out.example.org", ("*",)), owner="registrar", at=AT
        )
        told_ = Occurred(event=None, matter=key, number="N-0001", machine="clue", rulebook=port.office.current, move="",
                         state="verifying", at=AT, actor="engine", organisation="MGJ", addressee=None, project=None,
                         handler=None, opener=None)  # fmt: skip
        assert webhooks.plan(session, port.office, [told_]) == 0


def test_an_office_without_a_word_of_it_tells_nobody(port: Port) -> None:
    handled(port)
    book = port.office.rulebook()
    assert book.radar is not None
    silent = book.model_copy(update={"radar": book.radar.model_copy(update={"tells": ()})})
    office = Office({silent.key: silent}, silent.key, port.office.calendar, port.office.announce)
    assert radar_telling.sweep(port.unit, office, at=TENTH) == radar_telling.Told(0, 0, ())
