"""Why a round is proposed, in words: what is blind, how much it weighs, and why this is what would close it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from states import recurrence_words
from states.coverage import Cell
from states.coverage_proposals import PROGRAMME, Candidate, Proposal
from states.coverage_rules import Coverage
from states.form_values import label
from states.rule import Label


def reason(rules: Coverage, proposal: Proposal, link: Label) -> Label:
    """The reason for a proposal; `link` is what its link is called."""
    grade = rules.grades[rules.links[proposal.what.place.link].grade].label
    blind, signs, act = _blind(proposal.cells), _signs(proposal.cells), _act(rules, proposal.what)
    point = _point(rules, proposal.cells)
    zh = f"环节“{link.zh}”（风险{grade.zh}）{blind.zh}{signs.zh}{point.zh}。{act.zh}"
    en = f'Link "{link.en}" ({grade.en} risk): {blind.en}{signs.en}{point.en}. {act.en}'
    return label(zh, en)


def since(cell: Cell) -> date | None:
    """The first day on which a blind cell is blind; None where nobody ever looked."""
    return cell.covered_until + timedelta(days=1) if cell.covered_until else None


def _blind(cells: Sequence[Cell]) -> Label:
    never = sum(one.last is None for one in cells)
    days = [day for one in cells if (day := since(one)) is not None]
    zh, en = [f"盲区{len(cells)}个"], [f"{len(cells)} blind {'cell' if len(cells) == 1 else 'cells'}"]
    if never:
        zh.append(f"{never}个从未检查")
        en.append(f"{never} never looked at")
    if days:
        zh.append(f"{len(days)}个检查已失效，最早自{min(days)}起")
        en.append(f"{len(days)} looked at too long ago, the first blind since {min(days)}")
    return label("，".join(zh), ", ".join(en))


def _signs(cells: Sequence[Cell]) -> Label:
    """A clue that names no side counts at several cells: the greatest number at one cell is what there is at least."""
    most = max((one.open_signs for one in cells), default=0)
    if not most:
        return label("", "")
    return label(
        f"；该处有未结线索，单个盲区至多{most}件", f"; clues are open there, up to {most} at one cell"
    )


def _point(rules: Coverage, cells: Sequence[Cell]) -> Label:
    """The gravest risk point on file there."""
    grades = rules.points.grades if rules.points is not None else {}
    there = [grades[one] for one in {cell.point for cell in cells} if one is not None and one in grades]
    if not there:
        return label("", "")
    worst = max(there, key=lambda one: one.weight).label
    return label(
        f"；风险点登记中该处为{worst.zh}等级", f"; the risk register has a point of {worst.en} grade there"
    )


def _act(rules: Coverage, what: Candidate) -> Label:
    if what.form == PROGRAMME and what.rule is not None:
        zh, en = (recurrence_words.label(what.rule, lang) for lang in ("zh", "en"))
        return label(f"该环节尚无检查安排，建议自{what.on}起{zh}检查，以保持覆盖。",
                     f"No programme is at this link: one {en}, first on {what.on}, keeps it covered.")  # fmt: skip
    if what.urgent:
        return label("线索未结，不宜等待下一期，建议立即派出一次检查。",
                     "With a clue open it should not wait for the next slot: send one round at once.")  # fmt: skip
    if what.too_late:
        codes = "、".join(what.too_late)
        return label(f"已有检查安排{codes}，但{rules.planned_within}日内无下一期，建议先派出一次检查。",
                     f"The programme {', '.join(what.too_late)} has no slot within {rules.planned_within} days: send one "
                     "round meanwhile.")  # fmt: skip
    return label(f"按规定周期，{rules.planned_within}日内无法安排，建议派出一次检查。",
                 f"As often as usual, nothing would come within {rules.planned_within} days: send one round.")  # fmt: skip
