"""What the workbench shows, as documents: the desk, the board, figures, what is due when, search, kept filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl

from pydantic import Field
from sqlmodel import Session
from starlette.responses import Response

from cases import agenda, boards, desk, desk_lists, saved_filters, searching
from cases.saved_filters import SavedFilter
from cases.worklist import Looker
from states.form_values import label
from web import filters
from web.api import examples, shapes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes
from web.api.problems import Wrong, not_here
from web.api.wishes import Flag, Line, OnDay, Wish

if TYPE_CHECKING:
    from cases.reports import Figure, Report

TAG, NO_SUCH = "workbench", "no_such_filter"
LONGEST_SPAN = timedelta(days=400)


class MachineQuery(Wish):
    machine: Annotated[Line, Field(description="Of which machine.", examples=["clue"])] = "clue"


class AgendaQuery(Wish):
    from_: Annotated[OnDay, Field(alias="from", examples=["2026-09-01"])]
    until: Annotated[OnDay, Field(description="Included; at most 400 days on.", examples=["2026-09-30"])]
    mine: Annotated[Flag, Field(description="Only of what whoever asks handles, sits on or opened.")] = False


class SearchQuery(Wish):
    q: Annotated[
        Line, Field(description="A number, or words of a title, a problem or a subject.", examples=["berth"])
    ]


class KeepingFilter(Wish):
    """A filter under a name, in place of one's own of that name."""

    name: Annotated[Line, Field(examples=["Overdue at the berths"])]
    query: Annotated[
        dict[Line, Line],
        Field(max_length=20, description="The query of the worklist's address.", examples=[{"tab": "late"}]),
    ]
    shared: Annotated[bool, Field(description="With everybody of one's organisation.")] = False
    opens: Annotated[bool, Field(description="The worklist opens with it.")] = False


class DeskLine(shapes.Shape):
    """`awaited`: answers, such as signatures, without which it is not decided. `by_checklist`: one is gone through now."""

    number: str
    machine: str
    title: str
    state: shapes.Both
    kind: str
    waits_for: shapes.Both | None
    handler: str | None
    due_on: shapes.Day | None
    due_at: shapes.When | None
    moves: list[dict[str, Any]]
    awaited: list[shapes.ReasonShape]
    by_checklist: bool


class DeskList(shapes.Shape):
    lines: list[DeskLine]
    more: bool


class DeskShape(shapes.Shape):
    """Lists by name: pressing (due today or late), opinions, put_before, owed, mine, role, waiting."""

    lists: dict[str, DeskList]
    recusals: list[dict[str, Any]]


class BoardColumn(shapes.Shape):
    """One state. `still`: how many had no substantive act for at least each number of days of `still_for`."""

    state: str
    label: shapes.Both
    kind: str
    count: int
    still: list[int]
    oldest_at: shapes.When | None
    cards: list[dict[str, Any]]


class BoardShape(shapes.Shape):
    machine: str
    still_for: list[int]
    columns: list[BoardColumn]


class FigureRow(shapes.Shape):
    label: shapes.Both
    values: list[float | None]


class FigureShape(shapes.Shape):
    """One table. `days`: its columns after the first hold days, not counts."""

    name: str
    days: bool
    columns: list[shapes.Both]
    rows: list[FigureRow]


class FiguresShape(shapes.Shape):
    """`guarded`: counts above 0 and below 3 are not told to whoever asks; null stands there."""

    machine: str
    as_of: shapes.Day
    guarded: bool
    figures: list[FigureShape]


class AgendaLine(shapes.Shape):
    id: int
    number: str
    machine: str
    deadline: str
    label: shapes.Both
    due_on: shapes.Day
    due_at: shapes.When
    provisional: bool
    handler: str | None


class AgendaShape(shapes.Shape):
    deadlines: list[AgendaLine]
    more: bool


class FoundShape(shapes.Shape):
    number: str
    machine: str
    state: str
    title: str
    exact: bool


class SearchShape(shapes.Shape):
    found: list[FoundShape]


class FilterShape(shapes.Shape):
    id: int
    name: str
    query: dict[str, str]
    person: str
    shared: bool
    opens: bool
    saved_at: shapes.When


class FiltersShape(shapes.Shape):
    filters: list[FilterShape]


_LINE: dict[str, Any] = {
    "number": "MGJ-2026-0001", "machine": "clue", "title": "Berth 3: concrete below grade", "state": examples.BOTH,
    "kind": "open", "waits_for": None, "handler": "officer", "due_on": "2026-09-22", "due_at": examples.AT,
    "moves": [{"move": "propose_disposition", "label": examples.BOTH}], "awaited": [], "by_checklist": False,
}  # fmt: skip
_COLUMN: dict[str, Any] = {
    "state": "registered", "label": examples.BOTH, "kind": "open", "count": 1, "still": [0, 0], "oldest_at": examples.AT,
    "cards": [{"number": "MGJ-2026-0001", "version": 2, "title": "Berth 3", "handler": None, "due_at": examples.AT,
               "progressed_at": examples.AT}],
}  # fmt: skip
_FIGURE: dict[str, Any] = {
    "name": "ageing", "days": False, "columns": [examples.BOTH], "rows": [{"label": examples.BOTH, "values": [4.0]}],
}  # fmt: skip
_DUE: dict[str, Any] = {
    "id": 7, "number": "MGJ-2026-0001", "machine": "clue", "deadline": "disposition", "label": examples.BOTH,
    "due_on": "2026-09-22", "due_at": examples.AT, "provisional": False, "handler": "officer",
}  # fmt: skip
_FOUND: dict[str, Any] = {
    "number": "MGJ-2026-0001",
    "machine": "clue",
    "state": "registered",
    "title": "Berth 3",
    "exact": False,
}
_FILTER: dict[str, Any] = {
    "id": 3, "name": "Overdue at the berths", "query": {"tab": "late"}, "person": "officer", "shared": False,
    "opens": True, "saved_at": examples.AT,
}  # fmt: skip


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/desk", "desk", ("desk", "read"), "What is on your desk: the first of each list", desk_,
                    Answers(DeskShape, {"lists": {"mine": {"lines": [_LINE], "more": False}}, "recusals": []}),
                    TAG)  # fmt: skip
    yield Operation("GET", "/board", "board", ("board", "read"), "How many stand in each state, and for how long", board,
                    Answers(BoardShape, {"machine": "clue", "still_for": [30, 90], "columns": [_COLUMN]}), TAG,
                    query=MachineQuery, may_refuse=True)  # fmt: skip
    yield Operation("GET", "/figures", "figures", ("figure", "read"),
                    "Inflow, ageing, what is late, where it arises, load, time in state; over what you may see", figures,
                    Answers(FiguresShape, {"machine": "clue", "as_of": "2026-09-01", "guarded": False,
                                           "figures": [_FIGURE]}), TAG, query=MachineQuery, may_refuse=True)  # fmt: skip
    yield Operation("GET", "/agenda", "agenda", ("deadline", "read"), "The running clocks that are due between two days",
                    agenda_, Answers(AgendaShape, {"deadlines": [_DUE], "more": False}), TAG, query=AgendaQuery)  # fmt: skip
    yield Operation("GET", "/search", "search", ("matter", "list"), "What these words find among all that you may see",
                    search, Answers(SearchShape, {"found": [_FOUND]}), TAG, query=SearchQuery)  # fmt: skip
    yield Operation("GET", "/filters", "filters_list", ("filter", "read"),
                    "Your kept filters, and those shared in your organisation", list_,
                    Answers(FiltersShape, {"filters": [_FILTER]}), TAG)  # fmt: skip
    yield Operation("POST", "/filters", "filter_keep", ("filter", "change"), "Keep a filter under a name", keep,
                    Answers(FilterShape, _FILTER, 201), TAG, key=True, may_refuse=True,
                    takes=Takes(KeepingFilter, {"name": "Overdue at the berths", "query": {"tab": "late"}}))  # fmt: skip
    yield Operation("DELETE", "/filters/{id}", "filter_remove", ("filter", "change"), "Throw one of your filters away",
                    remove, Answers(shapes.Shape, {"id": 3, "removed": True}), TAG)  # fmt: skip


def desk_(asked: Asked) -> Response:
    """The desk of whoever asks."""
    with asked.reading() as session:
        found = desk.desk(session, asked.office, actor=asked.actor, at=asked.at)
    lists = {name: getattr(found, name) for name in desk_lists.NAMES}
    return document({
        "lists": {name: {"lines": [_line(line, asked.lang) for line in one.lines], "more": one.more}
                  for name, one in lists.items()},
        "recusals": found.recusals,
    })  # fmt: skip


def _line(line: desk.Line, lang: str) -> dict[str, Any]:
    return {
        "number": line.number, "machine": line.machine, "title": line.title, "state": line.state.model_dump(),
        "kind": line.kind.value, "waits_for": line.waits_for.model_dump() if line.waits_for else None,
        "handler": line.handler, "due_on": line.due_on, "due_at": line.due_at,
        "moves": [{"move": move, "label": said.model_dump()} for move, said in line.moves],
        "awaited": [reason.as_dict(lang) for reason in line.awaited], "by_checklist": line.by_checklist,
    }  # fmt: skip


def _machine(looker: Looker, name: str) -> str:
    """Raises Wrong (404) for a machine of which this person sees nothing."""
    if name not in looker.machines():
        raise not_here("no_such_machine")
    return name


def board(asked: Asked) -> Response:
    """The board of one machine."""
    wanted = asked.query(MachineQuery)
    with asked.reading() as session:
        looker = Looker.of(session, asked.office, asked.actor)
        columns = boards.board(session, looker, _machine(looker, wanted.machine), at=asked.at)
    return document({
        "machine": wanted.machine, "still_for": boards.STILL_FOR,
        "columns": [{"state": one.state, "label": one.rule.label.model_dump(), "kind": one.rule.kind.value,
                     "count": one.count, "still": one.still, "oldest_at": one.oldest_at,
                     "cards": [{name: getattr(card, name) for name in ("number", "version", "title", "handler", "due_at",
                                                                       "progressed_at")} for card in one.cards]}
                    for one in columns],
    })  # fmt: skip


def figures(asked: Asked) -> Response:
    """Every figure of one machine, with the guard of the page."""
    from cases.reports import report  # noqa: PLC0415 - pandas takes half a second to load

    wanted = asked.query(MachineQuery)
    with asked.reading() as session:
        looker = Looker.of(session, asked.office, asked.actor)
        found = report(session, looker, _machine(looker, wanted.machine), at=asked.at)
    return document({
        "machine": found.machine, "as_of": found.as_of, "guarded": found.guarded,
        "figures": [{"name": one.name, "days": one.days, "columns": [said.model_dump() for said in one.columns],
                     "rows": [{"label": said.model_dump(), "values": _told(found, one, row)} for said, row in one.rows]}
                    for one in found.figures],
    })  # fmt: skip


def _told(found: Report, figure: Figure, row: tuple[float, ...]) -> list[float | None]:
    said = [found.said(value, days=figure.days and place > 0) for place, value in enumerate(row)]
    return [
        None if text.startswith("<") else round(float(value), 1)
        for text, value in zip(said, row, strict=True)
    ]


def agenda_(asked: Asked) -> Response:
    """What is due between two days."""
    wanted = asked.query(AgendaQuery)
    if not timedelta() <= wanted.until - wanted.from_ <= LONGEST_SPAN:
        says = label(
            "起止日期须先后有序，且不超过 400 天。", "The days are in order and at most 400 days apart."
        )
        raise Wrong(422, "bad_span", says, field="until")
    with asked.reading() as session:
        looker = Looker.of(session, asked.office, asked.actor)
        found, more = agenda.some(session, looker, first=wanted.from_, last=wanted.until, mine=wanted.mine)
    return document({
        "deadlines": [{"id": one.id, "number": one.number, "machine": one.machine, "deadline": one.name,
                       "label": one.label.model_dump(), "due_on": one.due_on, "due_at": one.due_at,
                       "provisional": one.provisional, "handler": one.handler} for one in found],
        "more": more,
    })  # fmt: skip


def search(asked: Asked) -> Response:
    """What words find."""
    wanted = asked.query(SearchQuery)
    with asked.reading() as session:
        found = searching.search(session, Looker.of(session, asked.office, asked.actor), wanted.q)
    return document({"found": [{"number": one.number, "machine": one.machine, "state": one.state, "title": one.title,
                                "exact": one.exact} for one in found]})  # fmt: skip


def list_(asked: Asked) -> Response:
    """Kept filters."""
    with asked.reading() as session:
        return document({"filters": [_filter(one) for one in saved_filters.of(session, asked.actor)]})


def _filter(one: SavedFilter) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "query": dict(parse_qsl(one.query)), "person": one.person,
        "shared": one.organisation is not None, "opens": one.opens, "saved_at": one.saved_at.isoformat(),
    }  # fmt: skip


def keep(asked: Asked) -> Response:
    """Keep a filter."""
    wish = asked.body(KeepingFilter)

    def act(session: Session) -> Mapping[str, Any]:
        wanted, faults = filters.read(wish.query, Looker.of(session, asked.office, asked.actor).machines())
        faults += sorted(wish.query.keys() - filters.ASKED)
        if faults:
            says = label(f"筛选条件“{faults[0]}”无法识别。", f"The filter's {faults[0]!r} makes no sense.")
            raise Wrong(422, "bad_filter", says, field="query")
        key = saved_filters.save(session, asked.actor, name=wish.name, query=filters.pairs(wanted), shared=wish.shared,
                                 opens=wish.opens, at=asked.at)  # fmt: skip
        return _filter(session.get_one(SavedFilter, key))

    what = ("filter", wish.name, sorted(wish.query.items()), wish.shared, wish.opens)
    return document(asked.once(what, lambda session: dict(act(session))), status=201)


def remove(asked: Asked) -> Response:
    """Throw a filter away."""
    key = asked.id(NO_SUCH)
    with asked.unit() as session:
        if not saved_filters.remove(session, key, login=asked.actor):
            raise not_here(NO_SUCH)
    return document({"id": key, "removed": True})
