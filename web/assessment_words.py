"""The texts of the pages of assessment, in Chinese and English, beside those of the rooms."""

from __future__ import annotations

from collections.abc import Mapping

from web import room_words

BOTH: Mapping[str, tuple[str, str]] = {
    "assess_help": (
        "指标、权重和扣分由规则设定。每项列明计入的事项编号；期间和统计时刻相同，结果相同。",
        "Figures, weights and points are the rulebook's. Each names its matters; one period and instant, one sheet.",
    ),
    "assess_body": ("单位", "Body"),
    "assess_period": ("考核期（年度、季度或月份）", "Period: a year, quarter or month"),
    "assess_show": ("查看考核表", "Show the sheet"),
    "assess_draft": ("拟制考核表入档", "Draw this sheet up"),
    "assess_none": ("没有您可查看的单位。", "There is no body whose sheets you may see."),
    "assess_held": ("已拟制的考核表", "Sheets that were drawn up"),
    "assess_no_held": ("没有您可查看的考核表。", "There is no sheet that you may see."),
    "assess_as_of": ("统计截至 {}", "counted as of {}"),
    "assess_score": ("得分", "Score"),
    "assess_no_score": ("不适用或不予显示", "does not apply, or is withheld from you"),
    "assess_figure": ("指标和计算口径", "Figure and formula"),
    "assess_value": ("数值", "Value"),
    "assess_weight": ("权重", "Weight"),
    "assess_deducted": ("扣分", "Deducted"),
    "assess_rows": ("依据（括号内未计入分子）", "Rows (in brackets: not in the numerator)"),
    "assess_withheld": ("不予显示", "withheld"),
    "assess_not": ("不适用", "does not apply"),
    "assess_hidden": ("另有{}件不可查看", "{} not shown to you"),
    "assess_internal": ("仅供内部", "internal"),
    "assess_sheet": ("考核表", "The sheet"),
    "assess_matter": ("办理", "Go on with it"),
    "assess_digest": ("摘要值", "Digest"),
}

TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {**room_words.TEXTS[lang], **{name: both[place] for name, both in BOTH.items()}}
    for place, lang in enumerate(("zh", "en"))
}


def period_in(period: str, lang: str) -> str:
    """What a period is called: "2026-Q3" and "2026-09" in Chinese words, in English as they are."""
    year, _, rest = period.partition("-")
    if lang != "zh":
        return period
    return f"{year}年" + (f"第{rest[1:]}季度" if rest.startswith("Q") else f"{int(rest)}月" if rest else "")
