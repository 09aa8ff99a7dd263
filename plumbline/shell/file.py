"""Integrity files besides their nouns: those of people and projects, one of each, and what they lack. What a leaf says is
shown on the page of an approved reading alone, never here."""

from __future__ import annotations

from typing import Any

from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(said("廉政档案。", "Integrity files: those you see, how each stands, what it lacks."))


def _both(asked: Asked) -> dict[str, list[dict[str, Any]]]:
    from cases import file_lists, project_files

    with asked.work.reading() as session:
        office, actor = asked.work.office, asked.actor
        people = file_lists.lines(session, office, actor=actor, at=asked.at, lang=asked.lang)
        works = project_files.lines(session, office, actor=actor, lang=asked.lang)
    return {"people": people, "projects": works}


def _tables(found: dict[str, list[dict[str, Any]]]) -> list[Table]:
    people = [
        [one["number"], one["state"], one["person"], one["unit"], one["keeper"], one["leaves"], "; ".join(one["lacking"])]
        for one in found["people"]
    ]  # fmt: skip
    works = [
        [one["number"], one["state"], one["title"], one["project"], one["keeper"],
         f"{one['items'] - len(one['lacking'])}/{one['items']}", "; ".join(one["lacking"])]
        for one in found["projects"]
    ]  # fmt: skip
    number, state = said("编号", "number"), said("状态", "state")
    keeper, lacks = said("专管人员", "keeper"), said("缺失", "lacks")
    return [
        Table([number, state, said("姓名", "person"), said("单位", "unit"), keeper, said("份数", "leaves"), lacks], people),
        Table([number, state, said("名称", "title"), said("项目", "project"), keeper, said("已核齐", "settled"), lacks],
              works),
    ]  # fmt: skip


@verb(app, "list", said("列出您可查看的档案。", "The files you see, of people and of projects."))
def list_(asked: Asked) -> Answer:
    found = _both(asked)
    return Answer(found | {"as_seen_by": asked.actor}, list(_tables(found)))


@verb(
    app,
    "gaps",
    said(
        "材料缺失或逾年未更新的档案。",
        "Files that lack a part or an item, or whose parts are older than a year.",
    ),
)
def gaps(asked: Asked) -> Answer:
    found = {
        kind: [one for one in lines if one["live"] and one["lacking"]] for kind, lines in _both(asked).items()
    }
    return Answer(found | {"as_seen_by": asked.actor}, list(_tables(found)))


@verb(
    app,
    "show",
    said(
        "一份档案的情况；个人档案的内容只能经批准查阅。",
        "How one file stands; what a person's file holds is read by approval alone.",
    ),
)
def show(asked: Asked, number: Number) -> Answer:
    from cases import file_lists, listing, person_files, project_files, reads

    with asked.work.unit() as session:
        office, actor = asked.work.office, asked.actor
        machine = listing.shown(session, office, number, actor=actor)["machine"]
        if machine == project_files.MACHINE:
            found = project_files.record(session, office, number, actor=actor, lang=asked.lang)
            return Answer(found, [f"{number} {found['state']}", _items(found["each"])])
        listing.check_machine(session, number, person_files.MACHINE)
        reads.note(session, number, login=actor, what=reads.FILE, door="shell", at=asked.at)
        found = file_lists.record(session, office, number, actor=actor, at=asked.at, lang=asked.lang)
    readings = [[one["number"], one["state"], one["by"], one["until"]] for one in found["readings"]]
    return Answer(found, [
        f"{number} {found['state']} {found['person']}",
        said(f"材料 {found['leaves']} 份", f"leaves: {found['leaves']}"),
        *found["lacking"],
        Table([said("查阅", "reading"), said("状态", "state"), said("申请人", "by"), said("开放至", "open until")],
              readings),
    ])  # fmt: skip


def _items(each: list[dict[str, Any]]) -> Table:
    rows = [
        [one["label"], one["state_label"], one["on"], one["where"], one["by"],
         "; ".join(f"{counted['label']} {counted['total']}" for counted in one["counted"])]
        for one in each
    ]  # fmt: skip
    return Table([said("项目", "item"), said("状态", "stands"), said("日期", "date"), said("材料", "what and where"),
                  said("登记人", "by"), said("系统在册", "on file here")], rows)  # fmt: skip
