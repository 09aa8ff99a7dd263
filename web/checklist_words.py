"""The texts of the checklist of a round, in Chinese and English, beside those of the rooms."""

from __future__ import annotations

from collections.abc import Mapping

from web import room_words

BOTH: Mapping[str, tuple[str, str]] = {
    "checklist_of": ("{} 检查清单", "Checklist of {}"),
    "round_page": ("检查页", "Its inspection page"),
    "progress": ("进度", "How far it is"),
    "progress_count": ("已答复 {} / {} 项", "{} of {} answered"),
    "open_items": ("待答复（{} 项）：", "Still open ({}): "),
    "none_open": ("必查项均已答复。", "Nothing that has to be answered is open."),
    "to_report": ("去办理下一步", "Go on with the round"),
    "found_items": ("未整改到位 {} 项", "{} found and not cured"),
    "saved": ("{} 已保存：{}（{}）。", "{} is saved: {} ({})."),
    "mandatory": ("必查", "has to be answered"),
    "asked_again": ("复查", "looked at again"),
    "left_out_tag": ("已说明未检", "left out with a reason"),
    "not_answered": ("未答复", "open"),
    "rests_on": ("依据：", "Rests on: "),
    "own_setting": ("本单位设定", "the office's own setting"),
    "answer_one": ("答复", "Answer"),
    "answer_again": ("更改答复", "Change the answer"),
    "answer_label": ("检查结果", "Answer"),
    "remark": ("情况说明", "Remark"),
    "remark_help": ("除“正常”外须填写：发现了什么，或为何不适用、未检查。",
                    "Needed unless it is in order: what was found, or why it does not apply or was not looked at."),
    "measured": ("计量值", "Figure measured"),
    "unit": ("单位", "Unit"),
    "between": ("{} 至 {} {}", "from {} to {} {}"),
    "photographs": ("照片", "Photographs"),
    "photograph_kept": ("照片 {}：{}", "Photograph {}: {}"),
    "photographs_kept": ("随本项答复的照片", "Photographs with this answer"),
    "take_photographs": ("拍照", "Take photographs"),
    "choose_photographs": ("或选择已有照片", "Or choose pictures"),
    "photographs_limit": ("每次最多 {} 张，每张不超过 {} MB；保存后可继续添加。",
                          "At most {} at a time, none larger than {} MB; save, and add more."),
    "too_many_photographs": ("每次最多 {} 张照片；其余请保存后再添加。",
                             "At most {} photographs at a time; save, then add the others."),
    "photographs_stay": ("已收到的照片保留在下方，无需重拍。",
                         "The photographs that arrived are kept below; there is no need to take them again."),
    "save_answer": ("保存", "Save"),
    "not_sent": ("未能保存：网络不通。填写的内容还在，请稍后再按“保存”。",
                 "Not saved: there is no connection. What you wrote is still here; press Save again."),
    "already_sent": ("这份表单已提交过，内容不同。请核对后再次保存。",
                     "This form was sent before with other content. Check it, and save again."),
    "answered_by": ("{}，{}", "{}, {}"),
    "earlier_answers": ("此前答复（{}）", "Earlier answers ({})"),
    "make_of_it": ("据此办理", "Make something of it"),
    "led_to": ("已转：", "It became "),
    "not_now": ("现在不能答复：", "Nothing can be answered now: "),
    "not_in_this_state": ("检查处于“{}”，尚未开始或已结束。", "the round is “{}”: it has not begun, or it is over."),
}  # fmt: skip

TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {**room_words.TEXTS[lang], **{name: both[place] for name, both in BOTH.items()}}
    for place, lang in enumerate(("zh", "en"))
}
