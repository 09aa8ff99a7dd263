"""What a visitor looks at after the demo: the timeline with its pictures, the ledger, the notices, the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from sqlmodel import Session, col, select

from cases import ledger_export
from cases.deadlines import Deadline, Firing
from cases.history import Event
from cases.matters import Matter
from notifications.notices import Notice
from plumbline.demo.pictures import Bar, chart, local_day
from plumbline.demo.play import Played
from states import diagram

SHOWN = (
    ("wages", "Seen on site, consulted on, put right", "现场发现、三方会商、督促整改"),
    ("tender", "Sent up, signed for, taken over", "上报、签收、提级办理"),
    ("paper", "Not signed for, until the commission above the addressee was told", "无人签收，报至再上一级"),
    ("concrete", "Left alone, until the ladder climbs", "无人办理，逐级催办督办"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the story's clues, as the page shows it."""

    number: str
    en: str
    zh: str
    picture: Markup
    events: Sequence[dict[str, str]]


def write(played: Played, *, rehearsed: dict[str, Any] | None = None) -> Path:
    """Write the page, the ledger and the account into the demo's folder; the page's path."""
    work, folder = played.work, played.work.settings.home
    template = Environment(loader=PackageLoader("plumbline.demo", "."), autoescape=select_autoescape(("html", "j2")),
                           trim_blocks=True, lstrip_blocks=True).get_template("timeline.html.j2")  # fmt: skip
    with work.reading() as session:
        ends_at = played.told[-1].at
        ledger_export.export_ledger(
            session, work.office, folder / "ledger.xlsx", actor="head", at=ends_at, lang="zh"
        )
        text = template.render(
            story=played.story, told=played.told, counts=played.counts, runs=played.runs, rehearsed=rehearsed,
            clues=[_shown(session, played, *one) for one in SHOWN if one[0] in played.called],
            chart=Markup(chart(_bars(session, played), first=played.story.begins, last=played.story.ends)),  # noqa: S704
            notices=_notices(session), book=work.office.rulebook(),
        )  # fmt: skip
    page = folder / "index.html"
    page.write_text(text, encoding="utf-8")
    (folder / "account.txt").write_text("\n".join(account(played, rehearsed)) + "\n", encoding="utf-8")
    return page


def account(played: Played, rehearsed: Mapping[str, Any] | None, *, lang: str = "en") -> list[str]:
    """What happened, in a few lines of `lang`."""
    with played.work.reading() as session:
        clues = len(session.exec(select(Matter.id).where(Matter.machine == "clue")).all())
        sent = len(session.exec(select(Notice.id).where(Notice.status == "sent")).all())
        provisional = len(session.exec(select(Deadline.id).where(col(Deadline.provisional))).all())
    told = {
        "runs": sum(played.runs.values()), "begins": played.story.begins, "ends": played.story.ends, "clues": clues,
        "sent": sent, "provisional": provisional,
    } | {name: played.counts[name] for name in ("fired", "opened", "dead", "events", "faults")}  # fmt: skip
    lines = [text.format(**told) for text in _ACCOUNT["zh" if lang == "zh" else "en"]]
    if rehearsed is not None:
        sums = {
            "cases": rehearsed["cases"], "whole": rehearsed["whole"], "moves": rehearsed["moves"],
            "refused": sum(one["count"] for one in rehearsed["refused"]),
            "missed": sum(one["count"] for one in rehearsed["missed"]), "escalations": rehearsed["escalations"],
        }  # fmt: skip
        lines.append(_REHEARSED["zh" if lang == "zh" else "en"].format(**sums))
    return lines


_ACCOUNT = {
    "en": (
        "{runs} duties ran between {begins} and {ends}; {clues} clues are on file.",
        (
            "{fired} rungs of ladders fired, {opened} inspection rounds were opened, {sent} notices were delivered, "
            "{dead} were given up."
        ),
        (
            "{events} times an event was verified in its chain, with {faults} faults; {provisional} due dates touch a year "
            "that is not decreed yet."
        ),
    ),
    "zh": (
        "{begins} 至 {ends} 共运行定时任务 {runs} 次；在册线索 {clues} 件。",
        "触发催办督办 {fired} 次，开展检查 {opened} 轮，送达通知 {sent} 件，无法送达 {dead} 件。",
        "核验历史记录 {events} 条次，发现错误 {faults} 处；{provisional} 个到期日涉及尚未公布放假安排的年份。",
    ),
}
_REHEARSED = {
    "en": "Rehearsed on an excerpt of a real log: {cases} cases, {whole} of them whole, {refused} of {moves} moves "
    "refused, {missed} deadlines missed, {escalations} escalations.",
    "zh": "复盘真实日志节选：案件 {cases} 件，完整合规 {whole} 件；步骤 {moves} 个，被拒 {refused} 个；逾期 {missed} 次，"
    "升级 {escalations} 次。",
}


def _shown(session: Session, played: Played, call: str, en: str, zh: str) -> Shown:
    number = played.called[call]
    matter = session.exec(select(Matter).where(Matter.number == number)).one()
    events = session.exec(select(Event).where(Event.matter == matter.id).order_by(col(Event.seq))).all()
    machine = played.work.office.rulebook(matter.rulebook).machines[matter.machine]
    path = [event.to_state for event in events if event.from_state != event.to_state]
    picture = diagram.svg(machine, lang="en", current=matter.state, path=path[:-1])
    return Shown(number, en, zh, Markup(picture), [_line(played, machine, event) for event in events])  # noqa: S704


def _line(played: Played, machine: Any, event: Event) -> dict[str, str]:
    zone = played.work.office.zone
    rule = machine.moves.get(event.move)
    label = rule.label if rule is not None else None
    state = machine.states[event.to_state].label
    return {
        "at": f"{event.at.astimezone(zone):%Y-%m-%d %H:%M}", "actor": event.actor,
        "en": label.en if label else event.move, "zh": label.zh if label else event.move,
        "state_en": state.en, "state_zh": state.zh, "hash": event.hash[:10],
    }  # fmt: skip


def _bars(session: Session, played: Played) -> list[Bar]:
    """The clocks of the story's matters, in the order they began."""
    numbers = sorted(set(played.called.values()))
    query = (
        select(Deadline, Matter).join(Matter).where(col(Matter.number).in_(numbers))
        .order_by(col(Matter.number), col(Deadline.id))
    )  # fmt: skip
    zone = played.work.office.zone
    bars = []
    for deadline, matter in session.exec(query).all():
        rule = played.work.office.rulebook(matter.rulebook).machines[matter.machine].deadlines[deadline.name]
        fired = session.exec(select(Firing).where(Firing.deadline == deadline.id)).all()
        rungs = tuple((one.at.astimezone(zone).date(), one.rung) for one in fired)
        bars.append(Bar(matter.number, rule.label.en, deadline.status, deadline.started_on, deadline.due_on,
                        local_day(deadline.closed_at, zone), rungs))  # fmt: skip
    return bars


def _notices(session: Session) -> list[tuple[str, str, int]]:
    """How many notices of each kind went to whom."""
    counts: dict[tuple[str, str], int] = {}
    for document, recipient in session.exec(select(Notice.document, Notice.recipient)).all():
        counts[document, recipient] = counts.get((document, recipient), 0) + 1
    return [(document, recipient, count) for (document, recipient), count in sorted(counts.items())]
