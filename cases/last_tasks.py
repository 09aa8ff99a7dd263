"""The first business of a round: what became of the tasks of the round before, and of older ones still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from cases import access, rounds
from cases.deadlines import Deadline
from cases.matters import Matter, MatterLink, OnFile, Seat
from cases.recusals import IN_FORCE, Recusal
from cases.rounds import RoundSeat
from states.rulebook import Label, Rulebook, StateKind


@dataclass(frozen=True, slots=True)
class Task:
    """A task of an earlier round. `due_on` is its nearest open limit; `read_out`: nobody in the round is kept out of it."""

    number: str
    round_: str
    measure: str
    owner: str | None
    state: str
    label: Label
    final: bool
    due_on: date | None
    due_at: datetime | None
    read_out: bool

    def overdue(self, at: datetime) -> bool:
        """Whether it is late at this instant."""
        return self.due_at is not None and self.due_at <= at

    def as_dict(self, *, at: datetime) -> dict[str, Any]:
        """For JSON."""
        return {
            "number": self.number, "round": self.round_, "measure": self.measure, "owner": self.owner,
            "state": self.state, "state_label": self.label.model_dump(), "final": self.final,
            "due_on": self.due_on.isoformat() if self.due_on else None, "overdue": self.overdue(at),
            "read_out": self.read_out,
        }  # fmt: skip


class Before(NamedTuple):
    """The round before."""

    id: int
    number: str


def last_round(session: Session, row: OnFile) -> Before | None:
    """The latest round before this one, of the same body and project, that decided something."""
    rules = rounds.frozen_rules(row)
    columns = (col(Matter.id), col(Matter.number), col(Matter.acts))
    query = select(*columns).where(*_earlier(Matter, row)).order_by(col(Matter.id).desc())
    decided = (
        Before(key or 0, number)
        for key, number, acts in session.execute(query)
        if rules and rules.decided_by in acts
    )
    return next(decided, None)


def tasks(session: Session, rulebook: Rulebook, row: OnFile, *, actor: str) -> Sequence[Task]:
    """All tasks of the last round, and those of earlier rounds that are still open, as far as this person sees them."""
    rules = rounds.frozen_rules(row)
    if rules is None or rules.follows is None:
        return ()
    last = last_round(session, row)
    round_ = aliased(Matter)
    query = (
        select(Matter, col(round_.id), col(round_.number))
        .join(MatterLink, and_(col(MatterLink.child) == col(Matter.id), col(MatterLink.kind) == rules.follows.link))
        .join(round_, col(round_.id) == col(MatterLink.parent))
        .where(*_earlier(round_, row), access.visible_to(session, actor, rulebook))
        .order_by(col(Matter.id))
    )  # fmt: skip
    found = [(task, number, round_id) for task, round_id, number in session.execute(query)]
    kept_from = _kept_from(session, row, [task.id or 0 for task, *_ in found])
    made = [(_task(session, rulebook, task, number, read_out=task.id not in kept_from), round_id)
            for task, number, round_id in found]  # fmt: skip
    return [task for task, round_id in made if not task.final or (last is not None and round_id == last.id)]


def to_note(session: Session, rulebook: Rulebook, row: OnFile, *, actor: str) -> Sequence[Task]:
    """Those of them that the round takes note of: what somebody in it is kept out of is not put on its record."""
    return [task for task in tasks(session, rulebook, row, actor=actor) if task.read_out]


def in_words(found: Iterable[Task], *, at: datetime) -> str:
    """A line for each, in both languages, as the record of the round takes it."""
    return "\n".join(_line(task, at=at) for task in found)


def _line(task: Task, *, at: datetime) -> str:
    late = ("（已逾期）", " (overdue)") if task.overdue(at) else ("", "")
    return f"{task.number}：{task.label.zh}{late[0]} / {task.label.en}{late[1]}"


def _earlier(round_: Any, row: OnFile) -> tuple[Any, ...]:
    return (
        round_.machine == row.machine, round_.organisation == row.organisation, round_.id < row.id,
        round_.project.is_not_distinct_from(row.project),
    )  # fmt: skip


def _task(session: Session, rulebook: Rulebook, task: Matter, round_: str, *, read_out: bool) -> Task:
    state = rulebook.machines[task.machine].states[task.state]
    query = (
        select(col(Deadline.due_on), col(Deadline.due_at))
        .where(col(Deadline.matter) == task.id, col(Deadline.status) == "open")
        .order_by(col(Deadline.due_at))
    )
    due_on, due_at = session.execute(query).first() or (None, None)
    return Task(task.number, round_, task.title, task.handler, task.state, state.label,
                state.kind is StateKind.FINAL, due_on, due_at, read_out)  # fmt: skip


def _kept_from(session: Session, row: OnFile, matters: Sequence[int]) -> set[int]:
    """Those of these matters that somebody with a seat in the round, or named to sit in for one, is kept out of."""
    seated = exists(select(1).where(col(Seat.matter) == row.id, col(Seat.person) == col(Recusal.person)))
    named = exists(
        select(1).where(
            col(RoundSeat.matter) == row.id,
            or_(
                col(RoundSeat.person) == col(Recusal.person), col(RoundSeat.substitute) == col(Recusal.person)
            ),
        )
    )
    query = select(col(Recusal.matter)).where(
        col(Recusal.matter).in_(matters), col(Recusal.state) == IN_FORCE, or_(seated, named)
    )
    return set(session.execute(query).scalars())
