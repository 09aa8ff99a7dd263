"""The doctor: what Plumbline runs on, one line each, and what to do where something is wrong."""

from __future__ import annotations

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.words import said


def doctor(asked: Asked) -> Answer:
    """Check everything this installation runs on."""
    from plumbline import doctor as examining

    found = examining.examine(asked.settings, at=asked.at)
    lines = [one.as_dict(asked.lang) for one in found]
    ok = not any(one.wrong for one in found)
    words = {"ok": said("好", "ok"), "note": said("注意", "note"), "wrong": said("错误", "WRONG")}
    rows = [[words[line["status"]], line["name"], line["says"], line["do"]] for line in lines]
    headings = ["", said("检查", "check"), said("发现", "found"), said("怎么办", "what to do")]
    return Answer({"ok": ok, "checks": lines}, [Table(headings, rows)], 0 if ok else 1)
