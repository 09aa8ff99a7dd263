"""The texts of the pages of coverage, in Chinese and English, beside those of the rooms."""

from __future__ import annotations

from collections.abc import Mapping

from web import room_words

BOTH: Mapping[str, tuple[str, str]] = {
    "coverage_of": ("监督覆盖：{}", "Coverage: {}"),
    "no_coverage_here": ("没有您可查看其检查的项目。", "There is no project whose inspections you may see."),
    "as_you_see": ("截至{}，按您可查看的记录统计。", "On {}, counted from the records that you may see."),
    "covered": ("已覆盖", "covered"),
    "planned": ("已安排", "planned"),
    "blind": ("盲区", "blind"),
    "side": ("对象", "Whose work"),
    "phase": ("阶段", "Phase"),
    "link_in_works": ("环节", "Link"),
    "all_of_them": ("全部", "All"),
    "show_these": ("筛选", "Show"),
    "every_project": ("全部项目", "Every project"),
    "the_map": ("覆盖图", "The map"),
    "map_table": ("各环节、阶段、对象", "By link, phase and side"),
    "key": ("图例", "Key"),
    "key_covered": ("最近一次检查仍有效", "the last look holds"),
    "key_planned": ("已有安排", "a look is to come"),
    "key_blind": ("无人检查，也无安排；底色越深风险越高", "neither; the deeper the colour, the greater the risk"),
    "none_of_these": ("该环节在此阶段无此对象", "no such cell"),
    "cover_until": ("有效至{}", "holds until {}"),
    "cover_on": ("{}检查", "a look on {}"),
    "blind_since": ("自{}起", "since {}"),
    "blind_never": ("从未检查", "never looked at"),
    "looked_by": ("上次：{}，{}", "last: {}, {}"),
    "risk": ("风险{}", "risk {}"),
    "nothing_so": ("没有符合条件的单元。", "No cell is of this kind."),
    "proposals": ("建议的检查", "Rounds that are proposed"),
    "no_proposals": ("没有需要建议的检查：没有盲区。", "Nothing is proposed: nothing is blind."),
    "proposals_help": ("消除盲区多的在前。采纳后按检查安排或检查登记，并记录理由和采纳人。",
                       "Those that close most come first. Accepted, it goes on file with the reason and who accepted."),
    "without_proposal": ("另有{}个盲区无法安排检查。", "No round can be sent to {} further blind cells."),
    "closes_cells": ("消除盲区{}个", "closes {} blind cells"),
    "form_programme": ("定期安排", "a programme"),
    "form_round": ("一次检查", "one round"),
    "closed_cells": ("消除的盲区", "The cells it closes"),
    "why_more": ("补充理由", "What you add to the reason"),
    "accept": ("采纳", "Accept"),
    "accepted": ("已登记{}。", "{} is on file."),
    "only_planners": ("由以下角色采纳：{}。", "To be accepted by: {}."),
}  # fmt: skip

TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {**room_words.TEXTS[lang], **{name: both[place] for name, both in BOTH.items()}}
    for place, lang in enumerate(("zh", "en"))
}
