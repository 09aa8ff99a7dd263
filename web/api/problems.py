"""The one place where what went wrong becomes an answer: application/problem+json, codes and reasons as in the shell.

What is not on file and what is not this person's to see is answered with the same bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.responses import Response

from cases.due_dates import NoSuchDeadline
from cases.errors import KeyReused, NoSuchMatter
from cases.ledger_guard import NotALedger
from cases.people import UnknownPerson
from cases.tokens import TokenRefused
from notifications.documents.faulty import FaultyTemplate
from notifications.documents.register import NoSuchDocument
from notifications.outbox import NotDead
from plumbline.database_faults import trouble
from plumbline.site_keys import UnusableKey
from states.calendars import DayOutsideCalendar
from states.due_answers import NotADay, NotAnInstantText
from states.facts import Reason, Refused
from states.form_values import BadValue, label
from states.periods import HoursNeedAnInstant, NotAPeriod
from states.refusals import about_input
from states.rulebook import Label

KIND = "application/problem+json"
NOTHING = label("", "")

_log = logging.getLogger(__name__)

TITLES: Mapping[int, Label] = {
    400: label("请求不成形", "Bad request"),
    401: label("须证明身份", "Unauthorized"),
    403: label("无权办理", "Forbidden"),
    404: label("没有可查看的内容", "Not found"),
    405: label("不支持此方法", "Method not allowed"),
    409: label("目前不能办理", "Conflict"),
    412: label("已被他人先行办理", "Precondition failed"),
    413: label("内容过大", "Content too large"),
    415: label("不支持此类型", "Unsupported media type"),
    422: label("内容不合要求", "Unprocessable content"),
    428: label("须说明所依据的版本", "Precondition required"),
    429: label("请求过于频繁", "Too many requests"),
    500: label("程序内部出错", "Internal server error"),
    503: label("暂时不能提供服务", "Service unavailable"),
}

_BY_CODE = {
    "not_your_role": 403,
    "insufficient_scope": 403,
    "unknown_site": 403,
    "revoked_site": 403,
    "bad_signature": 403,
    "not_theirs": 403,
    "unknown_move": 404,
    "moved_meanwhile": 412,
    "too_large": 413,
    "attachment_too_large": 413,
}


class Wrong(Exception):
    """The request cannot be taken as it is: a status, a stable code, a sentence and its cure."""

    def __init__(
        self, status: int, code: str, says: Label, cure: Label = NOTHING, *, field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(says.en)
        self.status, self.code, self.headers = status, code, headers or {}
        self.reasons = (Reason(code, says, cure, field),)


def answer(
    fault: BaseException, lang: str, *, more: Mapping[str, Any] | None = None, refused: int = 409
) -> Response:
    """The answer that a fault amounts to. `refused`: the status of a refusal whose code has none of its own."""
    for kind in type(fault).__mro__:
        if (of := _ANSWERS.get(kind)) is not None:
            return of(fault, lang, more or {}, refused)
    _log.error("An answer failed", exc_info=fault)
    says = label("程序内部出错，什么也没有改变。", "Something went wrong inside; nothing was changed.")
    return _one(500, "internal", says, label("请告知维护人员。", "Tell whoever maintains this."), lang)


def status_of(refusal: Refused, *, otherwise: int = 409) -> int:
    """The status of a refusal: by its code, 422 where everything is about what was sent, else `otherwise`."""
    if (known := _BY_CODE.get(refusal.code)) is not None:
        return known
    return 422 if refusal.code == "bad_form" or about_input(refusal) else otherwise


def problem(
    status: int, code: str, reasons: Sequence[Reason], lang: str, *, more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """The document, its media type and its language."""
    said = [reason.as_dict(lang) for reason in reasons]
    many = label(f"不能办理，原因 {len(said)} 项。", f"Refused, for {len(said)} reasons.").in_(lang)
    document = {
        "type": f"urn:plumbline:problem:{code}",
        "title": TITLES[status].in_(lang),
        "status": status,
        "detail": said[0]["message"] if len(said) == 1 else many,
        "code": code,
        "reasons": said,
    } | dict(more or {})
    return Response(orjson.dumps(document), status_code=status, media_type=KIND,
                    headers={"Content-Language": lang} | dict(headers or {}))  # fmt: skip


def not_here(code: str = "not_found") -> Wrong:
    """Nothing of this name, or nothing one may see: the same answer."""
    return Wrong(404, code, label("没有您可查看的这一内容。", "There is nothing of this name that you may see."),
                 label("请用列表查看您可见的内容。", "The lists show what you may see."))  # fmt: skip


def _one(
    status: int, code: str, says: Label, cure: Label, lang: str, headers: Mapping[str, str] | None = None
) -> Response:
    return problem(status, code, (Reason(code, says, cure),), lang, headers=headers)


def _wrong(fault: Any, lang: str, more: Mapping[str, Any], _refused: int) -> Response:
    return problem(fault.status, fault.code, fault.reasons, lang, more=more, headers=fault.headers)


def _refusal(fault: Any, lang: str, more: Mapping[str, Any], refused: int) -> Response:
    return problem(status_of(fault, otherwise=refused), fault.code, fault.reasons, lang, more=more)


def _hidden(code: str) -> Callable[[Any, str, Mapping[str, Any], int], Response]:
    return lambda _fault, lang, more, refused: _wrong(not_here(code), lang, more, refused)


def _unproven(_fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    """One answer for no token, a wrong one, an old one and an ended one."""
    return _one(401, "token_refused", label("令牌不能证明您的身份。", "No valid token proves who asks."),
                label("请求系统管理员发放令牌：plumbline token issue。", "Ask the operator for `plumbline token issue`."),
                lang, {"WWW-Authenticate": 'Bearer realm="plumbline"'})  # fmt: skip


def _key_reused(_fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    return _one(422, "key_reused", label("该请求键已用于另一请求。", "This key was already used for another request."),
                label("每个新请求请用新的键。", "Take a new key for every new request."), lang)  # fmt: skip


def _driver(fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    """The database is busy or out of reach: nothing was changed, and the same request may be sent again."""
    found = trouble(fault, lang)
    if found is None:
        _log.error("The database complained", exc_info=fault)
        return _one(503, "database", label("数据库出错，什么也没有改变。", "The database failed; nothing was changed."),
                    NOTHING, lang, {"Retry-After": "30"})  # fmt: skip
    says, cure = label(found.message, found.message), label(found.cure, found.cure)
    soon = "1" if found.code == "database_locked" else "30"
    return _one(503, found.code, says, cure, lang, {"Retry-After": soon})


def _disk(fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    """A file could not be read or written; where it lies is for the log alone."""
    _log.error("A file could not be read or written", exc_info=fault)
    says = label(
        "文件读写失败，什么也没有改变。", "A file could not be read or written. Nothing was changed."
    )
    cure = label("请告知维护人员检查磁盘空间和权限。",
                 "Tell whoever maintains this to see to the space on the disk and the rights on the folder.")  # fmt: skip
    return _one(503, "file_trouble", says, cure, lang, {"Retry-After": "30"})


def _sentence(status: int, code: str, zh: str) -> Callable[[Any, str, Mapping[str, Any], int], Response]:
    """For exceptions whose text is the sentence to show in English."""
    return lambda fault, lang, _more, _refused: _one(status, code, label(zh, str(fault)), NOTHING, lang)


def _unknown_person(fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    login = ascii(str(fault)[:64])
    says = label(f"没有账号 {login}，或已停用。", f"There is no account {login}, or it has ended.")
    return _one(422, "unknown_person", says, NOTHING, lang)


def _bad_value(fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    return _one(422, fault.code, fault.says, fault.cure, lang)


def _not_a_ledger(fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    return _one(422, "not_a_ledger", fault.message, NOTHING, lang)


def _invalid(fault: Any, lang: str, _more: Mapping[str, Any], _refused: int) -> Response:
    """What a body or a query lacks, one reason for each field."""
    reasons = [_invalid_field(one) for one in fault.errors(include_url=False, include_input=False)[:20]]
    return problem(422, "bad_form", reasons, lang)


_INVALID: Mapping[str, tuple[str, str, str]] = {
    "missing": ("missing", "缺少", "is missing"),
    "extra_forbidden": ("unknown_field", "没有这一字段", "is not a field here"),
    "string_type": ("not_text", "必须是文字", "must be text"),
    "string_unicode": ("bad_character", "含有不允许的字符", "holds a character that is not allowed"),
    "string_too_short": ("empty", "不能为空", "must not be empty"),
    "string_too_long": ("too_long", "过长", "is too long"),
    "too_long": ("too_long", "过多", "holds too many"),
    "too_short": ("empty", "不能为空", "must not be empty"),
    "bool_type": ("not_a_boolean", "必须是布尔值", "must be true or false"),
    "int_type": ("not_a_number", "必须是整数", "must be a whole number"),
    "int_parsing": ("not_a_number", "必须是整数", "must be a whole number"),
    "int_parsing_size": ("out_of_range", "超出允许范围", "is out of range"),
    "greater_than_equal": ("out_of_range", "超出允许范围", "is out of range"),
    "less_than_equal": ("out_of_range", "超出允许范围", "is out of range"),
    "list_type": ("not_a_list", "必须是数组", "must be an array"),
    "tuple_type": ("not_a_list", "必须是数组", "must be an array"),
    "dict_type": ("not_an_object", "必须是对象", "must be an object"),
    "model_type": ("not_an_object", "必须是对象", "must be an object"),
    "literal_error": ("not_a_choice", "没有这一选项", "is not one of the choices"),
}  # fmt: skip


def _invalid_field(one: Mapping[str, Any]) -> Reason:
    field = ".".join(str(part)[:40] for part in one["loc"])
    shown = "".join(sign if sign.isprintable() else "?" for sign in field)[:80] or "body"
    if said := one.get("ctx", {}).get("bad"):
        code, zh, en = said
    else:
        code, zh, en = _INVALID.get(str(one["type"]), ("bad_value", "不合要求", "does not fit"))
    return Reason(code, label(f"{shown}：{zh}。", f"{shown} {en}."), NOTHING, shown)


_ANSWERS: Mapping[type[BaseException], Callable[[Any, str, Mapping[str, Any], int], Response]] = {
    Wrong: _wrong,
    Refused: _refusal,
    NoSuchMatter: _hidden("no_such_number"),
    NoSuchDeadline: _hidden("no_such_deadline"),
    NoSuchDocument: _hidden("no_such_document"),
    KeyReused: _key_reused,
    NotDead: _sentence(409, "not_dead", "只有已放弃的通知才能重新发送。"),
    TokenRefused: _unproven,
    UnknownPerson: _unknown_person,
    ValidationError: _invalid,
    BadValue: _bad_value,
    NotALedger: _not_a_ledger,
    OSError: _disk,
    DBAPIError: _driver,
    NoConnection: _driver,
    NotADay: _sentence(422, "not_a_day", "这不是日期，请写成 2026-03-05。"),
    NotAnInstantText: _sentence(422, "not_an_instant", "这不是时刻，请写成 2026-03-05T09:30:00+08:00。"),
    NotAPeriod: _sentence(422, "not_a_period", "这不是期限，请写成“15 working days”“1 month”或“90 days”。"),
    HoursNeedAnInstant: _sentence(422, "not_an_instant", "按小时计的期限须从时刻起算。"),
    DayOutsideCalendar: _sentence(422, "outside_calendar", "日期超出日历所及的年份。"),
    UnusableKey: _sentence(503, "unusable_key", "本站点的密钥不能使用。"),
    FaultyTemplate: _sentence(503, "faulty_template", "公文模板不能使用。"),
}
