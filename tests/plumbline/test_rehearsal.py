"""A past log replayed: what rules would have refused, which dates would have been missed, who would have been told."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from cases import audit, opening, sweep
from cases.advance import advance
from cases.deadlines import Deadline, DeadlineEntry, Firing
from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from notifications import outbox
from notifications.notices import Notice
from plumbline.database import engine_for
from plumbline.rehearsal import log as logs
from plumbline.rehearsal import rehearse, summary_table
from plumbline.rehearsal import store as stores
from plumbline.rehearsal.rows import Reader
from states.calendars import china
from tests.plumbline.incident_logs import EXCERPT, WHOLE_LOG, Row, example, played, row, store_url

USUAL = [
    row("1", "2012-05-07T08:00", "In Progress"),
    row("1", "2012-05-07T09:00", "Awaiting Assignment", "2nd"),
    row("1", "2012-05-07T10:00", "In Progress", "2nd"),
    row("1", "2012-05-07T11:00", "Wait - User", "2nd"),
    row("1", "2012-05-08T09:00", "In Progress", "2nd"),
    row("1", "2012-05-08T10:00", "Resolved", "2nd"),
    row("1", "2012-05-15T10:00", "Closed", "2nd"),
]


@contextmanager
def store(folder: Path, name: str = "store.db") -> Iterator[Session]:
    engine = engine_for(store_url(folder, name))
    with Session(engine) as session:
        yield session
    engine.dispose()


def moves(folder: Path) -> list[str]:
    with store(folder) as session:
        return list(session.exec(select(Event.move).order_by(col(Event.matter), col(Event.seq))))


def clock(folder: Path, name: str) -> Deadline:
    with store(folder) as session:
        return session.exec(select(Deadline).where(Deadline.name == name)).one()


# What was refused


def test_a_case_as_the_desk_means_it_is_whole(tmp_path: Path) -> None:
    found = played(tmp_path, USUAL).as_dict()
    assert (found["cases"], found["whole"], found["moves"]) == (1, 1, 7)
    assert (found["refused"], found["missed"], found["escalations"]) == ([], [], 0)
    assert moves(tmp_path) == ["open", "accept_first", "queue_second", "accept_second", "wait_user", "resume_second",
                               "resolve", "close"]  # fmt: skip


def test_a_refused_move_is_counted_and_the_case_goes_on_from_where_the_log_says_it_is(tmp_path: Path) -> None:
    found = played(tmp_path, [
        *USUAL[:2],
        row("1", "2012-05-07T10:00", "In Progress", "3rd"),  # the third line takes what stands in the second's queue
        row("1", "2012-05-07T11:00", "Resolved", "3rd"),
    ]).as_dict()  # fmt: skip
    assert found["whole"] == 0
    assert found["refused"] == [
        {"move": "accept_third", "from": "queued_second", "code": "wrong_state", "count": 1}
    ]
    assert moves(tmp_path) == ["open", "accept_first", "queue_second", "log.accept_third", "resolve"]
    with store(tmp_path) as session:
        event = session.exec(select(Event).where(Event.move == "log.accept_third")).one()
        assert (event.from_state, event.to_state) == ("queued_second", "with_third")
        assert event.data == {"refused": "wrong_state"}
        assert session.exec(select(Matter.state)).one() == "resolved"


def test_refusals_of_one_kind_are_one_line_the_most_frequent_first(tmp_path: Path) -> None:
    rows = [row(case, "2012-05-07T08:00", "Resolved") for case in ("1", "2")]
    found = played(tmp_path, [*rows, row("3", "2012-05-07T08:00", "Wait")]).as_dict()
    assert found["refused"] == [
        {"move": "resolve", "from": "reported", "code": "wrong_state", "count": 2},
        {"move": "wait", "from": "reported", "code": "wrong_state", "count": 1},
    ]


def test_a_status_the_mapping_does_not_know_is_counted_as_it_stands_and_moves_nothing(tmp_path: Path) -> None:
    found = played(
        tmp_path, [*USUAL[:6], row("1", "2012-05-15T09:00", "Unmatched", "2nd"), USUAL[6]]
    ).as_dict()
    assert found["whole"] == 0
    assert found["refused"] == [
        {"move": "Unmatched / Unmatched", "from": "resolved", "code": "unmapped", "count": 1}
    ]  # fmt: skip
    assert moves(tmp_path)[-2:] == ["log.unmapped", "close"]


def test_a_line_nobody_has_heard_of_makes_a_row_unmapped_and_not_an_error(tmp_path: Path) -> None:
    found = played(tmp_path, [row("1", "2012-05-07T08:00", "In Progress", "4th")]).as_dict()
    assert [(one["move"], one["code"]) for one in found["refused"]] == [
        ("Accepted / In Progress", "unmapped"),
        ("open", "not_your_role"),
    ]


def test_an_opening_whose_form_would_not_pass_is_refused_like_any_move(tmp_path: Path) -> None:
    found = played(tmp_path, [row("1", "2012-05-07T08:00", "In Progress", impact="Enormous")]).as_dict()
    assert found["refused"] == [{"move": "open", "from": "", "code": "bad_form", "count": 1}]
    assert found["whole"] == 0


def test_reopening_is_allowed_from_resolved_and_not_from_closed(tmp_path: Path) -> None:
    found = played(tmp_path, [
        *USUAL[:6],
        row("1", "2012-05-09T08:00", "In Progress", "2nd"),
        row("1", "2012-05-09T09:00", "Resolved", "2nd"),
        row("1", "2012-05-15T10:00", "Closed", "2nd"),
        row("1", "2012-05-16T08:00", "In Progress", "1st"),
    ]).as_dict()  # fmt: skip
    assert found["reopenings"] == {"allowed": 1, "refused": 1}
    assert found["refused"] == [{"move": "reopen_first", "from": "closed", "code": "wrong_state", "count": 1}]


def test_ping_pong_is_a_case_handed_back_to_the_line_it_came_from(tmp_path: Path) -> None:
    def to(case: str, *lines: str) -> list[Row]:
        first = [row(case, "2012-05-07T08:00", "In Progress", lines[0])]
        return first + [
            row(case, f"2012-05-07T{hour:02d}:00", "Awaiting Assignment", line)
            for hour, line in enumerate(lines[1:], start=9)
        ]

    found = played(tmp_path, to("1", "1st", "2nd", "1st", "2nd") + to("2", "1st", "2nd", "3rd")).as_dict()
    assert found["handovers"] == {"all": 5, "back": 2, "cases_back": 1}


# Clocks


def test_a_wait_for_the_user_stops_the_clock_and_a_wait_for_nobody_does_not(tmp_path: Path) -> None:
    begun = [row("1", "2012-05-07T08:00", "In Progress")]  # seven days for medium impact: until 14 May
    for folder, status, due_on in (
        ("user", "Wait - User", date(2012, 5, 18)),
        ("none", "Wait", date(2012, 5, 14)),
    ):
        (tmp_path / folder).mkdir()
        played(tmp_path / folder, [
            *begun,
            row("1", "2012-05-08T08:00", status),
            row("1", "2012-05-12T08:00", "In Progress"),
        ])  # fmt: skip
        assert clock(tmp_path / folder, "resolution_medium").due_on == due_on


def test_a_clock_that_stands_when_the_log_ends_has_no_date_and_misses_none(tmp_path: Path) -> None:
    found = played(tmp_path, [
        row("1", "2012-05-07T08:00", "In Progress"),
        row("1", "2012-05-08T08:00", "Wait - Vendor"),
        row("2", "2012-08-01T08:00", "In Progress"),
    ]).as_dict()  # fmt: skip
    with store(tmp_path) as session:
        stands = session.exec(select(Deadline).where(Deadline.status == "paused")).one()
    assert (stands.name, stands.due_on, stands.next_at) == ("resolution_medium", None, None)
    assert found["missed"] == []


@pytest.mark.parametrize(
    "resolved_at, missed",
    [("2012-05-14T21:59:59", []), ("2012-05-14T22:00:00", [{"deadline": "resolution_medium", "count": 1}])],
    ids=["in its last second", "in the second after"],
)
def test_a_date_is_missed_from_the_first_instant_of_the_next_day(
    tmp_path: Path, resolved_at: str, missed: list[dict[str, Any]]
) -> None:
    """Due on 14 May, where the desk is (two hours ahead of UTC in summer)."""
    rows = [row("1", "2012-05-07T08:00", "In Progress"), row("1", resolved_at, "Resolved")]
    assert played(tmp_path, rows).as_dict()["missed"] == missed


def test_an_open_clock_is_missed_once_its_day_is_over_when_the_log_ends(tmp_path: Path) -> None:
    begun = row("1", "2012-05-07T08:00", "In Progress")
    for folder, end, missed in (("a", "2012-05-14T21:59:59", 0), ("b", "2012-05-14T22:00:00", 1)):
        (tmp_path / folder).mkdir()
        found = played(tmp_path / folder, [begun, row("2", end, "In Progress")]).as_dict()
        assert sum(one["count"] for one in found["missed"]) == missed


def test_only_the_clock_of_the_impact_runs(tmp_path: Path) -> None:
    played(tmp_path, [row("1", "2012-05-07T08:00", "In Progress", impact="High")])
    with store(tmp_path) as session:
        names = set(session.exec(select(Deadline.name)))
    assert names == {"response", "resolution_high"}


def test_clocks_follow_what_happened_even_where_it_was_refused(tmp_path: Path) -> None:
    """Resolved out of the queue: the rules would not have it, but nobody is pressed for a case that is resolved."""
    played(tmp_path, [*USUAL[:2], row("1", "2012-05-07T10:00", "Resolved", "2nd")])
    assert clock(tmp_path, "resolution_medium").status == "met"
    assert clock(tmp_path, "closing").status == "open"


# Ladders


def test_a_ladder_climbs_between_the_rows_of_a_case_and_stops_with_its_clock(tmp_path: Path) -> None:
    found = played(tmp_path, [
        row("1", "2012-05-07T08:00", "In Progress"),
        row("1", "2012-05-16T08:00", "Resolved"),  # two days late: the third line was called in at eight that morning
    ]).as_dict()  # fmt: skip
    assert moves(tmp_path) == [
        "open", "accept_first", "clock.resolution_medium.soon", "clock.resolution_medium.second_line",
        "clock.resolution_medium.third_line", "resolve",
    ]  # fmt: skip
    assert found["escalations"] == 2
    assert found["notices"] == [
        {"document": "call_for_help", "to": "second_line", "count": 1},
        {"document": "call_for_help", "to": "third_line", "count": 1},
        {"document": "reminder", "to": "first_line", "count": 1},
    ]


@pytest.mark.parametrize(
    "end, fired",
    [("2012-05-13T05:59:59", 0), ("2012-05-13T06:00:00", 1), ("2012-05-13T06:00:01", 1)],
    ids=["the second before", "at its instant", "the second after"],
)
def test_a_rung_fires_at_its_instant_if_the_log_goes_that_far(tmp_path: Path, end: str, fired: int) -> None:
    """The first line is reminded on 13 May at eight where the desk is."""
    played(tmp_path, [row("1", "2012-05-07T08:00", "In Progress"), row("2", end, "In Progress")])
    with store(tmp_path) as session:
        found = session.exec(select(Firing)).all()
    assert [one.at for one in found] == [datetime(2012, 5, 13, 6, tzinfo=UTC)] * fired


def test_load_is_counted_by_the_week_it_fell_in(tmp_path: Path) -> None:
    load = played(tmp_path, USUAL).as_dict()["load"]
    assert [(week["week"], week["opened"], week["moves"], week["notices"]) for week in load] == [
        ("2012-05-07", 1, 6, 1),
        ("2012-05-14", 0, 1, 0),
    ]


# The same as production


def test_a_rehearsal_writes_what_the_gate_and_the_sweep_would_have_written(tmp_path: Path) -> None:
    """Whole cases of the excerpt, once rehearsed in bulk and once moved through the gate with a sweep at every rung."""
    rulebook, mapping = example()
    rehearse(EXCERPT, rulebook, mapping, store_url=store_url(tmp_path))
    with store(tmp_path) as session:
        refused = select(Event.matter).where(col(Event.move).startswith("log."))
        whole = select(Matter.number).where(col(Matter.id).not_in(refused)).order_by(Matter.number)
        names = session.exec(whole).all()[:25]
        rehearsed = {name: _account(session, name) for name in names}
    office = Office({rulebook.key: rulebook}, rulebook.key, china(), outbox.plan)
    with logs.opened(EXCERPT, mapping) as log:
        cases = {case.name: case for case in log if case.name in names}
        ends_at = log.ends_at
    assert sum(len(account["fired"]) for account in rehearsed.values()) > 10
    for name, case in cases.items():
        url = store_url(tmp_path, f"{name}.db")
        with stores.opened(url, office, mapping.organisation, at=ends_at) as made:
            number = _moved_by_hand(made.session, office, Reader(mapping), case, ends_at)
            assert _account(made.session, number) == rehearsed[name], name


def _moved_by_hand(session: Session, office: Office, reader: Reader, case: Any, ends_at: datetime) -> str:
    role, form = reader.opening(case.rows[0].cells)
    number = opening.open_matter(
        session, office, "incident", actor=role, at=case.rows[0].at, fields=form
    ).number
    for one, step in reader.steps(case):
        _sweep(session, office, until=one.at)
        assert step.move is not None
        advance(session, office, number, step.move, actor=step.role, at=one.at)
    _sweep(session, office, until=ends_at)
    session.commit()
    return number


def _sweep(session: Session, office: Office, *, until: datetime) -> None:
    """Each rung at its instant, or at once where its clock was born or resumed after that."""
    while due := sweep.due_now(session, at=until, most=1):
        moved_at = session.exec(select(Matter.moved_at)).one()
        sweep.fire(session, office, due, at=max(due[0].next_at, moved_at))


def _account(session: Session, number: str) -> dict[str, Any]:
    """Everything on file about a matter, but for keys, its number and what is hashed with it."""
    matter = session.exec(select(Matter).where(Matter.number == number)).one()
    events = session.exec(select(Event).where(Event.matter == matter.id).order_by(col(Event.seq))).all()
    clocks = session.exec(
        select(Deadline).where(Deadline.matter == matter.id).order_by(col(Deadline.id))
    ).all()
    ids = [one.id for one in clocks]
    lines = session.exec(
        select(DeadlineEntry).where(col(DeadlineEntry.deadline).in_(ids)).order_by(col(DeadlineEntry.id))
    ).all()
    firings = session.exec(select(Firing).where(col(Firing.deadline).in_(ids)).order_by(col(Firing.id))).all()
    notices = session.exec(select(Notice).where(Notice.matter == matter.id)).all()
    keyless = {"id", "matter", "number", "head_hash", "hash", "prev_hash", "deadline", "event", "message_id"}
    told = {"event", "recipient", "document", "planned_at", "due_on", "status", "channel"}
    return {
        "matter": matter.model_dump(exclude=keyless),
        "events": [one.model_dump(exclude=keyless) for one in events],
        "clocks": [one.model_dump(exclude=keyless) for one in clocks],
        "ledger": sorted(str(one.model_dump(exclude=keyless)) for one in lines),
        "fired": [one.model_dump(exclude=keyless) for one in firings],
        "told": sorted(str(one.model_dump(include=told - {"event"})) for one in notices),
    }


def test_the_store_of_a_rehearsal_verifies(tmp_path: Path) -> None:
    rulebook, mapping = example()
    rehearse(EXCERPT, rulebook, mapping, store_url=store_url(tmp_path))
    with store(tmp_path) as session:
        found = audit.verify(session)
        assert (found.ok, found.faults) == (True, ())
        assert found.events > 914
        event = session.exec(select(Event).where(col(Event.move).startswith("log."))).first()
        assert event is not None
        event.to_state = "closed"
        session.commit()
        assert not audit.verify(session).ok


# Order


def test_the_order_of_the_rows_in_the_file_does_not_matter(tmp_path: Path) -> None:
    rulebook, mapping = example()
    lines = gzip.decompress(EXCERPT.read_bytes()).decode().splitlines()
    shuffled = lines[1:]
    random.Random(7).shuffle(shuffled)
    (tmp_path / "log.csv").write_text("\n".join([lines[0], *shuffled]))
    found = [
        rehearse(path, rulebook, mapping, store_url=store_url(tmp_path, name)).as_dict()
        for path, name in ((EXCERPT, "a.db"), (EXCERPT, "b.db"), (tmp_path / "log.csv", "c.db"))
    ]
    assert found[0]["log"]["out_of_order"] == 0 < found[2]["log"]["out_of_order"]
    for each in found:
        for beside in ("seconds", "log", "store"):
            del each[beside]
    assert found[0] == found[1] == found[2]
    assert _dump(tmp_path, "a.db") == _dump(tmp_path, "b.db") == _dump(tmp_path, "c.db")


def _dump(folder: Path, name: str) -> list[Any]:
    with store(folder, name) as session:
        return [
            one.model_dump() for table in (Matter, Event, Deadline, DeadlineEntry, Firing, Notice)
            for one in session.exec(select(table).order_by(col(table.id))).all()
        ]  # fmt: skip


def test_rows_at_one_instant_keep_the_order_of_the_file_and_a_row_said_twice_counts_once(
    tmp_path: Path,
) -> None:
    at = "2012-05-07T08:00"
    begun, queued = row("1", at, "In Progress"), row("1", at, "Awaiting Assignment", "2nd")
    found = played(
        tmp_path, [begun, queued, begun, row("1", "2012-05-07T09:00", "In Progress", "2nd")]
    ).as_dict()
    assert (found["whole"], found["moves"]) == (1, 3)
    assert (found["log"]["same_instant"], found["log"]["duplicates"]) == (1, 1)
    assert moves(tmp_path) == ["open", "accept_first", "queue_second", "accept_second"]


# What is shown


def test_the_excerpt_that_ships_gives_these_findings(tmp_path: Path) -> None:
    rulebook, mapping = example()
    told: list[tuple[int, int]] = []
    rehearsed = rehearse(
        EXCERPT,
        rulebook,
        mapping,
        store_url=store_url(tmp_path),
        progress=lambda done, total: told.append((done, total)),
    )
    found = rehearsed.as_dict()
    assert list(found)[:7] == ["cases", "whole", "moves", "refused", "missed", "escalations", "seconds"]
    assert (found["cases"], found["moves"]) == (104, 914)
    assert 0 < found["whole"] < found["cases"]
    assert {one["deadline"] for one in found["missed"]} <= set(rulebook.machines["incident"].deadlines)
    assert told[-1] == (914, 914)
    assert told == sorted(told)
    assert sum(week["moves"] for week in found["load"]) == 914
    assert sum(week["escalations"] for week in found["load"]) == found["escalations"]
    assert sum(week["notices"] for week in found["load"]) == sum(one["count"] for one in found["notices"])
    assert sum(week["missed"] for week in found["load"]) == sum(one["count"] for one in found["missed"])


@pytest.mark.parametrize("lang, title", [("en", "Moves refused"), ("zh", "被拒步骤")])
def test_the_summary_reads_in_both_languages(tmp_path: Path, lang: str, title: str) -> None:
    rehearsed = played(tmp_path, [row("1", "2012-05-07T08:00", "Resolved")])
    parts = summary_table(rehearsed, lang=lang)
    assert parts[1].title == title
    assert parts[1].rows[0][-1] == 1
    assert all(len(each) == len(part.headings) for part in parts for each in part.rows)


def test_a_long_list_of_refusals_is_cut_in_the_table_and_whole_in_the_document(tmp_path: Path) -> None:
    rulebook, mapping = example()
    rehearsed = rehearse(EXCERPT, rulebook, mapping, store_url=store_url(tmp_path))
    table, document = summary_table(rehearsed)[1], rehearsed.as_dict()["refused"]
    assert len(table.rows) <= 16
    assert sum(int(each[-1]) for each in table.rows) == sum(one["count"] for one in document)


def test_nothing_is_planned_before_it_happened(tmp_path: Path) -> None:
    played(tmp_path, USUAL)
    with store(tmp_path) as session:
        events = session.exec(select(Event).order_by(col(Event.matter), col(Event.seq))).all()
    assert all(later.at - earlier.at >= timedelta(0) for earlier, later in pairwise(events))


STATUSES = ("In Progress", "Awaiting Assignment", "Assigned", "Wait", "Wait - User", "Resolved", "Closed", "In Call",
            "Cancelled", "Unmatched", "Snoozed")  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.datetimes(datetime(2011, 1, 1), datetime(2012, 1, 1)),  # noqa: DTZ001 - `row` makes them UTC
            st.sampled_from(STATUSES),
            st.sampled_from(["1st", "2nd", "3rd", "4th"]),
            st.sampled_from(["Low", "Major", "None"]),
        ),
        min_size=1,
        max_size=15,
    )
)
@settings(max_examples=25)
def test_whatever_a_log_says_it_is_counted_and_the_store_verifies(said: list[tuple[Any, ...]]) -> None:
    rows = [row(case, at.isoformat(), *cells) for case, at, *cells in said]
    with TemporaryDirectory() as place:
        folder = Path(place)
        found = played(folder, rows).as_dict()
        with store(folder) as session:
            assert audit.verify(session).faults == ()
            asked = select(func.count()).select_from(Event).where(Event.move != "open")
            made = session.exec(asked.where(col(Event.actor) != "clock")).one()
    assert found["moves"] == made == len(rows) - found["log"]["duplicates"]
    assert found["cases"] == len({one[0] for one in rows})
    assert (found["whole"] == found["cases"]) == (found["refused"] == [])


@pytest.mark.slow
@pytest.mark.skipif(not WHOLE_LOG.exists(), reason="the whole log is not here, only the excerpt")
def test_the_whole_log_is_rehearsed_within_two_minutes_and_its_store_verifies(tmp_path: Path) -> None:
    rulebook, mapping = example()
    found = rehearse(WHOLE_LOG, rulebook, mapping, store_url=store_url(tmp_path)).as_dict()
    assert (found["cases"], found["moves"]) == (7554, 65533)
    assert found["seconds"] < 120
    assert found["reopenings"]["allowed"] > 100 < found["reopenings"]["refused"]
    with store(tmp_path) as session:
        assert audit.verify(session).ok
