"""Guards on what is being filled in: two people, new evidence, a clean brief, and what may not come in."""

from __future__ import annotations

from datetime import date
from typing import Any

from states import guard_arguments
from states.facts import Facts, Reason
from states.guard import any_of, because, guard
from states.guard_arguments import listed
from states.guards_on_file import latest
from states.name_search import named_in
from states.names import parts_of


@guard(guard_arguments.fields, of="form")
def two_people(facts: Facts, argument: Any) -> Reason | None:
    """At least two different people are named: two or more act in any formal measure (Supervision Law Art. 44)."""
    for name in listed(argument) if facts.form is not None else ():
        named = facts.form.get(name) if facts.form else None
        if named is not None and len(set(listed(named))) < 2:
            return because(
                "two_people",
                f"正式措施须有两人以上进行（监察法第四十四条）；{{field:{name}}}只有一人。",
                f"Two or more people act in any formal measure (Supervision Law Art. 44); {{field:{name}}} names one.",
                cure_zh="请再指定一名承办人员。",
                cure_en="Name at least one more officer.",
            )
    return None


@guard(guard_arguments.evidence, of="form")
def new_evidence(facts: Facts, argument: Any) -> Reason | None:
    """What re-opens a closed matter is new: it came on or after the day of the closing.

    `{came_on: evidence_on, after: [conclude ...]}`. Without it a report is a repeat of a closed matter.
    """
    closed_on = latest(facts, listed(argument["after"]))
    said = facts.form.get(argument["came_on"]) if facts.form is not None else None
    if said is None or closed_on is None or date.fromisoformat(str(said)[:10]) >= closed_on:
        return None
    return because(
        "no_new_evidence",
        f"所附证据（{said}）早于了结之日（{closed_on}），不是新证据。",
        f"The evidence ({said}) is older than the closing ({closed_on}): it is not new.",
        cure_zh="有新证据方可重新启动；没有的，作为重复反映并入原线索。",
        cure_en="Only new evidence re-opens a closed clue; without it, link the report to this clue as a repeat.",
    )


@guard(guard_arguments.redaction, of="form")
def redacted(facts: Facts, argument: Any) -> Reason | None:
    """A text for outsiders does not name whom the file is about: `{text: [brief], hides: [subject]}`."""
    known = [str(facts.values[name]) for name in listed(argument["hides"]) if facts.values.get(name)]
    hidden = [name for name in known if len(name) > 1] + [part for name in known for part in parts_of(name)]
    for field in listed(argument["text"]) if facts.form is not None else ():
        text = str(facts.form.get(field, "")) if facts.form else ""
        if named_in(text, hidden):
            return because(
                "not_redacted",
                f"{{field:{field}}}中出现了被反映人信息；会商成员单位只能看到问题，不能看到人。",
                f"{{field:{field}}} names the person concerned; members of a round see the problem, not the person.",
                cure_zh="请删去姓名，只写项目、环节、问题和控制漏洞。",
                cure_en="Take the name out; write of the project, the link, the problem and the gap in control.",
            )
    return None


@guard(guard_arguments.fields, of="form")
def not_classified(facts: Facts, argument: Any) -> Reason | None:
    """Neither the file nor the form is a state secret, which may not be kept here (Secrecy Law 2024 Art. 31)."""
    for name in listed(argument):
        if "state_secret" in (facts.values.get(name), (facts.form or {}).get(name)):
            return because(
                "state_secret",
                "国家秘密不得进入非涉密系统（保守国家秘密法第三十一条）；本系统不能登记此件。",
                "A state secret may not be stored on a non-classified system (Secrecy Law Art. 31), so not here.",
                cure_zh="请立即停止录入，按涉密载体管理规定以纸质或涉密网络报保密工作机构和案管部门登记；内容不要写入本系统。",
                cure_en="Stop here. Hand it on paper or by the classified network to the secrecy office and the case "
                "supervision office, who register it there; enter none of its content in this system.",
            )
    return None


@guard(guard_arguments.fields_to_values, of="form")
def sealed_unread(facts: Facts, argument: Any) -> Reason | None:
    """A report that belongs above is put down as an envelope only (Reports Rules 2020 Art. 15).

    `{where: {managed_by: [higher]}, blank: [subject], says: {problem: [sealed]}}`: where that holds, the fields in
    `blank` stay empty and those in `says` hold one of the words given and nothing else. Elsewhere the words are free.
    """
    form = facts.form or {}
    if not all(form.get(name) in listed(values) for name, values in argument["where"].items()):
        return None
    written = [name for name in listed(argument["blank"]) if form.get(name)]
    written += [name for name, words in argument["says"].items() if form.get(name) not in listed(words)]
    if not written:
        return None
    says = "; ".join(f"{name}={any_of(words, '/')}" for name, words in argument["says"].items())
    return because(
        "sealed_content",
        f"应由上级受理的检举控告须五个工作日内径送，内容不得摘抄、录入；以下字段写了内容：{'、'.join(written)}。",
        "A report that belongs above is passed up within 5 working days and its content is not entered "
        f"(Reports Rules Art. 15); these hold content: {', '.join(written)}.",
        cure_zh=f"只登记信封：{says}；其余字段留空，然后办理“seal_up”。",
        cure_en=f"Put down the envelope only: {says}; leave the others empty, then make the move seal_up.",
    )


_ABOVE = ("higher", "own_head")  # whom the managing body puts beyond this commission


@guard(guard_arguments.fields)
def belongs_here(facts: Facts, argument: Any) -> Reason | None:
    """What the named field holds, on file or in the form, does not put the matter above this commission."""
    for name in listed(argument):
        if facts.values.get(name) in _ABOVE or (facts.form or {}).get(name) in _ABOVE:
            return because(
                "belongs_above",
                "此件应由上级机关受理，本级不得登记、摘抄（检举控告规则第十五条）。",
                "This belongs to a higher commission and may not be registered here (Reports Rules Art. 15).",
                cure_zh="请案管部门办理{move:seal_up}径送上级；管辖填写有误的，先办理{move:reclassify}更正。",
                cure_en="The case supervision office makes {move:seal_up}; if the managing body is wrong, it makes "
                "{move:reclassify} first.",
            )
    return None


@guard(guard_arguments.fields)
def belongs_above(facts: Facts, argument: Any) -> Reason | None:
    """What the named field holds on file puts the matter above this commission."""
    if all(facts.values.get(name) in _ABOVE for name in listed(argument)):
        return None
    return because(
        "belongs_here",
        "只有应由上级机关受理的检举控告才密封径送。",
        "Only what belongs to a higher commission is sealed and sent up unread.",
        cure_zh="属本级管辖的请登记受理；管辖填写有误的，先办理{move:reclassify}更正。",
        cure_en="Register what is ours; if the managing body is wrong, {move:reclassify} first.",
    )
