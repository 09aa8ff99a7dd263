"""More time for a clock: only as far as the rulebook allows, approved by whom it names, with the reason on record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import insert, update
from sqlmodel import Session, col

from cases import clocks, gathering, history
from cases.deadlines import Deadline, DeadlineEntry
from cases.errors import NoSuchMatter
from cases.gathering import Loaded
from cases.matters import Matter
from cases.office import Office
from states.budgets import Cap, Extension, ExtensionRefused
from states.facts import Reason, Refused
from states.guards import GUARDS
from states.periods import Period
from states.rulebook import Deadline as DeadlineRule
from states.rulebook import Extension as ExtensionRule
from states.rulebook import Label
from states.wording import wording


def extend(
    session: Session, office: Office, deadline: int, *, actor: str, at: datetime, reason: str
) -> date | None:
    """Extend a running clock by what the rulebook grants, as `actor`, who approves it; the new due date.

    Raises NoSuchMatter where the clock is not theirs to see, Refused where the rulebook provides for no extension, gives
    the right to others, or the cap is reached or the period is over.
    """
    held = session.get(Deadline, deadline)
    if held is None:
        raise NoSuchMatter(str(deadline))
    matter = session.get_one(Matter, held.matter)
    loaded = gathering.load(session, office, matter.number, login=actor, for_change=True)
    rule = office.rulebook(matter.rulebook).machines[matter.machine].deadlines[held.name]
    granted = _granted(rule, held, loaded, reason)
    _check_needs(session, office, granted, loaded, at=at)
    period = Period.parse(granted.by)
    ledger = clocks.ledger_on_file(session, held, roll=rule.roll)
    cap = Cap(granted.times, Period(period.count * granted.times, period.unit))
    try:
        longer = ledger.extended(
            Extension(period, actor, office.day(at), reason), cap=cap, calendar=office.calendar
        )
    except ExtensionRefused as refusal:
        raise _refused("extension_refused", str(refusal), "规则不允许这次延期。") from None
    timing = clocks.timed(office, rule, longer, rungs_fired=held.rungs_fired)
    event = history.note(
        session, loaded.row, at=at, actor=actor, move=f"extend.{held.name}", data={"reason": reason}
    )
    session.execute(insert(DeadlineEntry).values(
        deadline=deadline, kind="extended", on=office.day(at), at=at, by=actor, reason=reason, period=granted.by,
        due_on=timing.due_on, event=event))  # fmt: skip
    session.execute(update(Deadline).where(col(Deadline.id) == deadline).values(
        due_on=timing.due_on, due_at=timing.due_at, next_at=timing.next_at, provisional=timing.provisional))  # fmt: skip
    return timing.due_on


def _granted(rule: DeadlineRule, held: Deadline, loaded: Loaded, reason: str) -> ExtensionRule:
    """What the rulebook grants this person for this clock."""
    granted = rule.extension
    if granted is None:
        raise _refused(
            "not_extendable", f"{rule.label.en} cannot be extended.", f"“{rule.label.zh}”不得延长。"
        )
    if held.status != "open":
        raise _refused("not_running", f"{rule.label.en} is not running.", f"“{rule.label.zh}”未在计时。")
    if not loaded.actor.roles.intersection(granted.approver):
        who = ", ".join(granted.approver)
        raise _refused(
            "not_your_role", f"This extension is approved by: {who}.", f"该延期由以下角色批准：{who}。"
        )
    if not reason.strip():
        raise _refused("missing", "An extension needs a reason.", "延期须写明理由。")
    return granted


def _check_needs(
    session: Session, office: Office, granted: ExtensionRule, loaded: Loaded, *, at: datetime
) -> None:
    """Raises Refused with everything that must be so before, and is not."""
    if not granted.needs:
        return
    facts = gathering.facts(session, office, loaded, at=at)
    found = [GUARDS[use.name].holds(facts, use.argument) for use in granted.needs]
    words = wording(office.rulebook(loaded.row.rulebook), loaded.row.machine)
    if reasons := tuple(words.of(reason) for reason in found if reason is not None):
        raise Refused(reasons[0].code, reasons)


def _refused(code: str, en: str, zh: str) -> Refused:
    cure = Label(en="Work to the date that stands.", zh="请按原定期限办理。")
    return Refused(code, (Reason(code, Label(en=en, zh=zh), cure),))
