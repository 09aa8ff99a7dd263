"""What may be sent and asked for: strict shapes that read a body or a query, and describe it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from states import form_values
from states.form_values import BadValue
from states.rulebook import Label

MOST = 200


def _text(most: int, *, lines: bool = False, needed: bool = True) -> AfterValidator:
    """Text as every form of the office takes it: NFC, nothing invisible that turns or hides what follows."""

    def read(value: str) -> str:
        try:
            text = form_values.clean(value, most, lines=lines)
        except BadValue as bad:
            raise _told(bad.code, bad.says) from None
        if needed and form_values.is_blank(text):
            raise _told("empty", form_values.label("不能为空", "must not be empty"))
        return text

    return AfterValidator(read)


def _told(code: str, says: Label) -> PydanticCustomError:
    return PydanticCustomError("bad_value", "{code}", {"code": code, "bad": (code, says.zh, says.en)})


Line = Annotated[str, Field(min_length=1, max_length=200), _text(200)]
Story = Annotated[str, Field(min_length=1, max_length=2000), _text(2000, lines=True)]


def _digits(value: Any) -> Any:
    """A query holds text: of numbers, plain digits alone."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit()):
            raise _told("not_a_number", form_values.label("必须是整数", "must be a whole number"))
        return int(value[:10])
    return value


def _truth(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise _told("not_a_boolean", form_values.label("必须是 true 或 false", "must be true or false"))
    return value == "true" if isinstance(value, str) else value


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 60:
        raise _told("not_an_instant", form_values.label("不是时刻", "is not an instant"))
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise _told("not_an_instant", form_values.label("不是时刻", "is not an instant")) from None
    if instant.utcoffset() is None:
        raise _told("timezone_required", form_values.label("缺少时区", "lacks its offset from UTC"))
    if not 1980 <= instant.year <= 2100:
        raise _told("out_of_range", form_values.label("年份超出允许范围", "has a year out of range"))
    return instant.astimezone(UTC)


Limit = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=MOST)]
Flag = Annotated[bool, BeforeValidator(_truth)]
Instant = Annotated[datetime, BeforeValidator(_instant)]


class Wish(BaseModel):
    """Nothing beyond what is named, and each of its own type."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoQuery(Wish):
    """No query at all."""


class Paged(Wish):
    limit: Limit = 50
    cursor: Annotated[str | None, Field(max_length=200, description="`next` of the page before.")] = None


class MattersQuery(Paged):
    state: Annotated[str | None, Field(max_length=64, examples=["registered"])] = None
    mine: Flag = False
    overdue: Flag = False
    tab: Annotated[
        Literal["todo", "handled", "done", "passed", "copied", "late", "all"] | None,
        Field(
            description="Those under this tab of the worklist: to do, handled, done or passed on by whoever asks, "
            "put before them, late, all.",
            examples=["todo"],
        ),
    ] = None
    q: Annotated[Line | None, Field(description="Text in the number or the title.", examples=["berth"])] = (
        None
    )


class DeadlinesQuery(Paged):
    until: Annotated[
        Instant | None,
        Field(description="Those late at this instant.", examples=["2026-09-30T00:00:00+08:00"]),
    ] = None


class NoticesQuery(Paged):
    status: Literal["pending", "sending", "sent", "dead"] | None = None


class SlotsQuery(Wish):
    programme: Annotated[
        Line | None, Field(description="Of one programme alone.", examples=["PC-WEEKLY"])
    ] = None
    limit: Limit = 50


class DueQuery(Wish):
    from_: Annotated[Line, Field(alias="from", examples=["2026-09-01"])]
    for_: Annotated[Line, Field(alias="for", examples=["15 working days"])]


class DocumentsQuery(Wish):
    about: Annotated[Line | None, Field(description="A matter's number.", examples=["MGJ-2026-0001"])] = None
    limit: Limit = 50


class DisclosuresQuery(Wish):
    to: Annotated[Line | None, Field(description="Only what this body or account was told.")] = None


class ReceiveQuery(Wish):
    dry_run: Annotated[Flag, Field(description="Only say what it is; nothing is taken in.")] = False


class Asking(Wish):
    """Without `person`, one's own interest, which takes effect at once; with it, a challenge that a second decides."""

    reason: Annotated[Story, Field(examples=["A relative works for the contractor."])]
    person: Annotated[Line | None, Field(examples=["officer2"])] = None


class Deciding(Wish):
    grant: bool
    reason: Annotated[Story, Field(examples=["They shared an office until last year."])]


class Because(Wish):
    reason: Annotated[Story, Field(examples=["Two firms of one name."])]


class Declaring(Wish):
    kind: Literal["company", "person", "project", "body"]
    name: Annotated[Line, Field(examples=["Hengtai Supervision"])]
    note: Annotated[str, Field(max_length=2000), _text(2000, lines=True, needed=False)] = ""


class Leaving(Wish):
    """Which facts to leave out of a packet."""

    redact: Annotated[list[Line], Field(max_length=50, examples=[[]])] = []


Word = Annotated[str, Field(max_length=200), _text(200, needed=False)]


class PaperLine(Wish):
    label: Line
    text: Line


class Paper(Wish):
    """A paper about a matter; what is left empty is as the templates have it."""

    matter: Annotated[Line, Field(examples=["MGJ-2026-0001"])]
    kind: Annotated[Line, Field(examples=["assignment_letter"])]
    form: Literal["pdf", "docx"] = "pdf"
    lang: Literal["zh", "en"] = "zh"
    to: Word = ""
    classification: Word = ""
    urgency: Word = ""
    signer: Word = ""
    contact: Word = ""
    copies_to: Word = ""
    copy_no: Word = ""
    attachments: Annotated[list[Line], Field(max_length=20)] = []
    lines: Annotated[list[PaperLine], Field(max_length=20)] = []


class Subscribing(Wish):
    """Where to be told, and of what."""

    url: Annotated[str, Field(min_length=1, max_length=500, examples=["https://bi.example.org/plumbline"])]
    events: Annotated[list[Line], Field(min_length=1, max_length=100, examples=[["clue.register"]])]


class Coded(Wish):
    code: Annotated[
        str, Field(max_length=400, examples=[f"PLUMBLINE1 MGJ-2026-0001 3 {'0' * 64} - -"]), _text(400)
    ]
