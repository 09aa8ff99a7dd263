"""The texts of the page of zero reports, in Chinese and English, beside those of the rooms."""

from __future__ import annotations

from collections.abc import Mapping

from web import room_words

BOTH: Mapping[str, tuple[str, str]] = {
    "zero_help": (
        "截至{}。每个报告期满后，参建单位须确认无应报告事项或报告事项；逾期未报的逐级督办。",
        "On {}. Once a period is over, each body confirms that there is nothing to report, or says what; silence climbs.",
    ),
    "zero_matrix": ("各单位各期", "Bodies and periods"),
    "zero_body": ("单位", "Body"),
    "zero_since": ("{}起参建", "takes part since {}"),
    "zero_none": ("没有您可查看的零报告。", "There is no zero report that you may see."),
    "zero_gaps": ("缺项和待核查", "What is missing or to be looked at"),
    "zero_no_gaps": ("没有缺项。", "Nothing is missing."),
    "zero_nothing": ("零报告", "nothing to report"),
    "zero_something": ("有事项", "something reported"),
    "zero_late": ("逾期未报", "late"),
    "zero_awaiting": ("待报告", "to be reported"),
    "zero_missed": ("认定未报", "not reported"),
    "zero_false_report": ("认定虚报", "false report"),
    "zero_lapsed": ("未要求（中断）", "not asked for (outage)"),
    "zero_unopened": ("尚未开启", "not opened yet"),
    "zero_running": ("未到期", "not yet due"),
    "zero_not_owed": ("无须报告", "not owed"),
    "zero_unseen": ("不可查看", "not for you to see"),
    "zero_opened_late": ("补开", "opened late"),
    "zero_signed": ("{}，{}", "{}, {}"),
    "zero_gap_late": ("逾期未报", "Late"),
    "zero_gap_unopened": ("尚未开启", "Not opened yet"),
    "zero_gap_missed": ("认定未报", "Not reported"),
    "zero_gap_false_report": ("认定虚报", "False reports"),
    "zero_gap_lapsed": ("因中断未要求", "Not asked for because of an outage"),
    "zero_gap_nobody": ("无人可签报", "Nobody to report"),
    "zero_gap_no_keeper": ("受理单位不明", "Reports to nobody"),
    "zero_gap_doubtful": ("疑似虚报", "Cast in doubt by a later clue"),
    "zero_check_open": ("登记零报告核查", "Open a check"),
}

TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {**room_words.TEXTS[lang], **{name: both[place] for name, both in BOTH.items()}}
    for place, lang in enumerate(("zh", "en"))
}
