"""Making the inspection programme: plans, programmes, milestones; by those who send the inspectors out, each for the body
they belong to. Nothing is put on file while anything about it is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from cases import checklists, due_rounds, inspections, journal
from cases.inspections import KINDS, MACHINE, POLICIES, RUN_ONCE, Milestone, Plan, Programme
from cases.office import Office
from cases.organisations import Organisation, Project
from cases.people import Person, postings_of
from states.facts import Reason, Refused
from states.recurrence import ONE_DAY, NotARule
from states.recurrence_words import parse
from states.refusals import not_your_role
from states.rulebook import Label
from states.sampling import CannotDraw, Item

SENDS = "open_round"  # who makes this move of the rulebook sends inspectors out, and plans whom to send
LONGEST_TITLE = 200
MOST_SITES, MOST_INSPECTORS = 5000, 200
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
_PERIOD = re.compile(r"(20[0-9]{2}|19[89][0-9])(?:-?Q([1-4]))?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A programme as somebody asks for it. Without `starts_on` it begins with its plan, or today if that is later."""

    code: str
    kind: str
    title: str
    rule: str
    organisation: str
    project: str | None = None
    plan: str | None = None
    link: str | None = None
    inspectors: Sequence[str] = ()
    sites: Sequence[Mapping[str, Any]] = ()
    take: int = 0
    team: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    on_outage: str = RUN_ONCE
    checklist: str | None = None
    why: str = ""
    faults: Sequence[Reason] = field(default=())  # found in the reading of it


def span(period: str) -> tuple[date, date]:
    """First and last day of "2026" or "2026Q3". Raises Refused."""
    found = _PERIOD.fullmatch(period.strip().upper())
    if found is None:
        raise _refused("not_a_period", f"{period[:20]!r} is neither a year nor a quarter.",
                       f"“{period[:20]}”不是年度或季度。", "Write 2026 or 2026Q3.", "请写成 2026 或 2026Q3。")  # fmt: skip
    year, quarter = int(found[1]), int(found[2] or 0)
    if not quarter:
        return date(year, 1, 1), date(year, 12, 31)
    last = quarter * 3
    return date(year, last - 2, 1), date(year, last, 31 if last in (3, 12) else 30)


@dataclass(frozen=True, slots=True)
class Planner:
    """For which bodies, and which projects of them, somebody plans inspections; a posting without a project is for all."""

    held: frozenset[tuple[str, str | None]]

    def __bool__(self) -> bool:
        return bool(self.held)

    def plans(self, organisation: str, project: str | None) -> bool:
        """Whether they plan for this body: for this project of it, or, without one, for the whole of it."""
        return (organisation, None) in self.held or (
            project is not None and (organisation, project) in self.held
        )


def may_plan(session: Session, office: Office, actor: str) -> Planner:
    """For what `actor` plans inspections."""
    roles = office.rulebook().machines[MACHINE].moves[SENDS].roles
    held = ((one.organisation, one.project) for one in postings_of(session, actor) if one.role in roles)
    return Planner(frozenset(held))


def add_plan(
    session: Session, office: Office, *, actor: str, code: str, title: str, period: str, organisation: str,
    project: str | None, at: datetime,
) -> Plan:  # fmt: skip
    """Put a yearly or quarterly plan on file. Raises Refused."""
    check_role(session, office, actor, organisation, project)
    span(period)
    reasons = [*_code_faults(code), *_title_faults(title), *_body_faults(session, organisation, project)]
    if session.get(Plan, code) is not None:
        reasons.append(_taken(code))
    _refuse_for(reasons)
    plan = Plan(code=code, title=title.strip(), period=period.strip().upper().replace("-", ""), made_at=at,
                organisation=organisation, project=project, made_by=actor)  # fmt: skip
    session.add(plan)
    session.flush()
    return plan


def add_programme(session: Session, office: Office, wanted: Wanted, *, actor: str, at: datetime) -> Programme:
    """Put a programme on file; it owes rounds from its first day on, and none before today. Raises Refused."""
    check_role(session, office, actor, wanted.organisation, wanted.project)
    reasons = [*wanted.faults, *_faults(session, office, wanted)]
    first, last, late = _days(session, wanted, office.day(at))
    _refuse_for([*reasons, *late])
    programme = Programme(
        code=wanted.code, kind=wanted.kind, title=wanted.title.strip(), rule=wanted.rule.strip(), take=wanted.take,
        organisation=wanted.organisation, project=wanted.project, plan=wanted.plan, link=wanted.link,
        inspectors=list(wanted.inspectors), sites=[dict(one) for one in wanted.sites], team=wanted.team,
        starts_on=first, ends_on=last, on_outage=wanted.on_outage, checklist=wanted.checklist,
        made_by=actor, made_at=at, why=wanted.why,
    )  # fmt: skip
    inspections.plan(session, programme)
    return programme


def change(
    session: Session, office: Office, code: str, changes: Mapping[str, Any], *, from_on: date | None, actor: str,
    at: datetime,
) -> Programme:  # fmt: skip
    """Let a programme be another one from a day on (None: as soon as may be). What it opened stays; the slots before that
    day are of the old rule, those from it on of the new one, each with one outcome. Who changed what is on record once.

    `changes` are by the names of `inspections.CHANGES`. Raises Refused.
    """
    found = session.get(Programme, code, with_for_update=True, populate_existing=True)
    if found is None or not may_plan(session, office, actor).plans(found.organisation, found.project):
        raise Refused("unknown_reference", (_unknown("programme", "检查安排", code),))
    today = office.day(at)
    done = found.done_until or today - ONE_DAY
    first = max(today, done + ONE_DAY) if from_on is None else from_on
    before = inspections.changed(found)
    after = before | dict(changes)
    wanted = Wanted(code=found.code, organisation=found.organisation, project=found.project, plan=found.plan,
                    starts_on=first, **after)  # fmt: skip
    _refuse_for([
        *_change_faults(found, first, today, done, anew=after != before),
        *_faults(session, office, wanted, is_new=False), *_days(session, wanted, today)[2],
    ])  # fmt: skip
    found.change = {name: _plain(value) for name, value in after.items() if value != getattr(found, name)}
    found.change_on, found.next_on = first, None
    session.add(found)
    session.flush()
    told = {
        name: [_plain(before[name]), _plain(after[name])] for name in after if before[name] != after[name]
    }
    journal.note(
        session, "programme_changed", actor=actor, at=at, code=code, from_on=first.isoformat(), changed=told
    )
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _change_faults(found: Programme, first: date, today: date, done: date, *, anew: bool) -> list[Reason]:
    """Why a programme cannot be changed from this day on."""
    if not found.active:
        return [_reason("ended", f"{found.code} has ended.", f"{found.code} 已终止。", "Put another programme on file.",
                        "请另行登记检查安排。")]  # fmt: skip
    if not anew:
        return [_reason("nothing_changes", "Nothing would be different.", "没有任何变化。", "Say what is to change.",
                        "请填写要变更的内容。")]  # fmt: skip
    if found.change_on is not None and found.change_on != first:
        return [_reason("change_waits", f"It changes from {found.change_on} on already.",
                        f"已定于 {found.change_on} 起变更。", f"Change it from {found.change_on} on, or after that day.",
                        f"请自 {found.change_on} 起变更，或待其生效后再变更。", "from_on")]  # fmt: skip
    if today <= first <= done:
        next_ = done + ONE_DAY
        return [_reason("too_early", f"The slot of {done} has its outcome already, and that stays.",
                        f"{done} 一期已有结果，予以保留。", f"Change it from {next_} on.", f"请自 {next_} 起变更。",
                        "from_on")]  # fmt: skip
    return []


def end(session: Session, office: Office, code: str, *, actor: str) -> Programme:
    """End a programme: it opens no more rounds, and those it opened stay. Raises Refused."""
    found = session.get(Programme, code)
    if found is None or not may_plan(session, office, actor).plans(found.organisation, found.project):
        raise Refused("unknown_reference", (_unknown("programme", "检查安排", code),))
    found.active = False
    session.add(found)
    session.flush()
    return found


def set_milestone(
    session: Session, office: Office, *, actor: str, project: str, name: str, falls_on: date
) -> Milestone:
    """Say when a milestone of a project falls, or that it was moved. Raises Refused."""
    on_file = session.get(Project, project)
    if on_file is None:
        raise Refused("unknown_reference", (_unknown("project", "项目", project),))
    check_role(session, office, actor, on_file.organisation, project)
    said = " ".join(name.split())
    if not said or len(said) > 64 or not said.isprintable():
        raise _refused("bad_name", "A milestone has a name of 1 to 64 visible characters.",
                       "里程碑名称须为 1 至 64 个可见字符。", "Give its name.", "请填写名称。")  # fmt: skip
    milestone = session.merge(Milestone(project=project, name=said, falls_on=falls_on))
    session.flush()
    due_rounds.work_out_anew(session, project)
    return milestone


def check_role(
    session: Session, office: Office, actor: str, organisation: str, project: str | None = None
) -> None:
    """Raises Refused unless `actor` plans inspections for this body, or for this project of it."""
    mine = may_plan(session, office, actor)
    if mine.plans(organisation, project):
        return
    only = sorted(of for body, of in mine.held if body == organisation and of is not None)
    if only:
        codes = ", ".join(only)
        raise _refused("not_your_project", f"You plan inspections for {codes} alone.",
                       f"您仅可安排项目 {codes} 的检查。", "Name that project, or ask who plans for the whole body.",
                       "请填写该项目，或转请负责全部项目的人员安排。")  # fmt: skip
    roles = office.rulebook().machines[MACHINE].moves[SENDS].roles
    raise Refused("not_your_role", (not_your_role(tuple(roles), office.rulebook().roles),))


def _faults(session: Session, office: Office, wanted: Wanted, *, is_new: bool = True) -> list[Reason]:
    found = [*_code_faults(wanted.code), *_title_faults(wanted.title)]
    found += _body_faults(session, wanted.organisation, wanted.project)
    if is_new and session.get(Programme, wanted.code) is not None:
        found.append(_taken(wanted.code))
    links = _links(office)
    for name, given, choices in (("kind", wanted.kind, KINDS), ("on_outage", wanted.on_outage, POLICIES),
                                 ("link", wanted.link, links)):  # fmt: skip
        if given is not None and given not in choices:
            found.append(_reason("not_a_choice", f"{name}: {given[:40]!r} is none of {', '.join(choices)}.",
                                 f"{name}：“{given[:40]}”不在 {'、'.join(choices)} 之中。", "Take one of those.",
                                 "请从中选择。", name))  # fmt: skip
    if wanted.checklist is not None:
        try:
            checklists.named(session, wanted.checklist)
        except Refused as refusal:
            found += refusal.reasons
    if wanted.kind == "embedded" and wanted.link is None:
        found.append(_reason("missing", "An embedded round is at a link in the works: say which.",
                             "嵌入式监督须注明所在环节。", f"Give the link, such as {links[0] if links else '-'}.",
                             "请填写环节。", "link"))  # fmt: skip
    return [*found, *_rule_faults(session, wanted), *_people_faults(session, wanted), *_site_faults(wanted)]


def _links(office: Office) -> tuple[str, ...]:
    fields = office.rulebook().machines[MACHINE].register_
    return next((tuple(one.choices) for one in fields if one.name == "link"), ())


def _rule_faults(session: Session, wanted: Wanted) -> list[Reason]:
    try:
        parse(wanted.rule)
    except NotARule as fault:
        return [
            Reason(
                "not_a_rule",
                Label(en=str(fault), zh=fault.zh),
                Label(en="Write it anew.", zh="请重新填写。"),
                "rule",
            )
        ]
    plan = session.get(Plan, wanted.plan) if wanted.plan else None
    if wanted.plan and (plan is None or plan.organisation != wanted.organisation):
        return [_unknown("plan", "计划", wanted.plan)]
    if plan is not None and plan.project not in (None, wanted.project):
        return [_reason("unknown_reference", f"The plan {plan.code} is for the project {plan.project} alone.",
                        f"计划 {plan.code} 仅针对项目 {plan.project}。", "Name that project, or another plan.",
                        "请改填该项目或另选计划。", "project")]  # fmt: skip
    return []


def _people_faults(session: Session, wanted: Wanted) -> list[Reason]:
    found = []
    if len(set(wanted.inspectors)) != len(wanted.inspectors) or len(wanted.inspectors) > MOST_INSPECTORS:
        found.append(_reason("repeated", f"Each inspector is named once, {MOST_INSPECTORS} at most.",
                             f"检查人员不得重复，至多 {MOST_INSPECTORS} 人。", "Name each once.", "请逐人填写。",
                             "inspectors"))  # fmt: skip
    query = select(Person.login).where(col(Person.login).in_(wanted.inspectors), col(Person.active))
    known = set(session.exec(query).all())
    found += [_unknown("active account", "在用账号", one) for one in wanted.inspectors if one not in known]
    if not 0 <= wanted.team <= len(wanted.inspectors):
        found.append(_number("team", len(wanted.inspectors), "inspectors", "检查人员"))
    return found


def _site_faults(wanted: Wanted) -> list[Reason]:
    found, names = [], set()
    for one in wanted.sites[: MOST_SITES + 1]:
        try:
            name = Item.of(str(one.get("name", "")), one.get("weight", 1)).name
        except CannotDraw as fault:
            found.append(Reason(fault.code, Label(en=str(fault), zh=fault.zh),
                                Label(en="Set it right.", zh="请改正。"), "sites"))  # fmt: skip
            continue
        if name in names:
            found.append(_reason("repeated", f"The site {name} is named twice.", f"地点“{name}”重复。",
                                 "Name each once.", "请逐一填写。", "sites"))  # fmt: skip
        names.add(name)
    if not 0 <= wanted.take <= min(len(wanted.sites), MOST_SITES):
        found.append(_number("take", min(len(wanted.sites), MOST_SITES), "sites", "地点"))
    return found


def _days(session: Session, wanted: Wanted, today: date) -> tuple[date, date | None, list[Reason]]:
    """First and last day; nothing begins in the past: its slots would be missed before anybody could keep them."""
    plan = session.get(Plan, wanted.plan) if wanted.plan else None
    first, last = span(plan.period) if plan is not None else (today, None)
    starts_on = wanted.starts_on or max(first, today)
    ends_on = wanted.ends_on or last
    late = []
    if starts_on < today:
        late.append(_reason("too_early", f"{starts_on} is past: a programme begins today at the earliest.",
                            f"{starts_on} 已过，检查安排最早自今日起。", f"Begin on {today} or later.",
                            f"请自 {today} 或之后开始。", "starts_on"))  # fmt: skip
    if (
        plan is not None
        and last is not None
        and not (first <= starts_on <= last and (ends_on or last) <= last)
    ):
        late.append(_reason("out_of_range", f"It lies outside the plan {plan.code}, {first} to {last}.",
                            f"超出计划 {plan.code} 的期间（{first} 至 {last}）。", "Keep within it.",
                            "请在计划期间内安排。", "starts_on"))  # fmt: skip
    if ends_on is not None and ends_on < starts_on:
        late.append(_reason("out_of_range", f"It ends on {ends_on}, before it begins on {starts_on}.",
                            f"结束日 {ends_on} 早于开始日 {starts_on}。", "Give a later last day.",
                            "请改填结束日。", "ends_on"))  # fmt: skip
    return starts_on, ends_on, late


def _body_faults(session: Session, organisation: str, project: str | None) -> list[Reason]:
    found = (
        [] if session.get(Organisation, organisation) else [_unknown("organisation", "单位", organisation)]
    )
    if project is not None and session.get(Project, project) is None:
        found.append(_unknown("project", "项目", project))
    return found


def _code_faults(code: str) -> list[Reason]:
    if _CODE.fullmatch(code):
        return []
    return [_reason("bad_code", f"{code[:40]!r} cannot be a code.", f"“{code[:40]}”不能用作代码。",
                    "Use 1 to 32 of A-Z, 0-9 and dash.", "请用 1 至 32 个大写字母、数字或横线。", "code")]  # fmt: skip


def _title_faults(title: str) -> list[Reason]:
    if 0 < len(title.strip()) <= LONGEST_TITLE and title.isprintable():
        return []
    return [_reason("too_long", f"A title has 1 to {LONGEST_TITLE} visible characters.",
                    f"名称须为 1 至 {LONGEST_TITLE} 个可见字符。", "Give a title.", "请填写名称。", "title")]  # fmt: skip


def _number(name: str, most: int, en: str, zh: str) -> Reason:
    return _reason("out_of_range", f"{name} is a number from 0 (all) to {most}, the number of {en}.",
                   f"{name} 应为 0（全部）至 {most}（{zh}数量）。", "Give such a number.", "请改填。", name)  # fmt: skip


def _unknown(en: str, zh: str, given: str) -> Reason:
    return _reason("unknown_reference", f"There is no {en} {given[:40]!r} here.", f"没有{zh}“{given[:40]}”。",
                   "Take one that is on file.", "请填写已登记的。")  # fmt: skip


def _taken(code: str) -> Reason:
    return _reason("taken", f"{code[:40]} is on file already.", f"{code[:40]} 已登记。", "Take another code.",
                   "请另选代码。", "code")  # fmt: skip


def _refuse_for(reasons: Sequence[Reason]) -> None:
    if reasons:
        raise Refused(reasons[0].code, tuple(reasons))


def _reason(code: str, en: str, zh: str, cure_en: str, cure_zh: str, name: str | None = None) -> Reason:
    return Reason(code, Label(en=en, zh=zh), Label(en=cure_en, zh=cure_zh), name)


def _refused(code: str, en: str, zh: str, cure_en: str, cure_zh: str) -> Refused:
    return Refused(code, (_reason(code, en, zh, cure_en, cure_zh),))
