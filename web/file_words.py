"""The texts of the pages of integrity files, in Chinese and English, beside those of the rooms."""

from __future__ import annotations

from collections.abc import Mapping

from web import room_words

BOTH: Mapping[str, tuple[str, str]] = {
    "integrity_files": ("廉政档案", "Integrity files"),
    "files_rule": (
        "档案内容不随角色开放：查阅须经分管领导批准，限时开放，逐次留痕；不得复制、摘抄、外借。",
        "No role opens a file: a reading is approved, open for a time, and each look is on record. No copying or lending.",
    ),
    "all_readings": ("查阅申请", "Requests to read"),
    "files_of_people": ("个人廉政档案", "Files of people"),
    "files_of_works": ("工程项目廉政档案", "Files of projects"),
    "no_files": ("没有您可查看的档案。", "There is no file that you may see."),
    "keeper": ("专管人员", "Keeper"),
    "lacking": ("缺失或逾年未更新", "Missing or older than a year"),
    "items_done": ("{1} 项中 {0} 项已核齐", "{} of {} items settled"),
    "leaves_in_all": ("材料 {} 份", "Leaves: {}"),
    "readings": ("查阅记录", "Readings"),
    "no_readings": ("没有您可查看的查阅申请。", "There is no request that you may see."),
    "open_until": ("开放至", "open until"),
    "ask_to_read": ("申请查阅", "Ask to read it"),
    "file_items": ("档案项目", "Items"),
    "file_item": ("项目", "Item"),
    "item_state": ("状态", "How it stands"),
    "item_where": ("材料及存放处", "What and where"),
    "item_on": ("日期", "Date"),
    "item_by": ("登记人", "Noted by"),
    "item_counted": ("系统在册", "On file here"),
    "item_basis": ("依据", "Rests on"),
    "which_ones": ("查看编号", "which ones"),
    "contents_rule": (
        "经批准的查阅：仅限申请人本人，不得复制、摘抄、外借、打印；本次查阅已记录。",
        "An approved reading, for whoever asked alone: no copying, excerpting, lending, printing. This look is on record.",
    ),
    "not_printed": ("廉政档案内容不得打印。", "What an integrity file holds is not printed."),
    "no_leaves": ("所批准的范围内没有材料。", "There is no leaf among the parts that were approved."),
    "leaf_no": ("第 {} 份", "Leaf {}"),
    "flowed_in": ("来源：问题线索 {}", "From clue {}"),
    "signed_by": ("本人签名：{}", "Signed by {}"),
    "signed_as": ("（以本人账号 {} 签署）", "(under their account, {})"),
    "stamped_by": ("盖章单位：{}", "Stamped by {}"),
    "back_to_reading": ("返回查阅申请（查阅完毕请登记）", "Back to the request (say there when you are done)"),
}  # fmt: skip

TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {**room_words.TEXTS[lang], **{name: both[place] for name, both in BOTH.items()}}
    for place, lang in enumerate(("zh", "en"))
}
