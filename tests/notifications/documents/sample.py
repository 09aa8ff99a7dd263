"""A paper to print: everything a paper can hold, with what people type who mean harm."""

from __future__ import annotations

from datetime import date
from typing import Any

from notifications.documents.codes import Mark
from notifications.documents.context import NoticeContext, Particular
from notifications.documents.shelf import Shelf

HARM = '#let x = 1 *粗* _斜_ $a$ <b>&amp; {{ 7*7 }} {% if %} \\ "引号" `code` @ref //'
MARK = Mark("MGJ-2026-0001", 7, "ab" * 32, 3, "cd" * 32)


def paper(lang: str = "zh", **changes: Any) -> NoticeContext:
    """A supervision letter in full."""
    zh = lang == "zh"
    given: dict[str, Any] = {
        "lang": lang, "kind": "supervision_letter", "number": "港纪督〔2026〕12号", "copy_no": "000001",
        "issuer": "港口集团纪律检查委员会" if zh else "Discipline Commission of the Port Group",
        "classification": "内部" if zh else "Internal", "urgency": "加急" if zh else "Urgent",
        "title": "关于限期办结问题线索的督办函" if zh else "Supervision letter on a clue",
        "addressee": "李明" if zh else "Li Ming",
        "body": (f"你处承办的线索（{HARM}）应于2026年9月8日前完成。" if zh else f"The clue ({HARM}) is late.",
                 "第二段。" if zh else "The second paragraph."),
        "particulars": (Particular(label="编号" if zh else "Number", value="MGJ-2026-0001"),),
        "closing": ("特此函告。" if zh else "This is for you to act on.",),
        "attachments": ("时限一览表" if zh else "List of limits", "核实方案" if zh else "Plan"),
        "dated_on": date(2026, 9, 11), "dated": "2026年9月11日" if zh else "11 September 2026",
        "contact": "联系人：何敏" if zh else "Contact: He Min", "copies_to": "分管领导。" if zh else "The leader.",
        "printed": "2026年9月11日印发" if zh else "Printed 11 September 2026", "code": str(MARK),
        "code_text": "核验码 MGJ-2026-0001" if zh else "Code MGJ-2026-0001", "words": Shelf().languages[lang].words,
    }  # fmt: skip
    return NoticeContext(**given | changes)
