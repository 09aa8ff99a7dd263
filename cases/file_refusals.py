"""Why something about an integrity file is refused, in the words of the rule, and what to do."""

from __future__ import annotations

from states.facts import Reason, Refused
from states.file_rules import ACCOUNT, FILE, KEEPER, SIGNED_BY, SUBJECT, TITLE
from states.rulebook import Label


def _reason(code: str, zh: str, en: str, cure_zh: str, cure_en: str, field: str | None = None) -> Reason:
    return Reason(code, Label(zh=zh, en=en), Label(zh=cure_zh, en=cure_en), field)


def refused(reason: Reason) -> Refused:
    """A refusal for this one reason."""
    return Refused(reason.code, (reason,))


# ----------------------------------------------------------------------------------------------------------- leaves


UNSIGNED = _reason(
    "leaf_unsigned",
    "本人填报的材料须由本人签名并注明日期。",
    "A part that the person filled in carries their signature and its date.",
    "请由本人签名并填写签名日期后再归档。",
    "Have it signed and dated, then put it in.",
)
SIGNED_BY_ANOTHER = _reason(
    "leaf_signed_by_another",
    "签名人不是档案本人，不能作为本人填报材料归入。",
    "It is not signed by the person whose file this is.",
    "请由本人签名；他人提供的，按组织提供材料归入。",
    "Have them sign it; what others supply goes in as supplied by a unit.",
    SIGNED_BY,
)
UNSTAMPED = _reason(
    "leaf_unstamped",
    "组织提供的材料须加盖公章并注明日期。",
    "A part that a unit supplied carries its stamp and a date.",
    "请填写盖章单位和材料日期；没有的，退回提供单位。",
    "Say which unit stamped it and when; without both, send it back.",
)
NO_FILE_FOR_IT = _reason(
    "no_file_for_it",
    "没有以您的账号建立的在用廉政档案，不能签名归档。",
    "There is no live file of your account that this could go into.",
    "请联系档案专管人员：建立档案并填写本人账号。",
    "Ask the keeper to open one, with your account.",
)
NOT_FOR_THE_FILE = _reason(
    "leaf_not_for_the_file",
    "谈话函询材料归入廉政档案，初步核实的内部审批表不归入。",
    "Talk and letter material goes into the file, the internal approval form of a verification does not.",
    "请将内部审批表留存于线索案卷。",
    "Keep the approval form with the clue.",
    TITLE,
)
UNREADABLE = _reason(
    "leaf_unreadable",
    "档案材料无法启封：密钥不符，或材料已被改动。",
    "A leaf cannot be opened: this is not its key, or it was changed.",
    "请系统管理员核对密钥文件（files.key）并运行 audit verify。",
    "The operator checks the key file (files.key) and runs audit verify.",
)
ALTERED = _reason(
    "leaf_altered",
    "有材料与历史记录中的封存码不符，已停止查阅。",
    "A leaf does not fit the seal in the history: nothing is shown.",
    "请系统管理员运行 audit verify 并报告。",
    "The operator runs audit verify and reports it.",
)
NO_VAULT = _reason(
    "no_vault",
    "此处没有廉政档案密钥，不能归入或查阅材料。",
    "There is no key for integrity files here.",
    "请在保管密钥的主机上办理。",
    "Do it where the key is kept.",
)

# ---------------------------------------------------------------------------------------------------------- readings

FILE_OF_ANOTHER = _reason(
    "file_of_another",
    "该档案不是查阅对象本人的档案。",
    "That is not the file of the person it was asked for.",
    "请核对姓名和单位，选择其本人的档案。",
    "Check name and unit, and take the file of that person.",
    FILE,
)
ASKER_KEPT_OUT = _reason(
    "asker_kept_out",
    "申请人应当回避该档案，不得查阅。",
    "Whoever asks is kept out of this file.",
    "请不予批准。",
    "Refuse it.",
    FILE,
)
NOT_THE_ASKER = _reason(
    "not_the_asker",
    "经批准的查阅仅限申请人本人，不得转借。",
    "An approved reading is for whoever asked alone.",
    "需要查阅的，请自行申请。",
    "Ask for a reading of your own.",
)
CLOSED = _reason(
    "reading_closed",
    "查阅未经批准，或开放时限已届满。",
    "The reading is not approved, or its time is over.",
    "请待批准；已届满的，请重新申请。",
    "Wait for the approval; once it is over, ask anew.",
)

# ---------------------------------------------------------------------------------------------------- one file alone

ACCOUNT_OF_ANOTHER = _reason(
    "account_of_another",
    "所填账号不是该人员的账号。",
    "The account is not one of that person.",
    "请核对姓名和账号；没有账号的不填。",
    "Check name and account; leave it out where there is none.",
    ACCOUNT,
)

KEEPER_IS_THE_PERSON = _reason(
    "keeper_is_the_person",
    "档案本人不能保管自己的档案。",
    "Nobody keeps their own file.",
    "请指定另一名专管人员。",
    "Name another keeper.",
    KEEPER,
)


def second_of_person(number: str | None) -> Reason:
    """A person has a file already; its number for those who may see it."""
    return _reason(
        "second_file",
        f"一人一档：该人员已有在用的廉政档案{f'（{number}）' if number else ''}。",
        f"One person, one file: this person has one already{f': {number}' if number else ''}.",
        "请在原档案中归入材料；看不到的，请向分管领导了解。",
        "Put the leaves into that one; where you do not see it, ask the leader in charge.",
        SUBJECT,
    )


def second_of_project(number: str | None) -> Reason:
    """A project has a file already."""
    return _reason(
        "second_file",
        f"该项目已有在用的廉政档案{f'（{number}）' if number else ''}。",
        f"This project has a file already{f': {number}' if number else ''}.",
        "请在原档案中登记。",
        "Note the items in that one.",
        "project",
    )
