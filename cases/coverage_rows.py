"""The rows that coverage is counted from, as far as one person sees them, as plain facts.

The database counts and picks: of the looks at one place it hands out the last one, of the clues there their number. What is
read thus grows with the places that rows name, and not with the years of history behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from cases import inspections, plan_lists
from cases.history import Event
from cases.inspections import MACHINE, Programme
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation, Project
from cases.people import Person
from cases.risk_points import RiskPoint
from cases.worklist import Looker
from states import coverage
from states.calendars import DayOutsideCalendar
from states.coverage import Foretold, Look, Named, Point, Sign
from states.coverage_proposals import Standing
from states.coverage_rules import Coverage, LookRule
from states.grading_rules import GRADE
from states.recurrence import When
from states.rulebook import StateKind

_MOMENT = timedelta(microseconds=1)
_NAMES = ("link", "phase", "personnel")
CONCLUDED = frozenset({"concluded", "clarified"})  # as in the figures: the outcome is set


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows about these projects in sight of one person."""

    session: Session
    office: Office
    rules: Coverage
    looker: Looker
    projects: Sequence[str]
    at: datetime

    # ------------------------------------------------------------------------------------------- who looked

    def looks(self) -> list[Look]:
        """The last look until now at whatever rows name: at every place, but not every one there was."""
        bodies, people = self._sides(), self._bodies_of_people()
        found = []
        for machine, rule, project in self._each():
            for row in self._looked(machine, rule, project):
                side = bodies.get(people.get(row.body, "") if rule.person else row.body.strip())
                own, said = _of(row, "own_", side), _of(row, "said_", None)
                spots = coverage.looked_at(self.rules, rule, row.move, own, said)
                if spots:
                    found.append(Look(row.project, spots, row.at, self.office.day(row.at), row.actor, row.number,
                                      machine, row.move))  # fmt: skip
        return found

    def _each(self) -> Iterator[tuple[str, LookRule, str]]:
        """Project by project: one project of a machine is what an index finds."""
        return ((machine, rule, one) for machine, rule in self.rules.looks.items() for one in self.projects)

    def _looked(self, machine: str, rule: LookRule, project: str) -> Sequence[Any]:
        """Of the looks that name the same place and body by the same move, the last one."""
        first = aliased(Event)
        own = [
            _text(first.data if rule.whole else Matter.values, name).label(f"own_{name}") for name in _NAMES
        ]
        said = [_text(Event.data, name).label(f"said_{name}") for name in _NAMES] if rule.whole else []
        body = _text(Matter.values, rule.person or rule.unit or "").label("body")
        which = [col(Matter.project), col(Event.move), *own, *said, body]
        newest: list[Any] = [col(Event.at).desc(), col(Matter.number).desc(), col(Event.id)]
        query = (
            select(*which, col(Event.at), col(Event.actor), col(Event.id), col(Matter.number),
                   func.row_number().over(partition_by=which, order_by=newest).label("nth"))
            .select_from(Matter).join(Event, col(Event.matter) == col(Matter.id))
            .where(self._ours(machine, project), col(Event.move).in_(rule.moves), col(Event.at) <= self.at)
        )  # fmt: skip
        if rule.whole:
            query = query.join(first, (col(first.matter) == col(Matter.id)) & (col(first.seq) == 1))
        else:
            query = query.where(own[0] != "")
        every = query.subquery()
        return self.session.execute(
            select(every).where(every.c.nth == 1).order_by(every.c.at, every.c.id)
        ).all()

    def _ours(self, machine: str, project: str) -> Any:
        return and_(self.looker.sees(machine), col(Matter.machine) == machine, col(Matter.project) == project)

    def touched_since(self, event: int) -> bool:
        """Whether anything happened after this event that tells of these projects. It reads what happened since, no more."""
        machines = {*self.rules.looks, self.rules.risk.machine}
        query = (
            select(col(Event.id)).join(Matter, col(Matter.id) == col(Event.matter))
            .where(col(Event.id) > event, col(Matter.machine).in_(machines), col(Matter.project).in_(self.projects))
        )  # fmt: skip
        return self.session.execute(query.limit(1)).first() is not None

    # ----------------------------------------------------------------------------------------- who will look

    def foretold(self, programmes: Sequence[tuple[Programme, When | None]]) -> list[Foretold]:
        """Every look to come: of rounds on file that are not late, and the next slot of each of these programmes."""
        return [*self._rounds(), *self._slots(programmes)]

    def _rounds(self) -> Iterator[Foretold]:
        for machine, rule, of in self._each():
            if not rule.foretold_in:
                continue
            first = aliased(Event)
            query = (
                select(col(Matter.project), col(Matter.number), col(Matter.due_at), col(first.data))
                .join(first, (col(first.matter) == col(Matter.id)) & (col(first.seq) == 1))
                .where(self._ours(machine, of), col(Matter.state).in_(rule.foretold_in), col(Matter.due_at) > self.at)
            )  # fmt: skip
            for project, number, due_at, opening in self.session.execute(query):
                where = Named(opening.get("link"), opening.get("phase"), opening.get("personnel"))
                spots = coverage.named(self.rules, where, whole=rule.whole)
                if spots:
                    yield Foretold(project, spots, self.office.day(due_at - _MOMENT), number, machine)

    def programmes(self) -> list[tuple[Programme, When | None]]:
        """The programmes in sight that open rounds at a link of these projects, each with its next slot if it comes soon
        enough to be a plan."""
        if MACHINE not in self.rules.looks:
            return []
        today = self.office.day(self.at)
        query = select(Programme).where(
            plan_lists.within(self.session, self.office, self.looker.login, Programme.organisation, Programme.project),
            col(Programme.active), col(Programme.project).in_(self.projects), col(Programme.link).is_not(None),
            or_(col(Programme.ends_on).is_(None), col(Programme.ends_on) >= today),
        )  # fmt: skip
        marks = {project: inspections.milestones(self.session, project) for project in self.projects}
        return [(one, self._next(one, marks.get(one.project or "", {})))
                for one in self.session.execute(query.order_by(col(Programme.code))).scalars()]  # fmt: skip

    def _next(self, programme: Programme, marks: Mapping[str, date]) -> When | None:
        """The next slot that has no outcome and opens today or later: a holiday puts it off."""
        today = self.office.day(self.at)
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

    def _slots(self, programmes: Sequence[tuple[Programme, When | None]]) -> Iterator[Foretold]:
        for one, when in programmes:
            spots = coverage.named(self.rules, Named(one.link), whole=True)
            if spots and when is not None and one.project is not None:
                yield Foretold(one.project, spots, max(when.on, self.office.day(self.at)), one.code)

    # -------------------------------------------------------------------------------------- what raises risk

    def signs(self) -> list[Sign]:
        """What raises the risk: clues received in the last days, wider than a look where they do not say where."""
        risk, bodies = self.rules.risk, self._sides()
        found = []
        for row in (one for project in self.projects for one in self._signed(project)):
            weight = (risk.open if row.open else risk.closed) + risk.grades.get(str(row.grade), 0)
            spots = coverage.named(self.rules, _of(row, "own_", bodies.get(row.body.strip())), whole=True)
            if spots:
                found.append(Sign(row.project, spots, weight, bool(row.open), row.count))
        return found

    def _signed(self, project: str) -> Sequence[Any]:
        """How many there are of each place, body and grade, open and ended."""
        risk = self.rules.risk
        machine = self.office.rulebook().machines[risk.machine]
        ended = {name for name, state in machine.states.items() if state.kind is StateKind.FINAL}
        ended |= CONCLUDED & set(machine.states)
        since = self.office.day(self.at) - timedelta(days=risk.days)
        began = datetime.combine(since, time(), self.office.zone)
        received = or_(col(Matter.received_on) >= since,
                       and_(col(Matter.received_on).is_(None), col(Matter.opened_at) >= began))  # fmt: skip
        still = col(Matter.state).not_in(sorted(ended)).label("open")
        own = [_text(Matter.values, name).label(f"own_{name}") for name in _NAMES]
        which = [col(Matter.project), still, *own, _text(Matter.values, "grade").label("grade"),
                 _text(Matter.values, risk.unit).label("body")]  # fmt: skip
        each = (
            select(*which)
            .where(self._ours(risk.machine, project), col(Matter.opened_at) <= self.at, received, own[0] != "")
            .subquery()
        )  # fmt: skip
        return self.session.execute(select(each, func.count().label("count")).group_by(*each.c)).all()

    def points(self) -> list[Point]:
        """The risk points at their links; one that names no project is at every project of its body."""
        rules = self.rules.points
        if rules is None:
            return []
        grade, link = _text(Matter.values, GRADE).label("grade"), col(RiskPoint.link)
        here = or_(col(Matter.project).is_(None), col(Matter.project).in_(self.projects))
        query = (
            select(col(Matter.project), col(Matter.organisation), link, grade)
            .join(RiskPoint, col(RiskPoint.matter) == col(Matter.id))
            .where(self.looker.sees(rules.machine), col(Matter.machine) == rules.machine, link.is_not(None))
            .where(col(Matter.state).in_(rules.states), here)
            .distinct()
        )
        kept_by = select(col(Project.code), col(Project.organisation)).where(
            col(Project.code).in_(self.projects)
        )
        bodies: dict[str, str] = dict(self.session.execute(kept_by).tuples().all())
        found = []
        for row in self.session.execute(query):
            spots, held = coverage.named(self.rules, Named(row.link), whole=True), rules.grades.get(row.grade)
            at = (
                [row.project]
                if row.project
                else [code for code, body in bodies.items() if body == row.organisation]
            )
            found += [Point(one, spots, held.weight, row.grade) for one in at] if held is not None else []
        return found

    # ------------------------------------------------------------------------------------------- whose work

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


def standing(programmes: Sequence[tuple[Programme, When | None]]) -> list[Standing]:
    """Where these programmes stand."""
    return [Standing(one.project, one.link, one.code) for one, _ in programmes if one.project and one.link]


def _text(values: Any, name: str) -> Any:
    """A text of a JSON column; empty where there is none."""
    return func.coalesce(col(values)[name].as_string(), "")


def _of(row: Any, prefix: str, side: str | None) -> Named:
    """What a row names, and otherwise the side of its body."""
    link, phase, personnel = (getattr(row, f"{prefix}{name}", None) or None for name in _NAMES)
    return Named(link, phase, personnel or side)
