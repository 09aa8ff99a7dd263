"""The documents of the API as shapes, for the description alone: answers are written as `cases` gives them.

A test holds what is answered to what is described here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cases import zero_lists

When = Annotated[str, Field(description="ISO 8601, in UTC", examples=["2026-09-01T04:00:00+00:00"])]
Day = Annotated[str, Field(description="ISO 8601", examples=["2026-09-22"])]
Cursor = Annotated[
    str | None, Field(description="Give it as `cursor` for the next page; null: there is none.")
]


class Shape(BaseModel):
    """What an answer holds at least: keys may be added, none is taken away."""

    model_config = ConfigDict(extra="allow")


class Both(Shape):
    """A text in Chinese and English."""

    zh: str
    en: str


class ReasonShape(Shape):
    """One reason, what would cure it, and the field of the form it is about."""

    code: str
    message: str
    cure: str
    field: str | None = None


class MoveName(Shape):
    """A move that is open to this person now."""

    move: str
    to: str
    label: str


class Problem(Shape):
    """What went wrong, after RFC 9457. `code` and `reasons` are those of the shell; `open` comes with a refused move."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    reasons: list[ReasonShape]
    state: str | None = None
    version: int | None = None
    open: list[MoveName] | None = None


class FieldShape(Shape):
    """A field of a form, with a value that would pass."""

    name: str
    label: str
    type: str
    required: bool
    choices: list[str]
    choice_labels: dict[str, str]
    help: str | None
    example: Any


class FormShape(Shape):
    machine: str
    fields: list[FieldShape]


class Opened(Shape):
    number: str
    state: str
    version: int
    event: int


class MovedShape(Shape):
    number: str
    from_: str | None = Field(alias="from")
    state: str
    version: int
    event: int


class MatterLine(Shape):
    number: str
    state: str
    version: int
    title: str
    handler: str | None
    due_at: When | None


class MatterShape(Shape):
    """One matter in full, as this person may see it."""

    number: str
    machine: str
    state: str
    state_label: Both
    version: int
    title: str
    kind: str
    organisation: str
    project: str | None
    opener: str | None
    handler: str | None
    received_on: Day | None
    opened_at: When
    moved_at: When
    moved_by: str
    values: dict[str, Any]
    subjects: list[dict[str, Any]]
    readers: list[dict[str, Any]]
    seats: list[str]
    deadlines: list[dict[str, Any]]
    links: list[dict[str, Any]]
    rehearsal: bool


class OpenMoveShape(MoveName):
    fields: list[FieldShape]


class BlockedMoveShape(MoveName):
    reasons: list[ReasonShape]


class MovesShape(Shape):
    number: str
    state: str
    version: int
    open: list[OpenMoveShape]
    blocked: list[BlockedMoveShape]


class EventShape(Shape):
    id: int
    seq: int
    at: When
    actor: str
    move: str
    label: Both | None
    from_: str | None = Field(alias="from")
    to: str
    version: int
    data: dict[str, Any]
    hash: str


class HistoryShape(Shape):
    number: str
    events: list[EventShape]


class ReadShape(Shape):
    id: int
    login: str
    what: Literal["file", "history"]
    door: str
    at: When


class ReadsShape(Shape):
    number: str
    reads: list[ReadShape]
    next: Cursor


class DisclosuresShape(Shape):
    number: str
    disclosures: list[dict[str, Any]]


class AttachmentShape(Shape):
    """One file of a matter. `item` is there for a copy that was released to a round: what of it it is about."""

    attachment: int
    name: str
    caption: str
    media_type: str
    size: int
    sha256: str
    flags: list[str]
    how: Literal["added", "released", "marked", "arrived"]
    added_by: str
    added_at: When
    went_to: list[str]


class AttachmentsShape(Shape):
    number: str
    attachments: list[AttachmentShape]
    next: Cursor


class AddedShape(Shape):
    """A file that is on file now. `same_as` are those of the matter that hold the same bytes."""

    number: str
    attachment: int
    name: str
    media_type: str
    size: int
    sha256: str
    flags: list[str]
    same_as: list[int]


class ReleasedShape(Shape):
    number: str
    released: list[AddedShape]


class MarkedShape(Shape):
    number: str
    marked: list[AddedShape]


class FaultShape(Shape):
    """One cell that could not be taken: the sheet's row, the field, what stood there, and why not."""

    row: int
    column: str
    value: str
    why: str


class BadRowShape(Shape):
    row: int
    cells: list[str | bool | int | float | None]


class BadRowsShape(Shape):
    """The bad rows as they stood, under the ledger's own titles: what the shell puts into a workbook."""

    titles: list[str]
    rows: list[BadRowShape]


class ImportedShape(Shape):
    """What an import came to. `more_bad` counts the faults that are not told one by one; `errors_workbook` is where the
    same file, posted again, gets its bad rows as a workbook, if there are any."""

    read: int
    good: int
    bad: list[FaultShape]
    more_bad: int
    errors: BadRowsShape
    errors_workbook: str | None
    repeats: list[dict[str, Any]]
    created: int
    would_create: int
    already: int
    linked: int
    dry_run: bool
    columns: dict[str, str]
    unknown_headers: list[str]


class SeatsShape(Shape):
    number: str
    seats: list[dict[str, Any]]


class OpinionsShape(Shape):
    number: str
    opinions: list[dict[str, Any]]


class ResultShape(Shape):
    number: str
    result: dict[str, Any]
    decision: Any
    agrees: bool
    broken_seals: list[str]


class RecusalShape(Shape):
    id: int
    number: str
    person: str
    kind: str
    state: str


class RecusalsShape(Shape):
    """One's own recusals, of which one is told that and not why; and those that are one's own to decide."""

    mine: list[dict[str, Any]]
    to_decide: list[RecusalShape]


class MatterRecusalsShape(Shape):
    number: str
    recusals: list[RecusalShape]


class InterestShape(Shape):
    id: int
    kind: str
    name: str
    note: str
    declared_at: When
    ended_at: When | None


class InterestsShape(Shape):
    interests: list[InterestShape]


class DeadlineShape(Shape):
    id: int
    number: str
    machine: str
    deadline: str
    label: Both | None
    status: str
    started_on: Day
    budget: str
    due_on: Day | None
    due_at: When | None
    provisional: bool
    overdue: bool


class DeadlinesShape(Shape):
    deadlines: list[DeadlineShape]
    total: int
    next: Cursor


class ExplainedShape(DeadlineShape):
    basis: dict[str, Any] | None
    entries: list[dict[str, Any]]
    walk: list[dict[str, Any]]


class ExtendedShape(Shape):
    id: int
    due_on: Day | None


class DueShape(Shape):
    due_on: Day
    provisional: bool
    walk: list[dict[str, Any]]


class NoticeShape(Shape):
    """A notice: no title and no names; its number only where this person may see the matter."""

    id: int
    number: str | None
    document: str
    recipient: str
    channel: str
    status: Literal["pending", "sending", "sent", "dead", "dropped"]
    attempts: int
    last_error: str | None


class NoticesShape(Shape):
    notices: list[NoticeShape]
    next: Cursor


class ResentShape(Shape):
    id: int
    status: Literal["pending"]


class KindsShape(Shape):
    kinds: list[dict[str, Any]]


class DocumentShape(Shape):
    id: int
    matter: str
    document: str
    number: str
    lang: str
    form: str
    sha256: str
    issued_at: When
    issued_by: str


class DocumentsShape(Shape):
    documents: list[DocumentShape]


class IssuedShape(Shape):
    id: int
    number: str
    sha256: str


class CheckedShape(Shape):
    ok: bool
    event_stands: bool
    checkpoint_stands: bool | None


class ArrivedShape(Shape):
    number: str | None = None
    new: bool
    state: str | None = None
    kind: str
    notice: str


class TakenShape(Shape):
    number: str
    new: bool
    state: str


class ResentFileShape(Shape):
    number: str
    ways: int


class VerifiedShape(Shape):
    ok: bool
    events: int
    checkpoints: int
    faults: list[dict[str, Any]]


class WebhookShape(Shape):
    id: int
    url: str
    events: list[str]
    active: bool
    created_at: When
    failing_since: When | None
    stopped_why: str


class NewWebhookShape(WebhookShape):
    secret: str


class WebhooksShape(Shape):
    webhooks: list[WebhookShape]


class DeliveryShape(Shape):
    """One telling; of what is not yours to see any more, no number and no move."""

    id: int
    event: int
    number: str | None
    move: str | None
    status: Literal["pending", "sending", "sent", "dead"]
    attempts: int
    planned_at: When
    next_at: When | None
    sent_at: When | None
    last_error: str | None


class DeliveriesShape(Shape):
    deliveries: list[DeliveryShape]
    next: Cursor


class AccountShape(Shape):
    login: str
    name: str
    organisation: str
    lang: str
    roles: list[dict[str, Any]]
    scopes: list[str]


class RulebookShape(Shape):
    key: str
    label: Both
    roles: dict[str, Both]
    machines: dict[str, Any]


def listed(plural: str) -> dict[str, Any]:
    """The schema of a list of matters: its key is the noun's plural."""
    line = {"type": "array", "items": {"$ref": "#/components/schemas/MatterLine"}}
    return {
        "type": "object",
        "required": [plural, "total", "next"],
        "properties": {
            plural: line,
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"], "description": "Give it as `cursor` for the next page."},
        },
    }


class PlanShape(Shape):
    code: str
    title: str
    period: Annotated[str, Field(examples=["2026", "2026Q3"])]
    organisation: str
    project: str | None


class ProgrammeShape(Shape):
    """A programme. `sites` are for those who plan; null for others."""

    code: str
    plan: str | None
    kind: str
    title: str
    rule: str
    recurs: Annotated[str, Field(description="The rule in the language of the answer.")]
    organisation: str
    project: str | None
    inspectors: list[str]
    sites: list[dict[str, Any]] | None
    starts_on: Day
    ends_on: Day | None
    on_outage: Literal["run_once", "run_all", "skip"]
    active: bool
    checklist: Annotated[str | None, Field(description="Its rounds take the version in force as they open.")]
    made_by: str | None
    made_at: When | None
    why: Annotated[str, Field(description="Why it was made, where somebody said so; its rounds say so too.")]
    change_on: Annotated[Day | None, Field(description="From this day on it is as `change` says.")]
    change: dict[str, Any] | None


class ProgrammesShape(Shape):
    plans: list[PlanShape]
    programmes: list[ProgrammeShape]


class LookShape(Shape):
    """Who looked last, when, at which matter, and by which of its moves."""

    at: When
    by: str
    number: str
    machine: str
    move: str


class ComingShape(Shape):
    """A look to come: a round by its number, with its machine; a programme by its code, without."""

    on: Day
    by: str
    machine: str | None


class CellShape(Shape):
    """A phase, a side of the works and a link of a project. `age` is in days; `covered_until` the last day on which the last
    look holds."""

    project: str
    phase: str
    personnel: str
    link: str
    state: Literal["covered", "planned", "blind"]
    risk: int
    open_clues: int
    point: str | None
    closed_clues: int
    age: int | None
    covered_until: Day | None
    last: LookShape | None
    planned: ComingShape | None


class CountsShape(Shape):
    """How many cells are in each state."""

    covered: int
    planned: int
    blind: int


class CoverageShape(Shape):
    """Every cell, counted from what whoever asks may see."""

    as_of: Day
    as_seen_by: str
    projects: list[str]
    counts: CountsShape
    cells: list[CellShape]


class StepShape(Shape):
    """How many have stood still for at least `days` working days, and not yet for as many as the next step asks."""

    step: int
    days: int
    count: int


class LongestShape(Shape):
    number: str
    days: int


class StandsShape(Shape):
    """What a body keeps of one machine. `last_act_at`: the last substantive act of all, of what is at its end too."""

    organisation: str
    machine: str
    live: int
    still: list[StepShape]
    longest: LongestShape | None
    last_act_at: When


class ActShape(Shape):
    """The last substantive act: its number in the history, its move, who made it, when it counts from."""

    seq: int
    move: str
    by: str
    at: When


class StillShape(Shape):
    """A matter that stands still, for `days` whole working days; `next_on` is the day on which it reaches the next step.
    `provisional`: the holidays of a year that counted are not decreed yet."""

    number: str
    machine: str
    state: str
    title: str
    organisation: str
    project: str | None
    handler: str | None
    days: int
    step: int
    next_on: Day | None
    provisional: bool
    act: ActShape


class RadarShape(Shape):
    """What stands still, the longest first, counted from what whoever asks may see. `more`: it was cut off at `limit`."""

    as_of: Day
    as_seen_by: str
    calendar: str
    steps: dict[str, list[int]]
    organisations: list[StandsShape]
    matters: list[StillShape]
    more: bool


class ProposalShape(Shape):
    """What would close blind cells: a programme that recurs by `rule`, first on `on`, or one round at once. `left` cells are
    blind once this one and all before it are accepted."""

    project: str
    place: Annotated[str, Field(description="What the project is called.")]
    link: str
    links: list[str]
    link_label: str
    form: Literal["programme", "round"]
    kind: str
    rule: str | None
    on: Day | None
    reason: Annotated[str, Field(description="In the language of the answer.")]
    reasons: Both
    risk: int
    closes: int
    left: int
    may_accept: bool
    cells: list[CellShape]


class ProposalsShape(Shape):
    """The first of `count` proposals; no proposal closes `without_proposal` of the `blind` cells."""

    as_of: Day
    as_seen_by: str
    blind: int
    without_proposal: int
    count: int
    proposals: list[ProposalShape]


class AcceptedShape(Shape):
    """A proposal that was accepted: the programme, or the number of the round, that it became."""

    project: str
    link: str
    form: Literal["programme", "round"]
    programme: str | None
    number: str | None
    closes: int
    why: str


class SlotShape(Shape):
    """A slot and what became of it. `number` is its round's."""

    programme: str
    slot: Day
    outcome: Literal["opened", "missed", "skipped"]
    number: str | None
    why: str
    reason: str
    at: When


class SlotsShape(Shape):
    slots: list[SlotShape]


class ChecklistShape(Shape):
    """A version of a checklist. It never changes; `asks` items, of which so many are `mandatory`."""

    checklist: Annotated[str, Field(examples=["LINKS@2026.1"])]
    code: str
    version: str
    label: str
    asks: int
    mandatory: int
    loaded_by: str
    loaded_at: When


class ChecklistsShape(Shape):
    checklists: list[ChecklistShape]


class GivenAnswerShape(Shape):
    """An answer to an item. `photographs` are attachments of the round, by number."""

    answer: Literal["in_order", "finding", "not_applicable", "not_looked_at"]
    remark: str | None
    measured: str | None
    unit: str | None
    photographs: list[int]
    by: str
    at: When
    event: int


class LedToShape(Shape):
    """A clue or a task that was made of a finding, as far as it is in sight; `label` is that of its state."""

    number: str
    machine: str
    state: str
    label: dict[str, str]


class SheetItemShape(Shape):
    """An item of a round's checklist. `answer` is the latest; `asked` is false where a re-inspection does not ask it."""

    item: str
    link: str
    sign: str
    mandatory: bool
    measure: dict[str, str] | None
    basis: list[dict[str, str]]
    answer: GivenAnswerShape | None
    earlier: list[GivenAnswerShape]
    left_out: bool
    asked: bool
    led_to: list[LedToShape]


class SheetShape(Shape):
    """The checklist of a round as it stands; `again` is what a re-inspection still waits for."""

    number: str
    state: str
    version: int
    checklist: str
    label: str
    items: list[SheetItemShape]
    unanswered: list[str]
    findings: list[str]
    again: list[str]


class DrawShape(Shape):
    """A draw, with all that is needed to draw again; seed, list and outcome are null before they are shown."""

    id: int
    what: Literal["sites", "inspectors", "list"]
    organisation: str
    programme: str | None
    slot: Day | None
    method: str
    seed: str | None
    take: int
    items: list[dict[str, str]] | None
    drawn: list[str] | None
    digest: str | None
    shown_on: Day | None
    made_by: str
    made_at: When


class DrawsShape(Shape):
    draws: list[DrawShape]


class VerifiedDrawShape(DrawShape):
    ok: bool | None


class RankedPointShape(Shape):
    """A risk point in one line. `gravity` compares across schemes, 1 is the gravest; null: not graded yet."""

    number: str
    state: str
    version: int
    title: str
    aspect: str | None
    place: str | None
    project: str | None
    link: str | None
    scheme: str | None
    level: int | None
    grade: str | None
    gravity: int | None
    owner: str | None
    indicator: str | None
    review_on: Day | None
    due_at: When | None


class RankedShape(Shape):
    """The gravest come first; of more than a thousand, only so many."""

    points: list[RankedPointShape]
    total: int


class SchemeLevelShape(Shape):
    level: int
    grade: str
    label: str
    notice: str | None


class SchemeShape(Shape):
    """A scheme of grading. gravest: the gravest of what holds, by `weighs`; choice: the level of the answer; count: that of
    the greatest number in `at_least` that is reached."""

    scheme: str
    label: str
    move: str
    formula: Literal["gravest", "choice", "count"]
    asks: dict[str, str]
    weighs: dict[str, int]
    at_least: dict[str, int]
    otherwise: int | None
    levels: list[SchemeLevelShape]
    basis: dict[str, str]


class SchemesShape(Shape):
    schemes: list[SchemeShape]


class GradeShape(Shape):
    """A grade as it was given. `as_recomputed`: its inputs come to it when it is worked out again."""

    event: int
    at: When
    by: str
    reason: str | None
    scheme: str
    inputs: dict[str, Any]
    level: int
    grade: str
    grade_notice: str
    explained: str
    as_recomputed: bool


class CauseShape(Shape):
    """What raised a point: the event of another matter (`number`, `move`), or a change of its holder's duties."""

    kind: str
    number: str | None = None
    move: str | None = None
    person: str | None = None
    what: str | None = None
    role: str | None = None
    organisation: str | None = None


class RaisedShape(Shape):
    event: int
    at: When
    cause: CauseShape | None


class RiskRecordShape(Shape):
    """Every grade a point had, oldest first, and each time it was raised by rule."""

    number: str
    state: str
    version: int
    scheme: str | None
    level: int | None
    grade: str | None
    grades: list[GradeShape]
    raised: list[RaisedShape]


class GapShape(Shape):
    """What a record lacks. `settled`: it became a clue, or was accepted with its reason."""

    gap: str
    label: str
    settled: bool


class GapLineShape(GapShape):
    number: str
    state: str
    title: str
    project: str | None


class GapsShape(Shape):
    gaps: list[GapLineShape]


class VoiceShape(Shape):
    """One person of a meeting. `turn`: the how-manieth to speak; `lines`: how many the history holds, the latest counts."""

    name: str
    attendance: str | None
    view: str | None
    reason: str | None
    turn: int | None
    lines: int


class RecordGapShape(GapShape):
    """`led_to`: the clues it became, as far as whoever asks sees them."""

    led_to: list[LedToShape]


class DecisionRecordShape(Shape):
    number: str
    state: str
    version: int
    title: str
    entitled: int | None
    chair: str | None
    result: str | None
    people: list[VoiceShape]
    gaps: list[RecordGapShape]


class GapRowShape(Shape):
    """A matter that a gap was found in, and what it says of it."""

    number: str
    note: str


class CreationGapShape(Shape):
    """Something that is missing of joint creation: of a project, a body or a person."""

    kind: Literal["supervisors", "agreement", "signature", "commitment", "education"]
    organisation: str
    project: str | None
    body: str | None
    person: str | None
    reason: Annotated[str, Field(description="In the language of the answer.")]
    reasons: Both
    rows: list[GapRowShape]


class CreationGapsShape(Shape):
    as_of: Day
    as_seen_by: str
    counts: dict[str, int]
    gaps: list[CreationGapShape]


class PersonFileShape(Shape):
    """A person's integrity file in one line. `lacking`: parts every file has that are missing or older than a year."""

    number: str
    state: str
    version: int
    person: str
    unit: str
    post: str
    keeper: str | None
    project: str | None
    live: bool
    leaves: int
    lacking: list[str]
    due_at: When | None


class FileReadingShape(Shape):
    """A request to read a file. `parts`: what was asked for."""

    number: str
    state: str
    title: str
    by: str | None
    parts: str
    until: When | None


class PersonFileRecordShape(PersonFileShape):
    readings: list[FileReadingShape]


class ProjectFileShape(Shape):
    """A project's integrity file in one line. `lacking`: items that are missing or partial."""

    number: str
    state: str
    version: int
    title: str
    project: str | None
    keeper: str | None
    live: bool
    items: int
    lacking: list[str]
    due_at: When | None


class FilesShape(Shape):
    people: list[PersonFileShape]
    projects: list[ProjectFileShape]


class CountedShape(Shape):
    """The matters of one machine that are on file of the project, as far as you see them; `over`: how many are over."""

    item: str
    machine: str
    label: str
    total: int
    over: int
    numbers: list[str]


class FileItemShape(Shape):
    item: str
    label: str
    state: str
    state_label: str
    settled: bool
    on: Day | None
    where: str | None
    by: str | None
    basis: dict[str, str]
    counted: list[CountedShape]


class ProjectFileRecordShape(ProjectFileShape):
    each: list[FileItemShape]


class AssessedRowShape(Shape):
    number: Annotated[str, Field(description="Of a matter; of a slot that has none, its programme and day.")]
    hit: Annotated[bool, Field(description="It counts in the numerator.")]


class AssessedShape(Shape):
    """A figure. `of` is null where it is no share; where it is 0, the figure does not apply."""

    name: str
    label: str
    formula: str
    withheld: bool
    applies: bool | None
    hits: int | None
    of: int | None
    weight: int
    each: int | None
    most: int | None
    deducted: int | None
    hidden: Annotated[int, Field(description="Rows that were counted and are not named to you.")]
    rows: list[AssessedRowShape]


class FixedAssessmentShape(Shape):
    number: str
    state: str
    sha256: str
    organisation: str
    period: str
    first_on: Day
    last_on: Day
    as_of: When
    rulebook: str
    score: str | None
    worked: Annotated[str, Field(description="The formula with the numbers of this sheet.")]
    formula: str
    figures: list[AssessedShape]


class AssessmentShape(Shape):
    """`score` is null where no share applies, or (`withheld`) where a figure that weighs is not for you to see."""

    organisation: str
    kind: str
    keeper: str
    period: str
    first_on: Day
    last_on: Day
    as_of: When
    rulebook: str
    calendar: str
    score: str | None
    deducted: int | None
    withheld: bool
    formula: str
    worked: str
    figures: list[AssessedShape]


class ZeroSpanShape(Shape):
    period: str
    first_on: Day
    last_on: Day


class ZeroCellShape(Shape):
    """What became of a period. The number and who signed: where the report is in your sight."""

    period: str
    status: Annotated[str, Field(description="One of " + ", ".join(zero_lists.STATUSES) + ".")]
    number: str | None
    signed_by: str | None
    signed_on: Day | None
    due_at: When | None
    late: Annotated[bool, Field(description="It was opened late, or an outage passed over it.")]


class ZeroBodyShape(Shape):
    organisation: str
    since: Day | None
    reports_to: str | None
    cells: list[ZeroCellShape]


class ZeroPeriodsShape(Shape):
    as_of: Day
    as_seen_by: str
    every: Annotated[str, Field(description="The days on which periods begin, as the rulebook has it.")]
    periods: list[ZeroSpanShape]
    bodies: list[ZeroBodyShape]


class ZeroGapShape(Shape):
    kind: Annotated[str, Field(description="One of " + ", ".join(zero_lists.GAPS) + ".")]
    organisation: str
    period: str | None
    number: str | None
    reason: Annotated[str, Field(description="In the language of the answer.")]
    reasons: Both


class ZeroGapsShape(Shape):
    as_of: Day
    as_seen_by: str
    counts: dict[str, int]
    gaps: list[ZeroGapShape]
