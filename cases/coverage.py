"""Coverage on file: the cells of the projects somebody may see, computed from the rows in their sight and from no other.

Nothing of it is stored and nothing here changes anything. A clue out of sight, or a round somebody is kept out of, changes
neither the state of a cell nor its age, its risk or a count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from cases import inspections, plan_lists
from cases.history import Event
from cases.inspections import MACHINE, Programme
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation, Project
from cases.people import Person
from cases.worklist import Looker
from states import coverage
from states.calendars import DayOutsideCalendar
from states.coverage import STATES, Cell, Foretold, Look, Named, Sign
from states.coverage_rules import Coverage, LookRule
from states.facts import Reason, Refused
from states.recurrence import When
from states.rulebook import Label, StateKind

_MOMENT = timedelta(microseconds=1)
CONCLUDED = frozenset({"concluded", "clarified"})  # as in the figures: the outcome is set


@dataclass(frozen=True, slots=True)
class Map:
    """The cells of these projects as one person may see them, on a day of the office."""

    rules: Coverage
    projects: tuple[str, ...]
    cells: tuple[Cell, ...]

    def counts(self) -> dict[str, int]:
        """How many cells are in each state."""
        return {state: sum(one.state == state for one in self.cells) for state in STATES}


def rules_of(office: Office) -> Coverage:
    """What must be looked at. Raises Refused where the rulebook says nothing of it."""
    found = office.rulebook().coverage
    if found is None:
        raise Refused("no_coverage", (Reason(
            "no_coverage", Label(en="The rulebook does not say what must be looked at.", zh="规则未规定监督覆盖范围。"),
            Label(en="Give it a section `coverage`.", zh="请在规则中增加 coverage 部分。"),
        ),))  # fmt: skip
    return found


def of(session: Session, office: Office, *, actor: str, at: datetime, project: str | None = None) -> Map:
    """The coverage of every project whose rounds `actor` sees, or of one. Raises Refused."""
    rules = rules_of(office)
    projects = _projects(session, office, actor, project)
    reading = _Reading(
        session, office, rules, Looker.of(session, office, actor), [one.code for one in projects], at
    )
    cells = coverage.cells(
        rules, reading.projects, looks=reading.looks(), foretold=reading.foretold(), signs=reading.signs(),
        today=office.day(at),
    )  # fmt: skip
    return Map(rules, tuple(reading.projects), tuple(cells))


def _projects(session: Session, office: Office, actor: str, project: str | None) -> Sequence[Project]:
    query = select(Project).where(
        plan_lists.within(session, office, actor, Project.organisation, Project.code)
    )
    if project is not None:
        query = query.where(col(Project.code) == project)
    found = session.execute(query.order_by(col(Project.code))).scalars().all()
    if project is not None and not found:
        raise Refused("unknown_reference", (Reason(
            "unknown_reference",
            Label(en=f"There is no project {project[:40]!r} whose rounds you see.",
                  zh=f"没有您可查看其检查的项目“{project[:40]}”。"),
            Label(en="Ask without --project to see which there are.", zh="不加 --project 可查看有哪些项目。"),
            "project",
        ),))  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """The rows about these projects in sight of one person, as plain facts."""

    session: Session
    office: Office
    rules: Coverage
    looker: Looker
    projects: list[str]
    at: datetime

    def looks(self) -> list[Look]:
        """Every look that is on record until now."""
        bodies, people = self._sides(), self._bodies_of_people()
        found = []
        for machine, rule in self.rules.looks.items():
            for row in self._looked(machine, rule):
                own = row.opening if rule.whole else row.values
                side = self._side_of(rule, row.values, bodies, people)
                spots = coverage.looked_at(
                    self.rules, rule, row.move, _named(own, side), _named(row.data if rule.whole else {}, None)
                )  # fmt: skip
                if spots:
                    found.append(Look(row.project, spots, row.at, self.office.day(row.at), row.actor, row.number,
                                      machine, row.move))  # fmt: skip
        return found

    def _looked(self, machine: str, rule: LookRule) -> Sequence[Any]:
        first = aliased(Event)
        query = (
            select(col(Event.at), col(Event.actor), col(Event.move), col(Event.data), col(Matter.number),
                   col(Matter.project), col(Matter.values), col(first.data).label("opening"))
            .join(Matter, col(Matter.id) == col(Event.matter))
            .join(first, (col(first.matter) == col(Matter.id)) & (col(first.seq) == 1))
            .where(self.looker.sees(machine), col(Matter.machine) == machine, col(Matter.project).in_(self.projects),
                   col(Event.move).in_(rule.moves), col(Event.at) <= self.at)
            .order_by(col(Event.at), col(Event.id))
        )  # fmt: skip
        return self.session.execute(query).all()

    def foretold(self) -> list[Foretold]:
        """Every look to come: of rounds on file that are not late, and the next slot of each programme."""
        return [*self._rounds(), *self._programmes()]

    def _rounds(self) -> Iterator[Foretold]:
        for machine, rule in self.rules.looks.items():
            first = aliased(Event)
            query = (
                select(col(Matter.project), col(Matter.number), col(Matter.due_at), col(first.data))
                .join(first, (col(first.matter) == col(Matter.id)) & (col(first.seq) == 1))
                .where(self.looker.sees(machine), col(Matter.machine) == machine, col(Matter.project).in_(self.projects),
                       col(Matter.state).in_(rule.foretold_in), col(Matter.due_at) > self.at)
            )  # fmt: skip
            for project, number, due_at, opening in self.session.execute(query):
                spots = coverage.named(self.rules, _named(opening, None), whole=rule.whole)
                if spots:
                    yield Foretold(project, spots, self.office.day(due_at - _MOMENT), number)

    def _programmes(self) -> Iterator[Foretold]:
        if MACHINE not in self.rules.looks:
            return
        query = select(Programme).where(
            plan_lists.within(self.session, self.office, self.looker.login, Programme.organisation, Programme.project),
            col(Programme.active), col(Programme.project).in_(self.projects), col(Programme.link).is_not(None),
        )  # fmt: skip
        for one in self.session.execute(query).scalars():
            spots = coverage.named(self.rules, Named(one.link), whole=True)
            when = self._next(one)
            if spots and when is not None and one.project is not None:
                yield Foretold(one.project, spots, max(when.on, self.office.day(self.at)), one.code)

    def _next(self, programme: Programme) -> When | None:
        """The next slot that has no outcome and opens today or later: a holiday puts it off."""
        today = self.office.day(self.at)
        marks = inspections.milestones(self.session, programme.project)
        given = inspections.given(programme, self.office.calendar, marks)
        until = today + timedelta(days=self.rules.planned_within)
        return next(
            (one for one in inspections.slots(programme, given, until=until) if self._opens(one) >= today),
            None,
        )

    def _opens(self, when: When) -> date:
        try:
            return self.office.calendar.next_working_day(when.on)
        except DayOutsideCalendar:
            return when.on

    def signs(self) -> Iterator[Sign]:
        """What raises the risk: clues received in the last days, wider than a look where they do not say where."""
        risk, bodies = self.rules.risk, self._sides()
        machine = self.office.rulebook().machines[risk.machine]
        ended = {name for name, state in machine.states.items() if state.kind is StateKind.FINAL}
        ended |= CONCLUDED & set(machine.states)
        since = self.office.day(self.at) - timedelta(days=risk.days)
        query = select(col(Matter.project), col(Matter.state), col(Matter.values), col(Matter.received_on),
                       col(Matter.opened_at)).where(
            self.looker.sees(risk.machine), col(Matter.machine) == risk.machine,
            col(Matter.project).in_(self.projects), col(Matter.opened_at) <= self.at)  # fmt: skip
        for row in self.session.execute(query):
            if (row.received_on or self.office.day(row.opened_at)) < since:
                continue
            side = bodies.get(str(row.values.get(risk.unit) or "").strip())
            still = row.state not in ended
            weight = (risk.open if still else risk.closed) + risk.grades.get(str(row.values.get("grade")), 0)
            spots = coverage.named(self.rules, _named(row.values, side), whole=True)
            yield Sign(row.project, spots, weight, still)

    def _sides(self) -> Mapping[str, str]:
        """The side of the works of each body, by its code and names."""
        kinds = {kind: side for side, one in self.rules.personnel.items() for kind in one.kinds}
        return {
            name: kinds[one.kind] for one in self.session.execute(select(Organisation)).scalars()
            if one.kind in kinds for name in (one.code, one.name_zh, one.name_en)
        }  # fmt: skip

    def _bodies_of_people(self) -> Mapping[str, str]:
        rows = self.session.execute(select(col(Person.login), col(Person.organisation)))
        return {one.login: one.organisation for one in rows}

    @staticmethod
    def _side_of(
        rule: LookRule, values: Mapping[str, Any], bodies: Mapping[str, str], people: Mapping[str, str]
    ) -> str | None:
        unit = str(values.get(rule.unit) or "").strip() if rule.unit else ""
        if rule.person:
            unit = people.get(str(values.get(rule.person) or ""), "")
        return bodies.get(unit)


def _named(values: Mapping[str, Any], side: str | None) -> Named:
    return Named(values.get("link"), values.get("phase"), values.get("personnel") or side)


def as_dict(cell: Cell) -> dict[str, Any]:
    """For JSON."""
    last, planned = cell.last, cell.planned
    return {
        "project": cell.project, "phase": cell.spot.phase, "personnel": cell.spot.personnel, "link": cell.spot.link,
        "state": cell.state, "risk": cell.risk, "open_clues": cell.open_signs, "closed_clues": cell.closed_signs,
        "age": cell.age, "covered_until": cell.covered_until.isoformat() if cell.covered_until else None,
        "last": {"at": last.at.isoformat(), "by": last.by, "number": last.number, "machine": last.machine,
                 "move": last.move} if last else None,
        "planned": {"on": planned.on.isoformat(), "by": planned.by} if planned else None,
    }  # fmt: skip
