"""The texts of the page of the radar, in Chinese and English, beside those of the rooms."""

from __future__ import annotations

from collections.abc import Mapping

from web import room_words

BOTH: Mapping[str, tuple[str, str]] = {
    "radar_help": (
        "截至{}，按您可查看的记录统计。自最近一次实质性办理的次日起，按已过的工作日计算；催办、抄送、中止期限等不算办理。",
        "On {}, from the records that you may see: whole working days since the last act that counts; pressing does not.",
    ),
    "no_radar_here": ("没有您可查看的事项。", "There is nothing that you may see."),
    "by_body": ("各单位", "By body"),
    "kind_of_matter": ("类别", "Kind"),
    "live_count": ("在办", "Live"),
    "still_for": ("停滞天数：件数", "Standing still: how many"),
    "from_days": ("满{}个工作日", "{} working days"),
    "longest": ("最长", "Longest"),
    "last_of_all": ("最近一次办理", "Last act of all"),
    "what_stands": ("停滞事项", "What stands still"),
    "nothing_stands": ("没有停滞事项。", "Nothing stands still."),
    "days_still": ("{}个工作日", "{} working days"),
    "step_of": ("第{}级", "step {}"),
    "since_act": ("最近一次办理：{}，{}，", "last act: {}, {}, "),
    "opened_so": ("立件", "opened"),
    "handled_by": ("承办人：{}", "handled by {}"),
    "no_handler": ("无承办人", "nobody handles it"),
    "next_step_on": ("下一级：{}", "next step on {}"),
    "by_estimate": ("（含未公布放假安排的年份，为估算）", "(an estimate: holidays of a year are not decreed yet)"),
    "more_than": ("仅列前{}件，可按单位、类别筛选。", "The first {} alone; choose a body or a kind for the others."),
    "all_of_it": ("全部", "All of it"),
}  # fmt: skip

TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {**room_words.TEXTS[lang], **{name: both[place] for name, both in BOTH.items()}}
    for place, lang in enumerate(("zh", "en"))
}
