"""What may be sent and asked for: strict shapes that read a body or a query, and describe it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
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


def _day(value: Any) -> Any:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _told(
            "not_a_date", form_values.label("不是日期，请写成 2026-03-05", "is not a date such as 2026-03-05")
        )
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _told("no_such_date", form_values.label("没有这一天", "is a day that does not exist")) from None
    if not 1980 <= day.year <= 2100:
        raise _told("out_of_range", form_values.label("年份超出允许范围", "has a year out of range"))
    return day


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Limit = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=MOST)]
Flag = Annotated[bool, BeforeValidator(_truth)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
OnDay = Annotated[date, BeforeValidator(_day)]


class Wish(BaseModel):
    """Nothing beyond what is named, and each of its own type."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Tab = Annotated[
    Literal["todo", "handled", "done", "passed", "copied", "late", "all"],
    Field(
        description="Those under this tab of the worklist: to do, handled, done or passed on by whoever asks, "
        "put before them, late, all.",
        examples=["todo"],
    ),
]


class NoQuery(Wish):
    """No query at all."""


class Paged(Wish):
    limit: Limit = 50
    cursor: Annotated[str | None, Field(max_length=200, description="`next` of the page before.")] = None


class MattersQuery(Paged):
    state: Annotated[str | None, Field(max_length=64, examples=["registered"])] = None
    mine: Flag = False
    overdue: Flag = False
    tab: Tab | None = None
    q: Annotated[Line | None, Field(description="Text in the number or the title.", examples=["berth"])] = (
        None
    )


class LedgerQuery(Wish):
    """The filter of the worklist; without any, every clue in sight."""

    tab: Tab = "all"
    state: Annotated[Line | None, Field(examples=["registered"])] = None
    kind: Line | None = None
    link: Line | None = None
    grade: Annotated[Line | None, Field(examples=["serious"])] = None
    handler: Annotated[Line | None, Field(description="A login.", examples=["officer"])] = None
    project: Annotated[Line | None, Field(description="Its code.", examples=["PC"])] = None
    organisation: Annotated[Line | None, Field(description="Its code.", examples=["MGJ"])] = None
    received_from: Annotated[OnDay | None, Field(examples=["2026-01-01"])] = None
    received_until: Annotated[OnDay | None, Field(examples=["2026-12-31"])] = None
    due_until: Annotated[OnDay | None, Field(examples=["2026-12-31"])] = None
    q: Annotated[Line | None, Field(description="Text in the number or the title.", examples=["berth"])] = (
        None
    )


class ErrorsQuery(Wish):
    """What the file is called, for messages and, of a text, its ending."""

    name: Annotated[str, Field(min_length=1, max_length=255, examples=["ledger-2026.xlsx"])]
    columns: Annotated[
        str,
        Field(
            max_length=2000,
            description="Under which header a field stands, where the words on file do not do: FIELD=HEADER, "
            "several parted by semicolons.",
            examples=["number=线索编号;received_on=收到时间"],
        ),
    ] = ""


class ImportQuery(ErrorsQuery):
    dry_run: Annotated[Flag, Field(description="Only say what would happen; nothing is taken in.")] = False


class DeadlinesQuery(Paged):
    until: Annotated[
        Instant | None,
        Field(description="Those late at this instant.", examples=["2026-09-30T00:00:00+08:00"]),
    ] = None


class NoticesQuery(Paged):
    status: Literal["pending", "sending", "sent", "dead", "dropped"] | None = None


class SlotsQuery(Wish):
    programme: Annotated[
        Line | None, Field(description="Of one programme alone.", examples=["PC-WEEKLY"])
    ] = None
    limit: Limit = 50


class CoverageQuery(Wish):
    project: Annotated[Line | None, Field(description="Of one project alone.", examples=["PC"])] = None


class ProposalsQuery(CoverageQuery):
    limit: Limit = 50


class RadarQuery(Wish):
    organisation: Annotated[Line | None, Field(description="Of one body alone.", examples=["MGJ"])] = None
    machine: Annotated[Line | None, Field(description="Of one kind alone.", examples=["clue"])] = None
    limit: Limit = 50


class AssessmentQuery(Wish):
    organisation: Annotated[Line, Field(description="The body.", examples=["QJN"])]
    period: Annotated[Line, Field(description="2026, 2026-Q3 or 2026-09.", examples=["2026-Q3"])]
    as_of: Annotated[Instant | None, Field(description="Count as of then; without it, of now.")] = None


class ZeroPeriodsQuery(Wish):
    most: Annotated[int, Field(ge=1, le=60, description="The newest so many periods.")] = 12


class Accepting(Wish):
    """What is proposed at this link of this project. `kind` is another kind of round than proposed; `why` adds to the
    reason."""

    project: Annotated[Line, Field(examples=["PC"])]
    link: Annotated[Line, Field(examples=["c15_quality"])]
    kind: Line | None = None
    why: Annotated[str, Field(max_length=1000), _text(1000, lines=True, needed=False)] = ""
    inspectors: Annotated[list[Line], Field(max_length=50)] = []


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


class AddingQuery(Wish):
    """What a file is called there, and what it is said to show. What it is, it says itself."""

    name: Annotated[str, Field(min_length=1, max_length=255, examples=["码头.jpg"])]
    caption: Annotated[str, Field(max_length=200, examples=["Foundation bed, axis 3"])] = ""


Which = Annotated[int, Field(ge=1, le=100_000)]
Several = Annotated[
    list[Which], Field(min_length=1, max_length=50, description="Their numbers.", examples=[[1]])
]


class Releasing(Wish):
    """Photographs of a clue; `caption` stands in place of theirs."""

    clue: Annotated[Line, Field(examples=["MGJ-2026-0001"])]
    attachments: Several
    caption: Annotated[str | None, Field(max_length=200)] = None


class Sending(Wish):
    attachments: Several


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


class GapsQuery(Wish):
    project: Annotated[Line | None, Field(description="Its code.", examples=["PC"])] = None
    settled: Annotated[Flag, Field(description="With those that became a clue or were accepted.")] = False


class RisksQuery(Wish):
    project: Annotated[Line | None, Field(description="Its code.", examples=["PC"])] = None
    link: Annotated[Line | None, Field(examples=["c15_quality"])] = None
    grade: Annotated[Line | None, Field(examples=["high"])] = None
    retired: Annotated[Flag, Field(description="With those that were retired.")] = False
