"""What travels between two sites, as a schema: a packet that goes up, the reply that comes back, a site's public key.

Each is one signed file of canonical JSON (`docs/packet.schema.json`). A packet holds the facts that the rulebook's
`exchange` names, one by one, each with its name for people, so that who opens the file without Plumbline can read it too.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from cases import canonical
from cases.canonical import NotCanonical
from states import form_values
from states.facts import Reason, Refused
from states.form_values import BadValue
from states.rule import Name
from states.rulebook import Label

VERSIONS = {"packet": (1,), "reply": (1, 2), "question": (1,), "site-key": (1,)}
"""The versions of each kind that are read here. A reply is of version 2 where attachments come with it, and of version 1
otherwise, so that a site with an older program still takes every reply it can understand."""
_BYTES = re.compile(rb'(?<="data":")[A-Za-z0-9+/=]{100,}(?=")')  # of an attachment
KINDS = tuple(VERSIONS)


def _harmless(text: str) -> str:
    """Refuses what no form would take: control characters, signs that turn the direction of a text, lone surrogates."""
    try:
        form_values.clean(text, 20_000, lines=True)
    except BadValue as bad:
        raise ValueError(bad.says.en) from None
    return text


def _instant(text: str) -> str:
    if datetime.fromisoformat(text).utcoffset() is None:
        raise ValueError("an instant needs its offset from UTC")
    return text


Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SiteId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$")]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_harmless)]
Lines = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_harmless)]
Instant = Annotated[str, Field(max_length=40), AfterValidator(_instant)]
Value = bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | Lines


class Part(BaseModel):
    """Any part of a file: closed to unknown keys, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Both(Part):
    """A text in both languages."""

    zh: Lines
    en: Lines


class Body(Part):
    """An organisation: its code, and its name."""

    code: Code
    zh: Line
    en: Line


class Fact(Part):
    """One fact: its name and value for programs, what both are called for people."""

    name: Name
    value: Value
    label: Both
    shown: Both


class Witness(Part):
    """The sender's newest checkpoint: kept by the other side, it shows a history that was written anew. `code` is its
    beginning, as it is printed on paper."""

    code: Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
    hash: Hash
    at: Instant


class Enclosed(Part):
    """An attachment that travels along: its number at the sender's, what it is, and its bytes in base64."""

    number: Annotated[int, Field(ge=1, le=100_000)]
    name: Line
    caption: Annotated[str, Field(max_length=200), AfterValidator(_harmless)]
    media_type: Annotated[str, Field(pattern=r"^[a-z0-9]+/[a-z0-9.+-]{1,90}$")]
    size: Annotated[int, Field(ge=1, le=canonical.MOST_BYTES)]
    sha256: Hash
    data: Annotated[str, Field(max_length=canonical.MOST_BYTES)]


class Packet(Part):
    """An escalation on its way. `edition` counts its dispatches: after a refusal the same notice goes out again."""

    kind: Literal["report", "request", "transfer", "sealed", "assigned"]
    notice: Line
    edition: Annotated[int, Field(ge=1, le=999)]
    document: Line
    sender: Body
    addressee: Body
    ground: Both | None
    urgency: Literal["normal", "urgent", "very_urgent"]
    facts: Annotated[list[Fact], Field(max_length=100)]
    attachments: Annotated[list[Enclosed], Field(max_length=100)] = Field(default_factory=list)
    redactions: Annotated[list[Name], Field(max_length=100)]
    checkpoint: Witness
    rehearsal: bool
    created_at: Instant

    def value(self, name: str) -> Any:
        """The value of a fact; None where it was not sent."""
        return next((fact.value for fact in self.facts if fact.name == name), None)


class Step(Part):
    """Something that was done to it on the other site: the move, when, and what was filled in."""

    move: Name
    at: Instant
    form: dict[Name, Value]


class Reply(Part):
    """Receipt and answer. It repeats every step since the packet came, so that one lost on the way is no loss, and every
    attachment that comes with the answer."""

    notice: Line
    edition: Annotated[int, Field(ge=1, le=999)]
    packet: Hash
    number: Line
    sender: Body
    addressee: Body
    steps: Annotated[list[Step], Field(max_length=100)]
    attachments: Annotated[list[Enclosed], Field(max_length=100)] = Field(default_factory=list)
    checkpoint: Witness
    rehearsal: bool
    created_at: Instant

    def as_content(self) -> dict[str, Any]:
        """As it is written into a file: without a word of attachments where there are none, as in version 1."""
        return self.model_dump(mode="json", exclude=None if self.attachments else {"attachments"})


class Question(Part):
    """How do things stand with a packet that arrived? Asked by wire in place of the packet, which may be long."""

    notice: Line
    edition: Annotated[int, Field(ge=1, le=999)]
    packet: Hash
    sender: Body
    addressee: Body
    rehearsal: bool
    created_at: Instant


class SiteKey(Part):
    """A site's public key, and the bodies it says it speaks for."""

    key: Hash
    organisations: Annotated[list[Body], Field(max_length=1000)]
    rehearsal: bool
    created_at: Instant


Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class SignedPacket(Part):
    """A packet as a file."""

    KIND: ClassVar[str] = "packet"

    plumbline: Literal["packet"]
    version: Literal[1]
    site: SiteId
    content: Packet
    sha256: Hash
    signature: Signature


class SignedReply(Part):
    """A reply as a file: of version 2 with attachments, of version 1 without."""

    KIND: ClassVar[str] = "reply"

    plumbline: Literal["reply"]
    version: Literal[1, 2]
    site: SiteId
    content: Reply
    sha256: Hash
    signature: Signature

    @model_validator(mode="after")
    def _fits_its_version(self) -> SignedReply:
        written = "attachments" in self.content.model_fields_set
        if written != (self.version > 1) or written != bool(self.content.attachments):
            raise ValueError("version 2 is a reply with attachments, version 1 one without")
        return self


class SignedQuestion(Part):
    """A question as a file."""

    KIND: ClassVar[str] = "question"

    plumbline: Literal["question"]
    version: Literal[1]
    site: SiteId
    content: Question
    sha256: Hash
    signature: Signature


class SignedKey(Part):
    """A public key as a file, signed with itself: who wrote it holds the private one."""

    KIND: ClassVar[str] = "site-key"

    plumbline: Literal["site-key"]
    version: Literal[1]
    site: SiteId
    content: SiteKey
    sha256: Hash
    signature: Signature


Signed = SignedPacket | SignedReply | SignedQuestion | SignedKey
Form = TypeVar("Form", SignedPacket, SignedReply, SignedQuestion, SignedKey)


def version_of(kind: str, content: dict[str, Any]) -> int:
    """The lowest version that can say this: an older program then reads all but what it cannot know."""
    return VERSIONS[kind][-1] if content.get("attachments") and kind == "reply" else VERSIONS[kind][0]


def signed_bytes(envelope: dict[str, Any]) -> bytes:
    """What a signature is over: the whole file but the signature, with a word before it that nothing else is signed with."""
    unsigned = {name: value for name, value in envelope.items() if name != "signature"}
    return b"plumbline exchange v1\n" + canonical.written(unsigned)


def read(data: bytes, form: type[Form]) -> tuple[Form, dict[str, Any]]:
    """A file as it is written, and as it was read. Nothing is believed of it yet: see `cases.sites.check`.

    Raises Refused: too_large, not_a_packet, unknown_version, wrong_kind, malformed, damaged.
    """
    _check_length(data)
    envelope = _envelope(data)
    known = VERSIONS[envelope["plumbline"]]
    if envelope.get("version") not in known or isinstance(envelope.get("version"), bool):
        told = (" 或 ".join(map(str, known)), " or ".join(map(str, known)))
        raise refused("unknown_version", f"文件格式版本不是 {told[0]}。", f"The file is not of version {told[1]}.",
                      zh="请双方使用相同版本的程序。", en="Both sites need programs of one version.")  # fmt: skip
    if envelope["plumbline"] != form.KIND:
        raise refused("wrong_kind", f"这是 {envelope['plumbline']}，不是 {form.KIND}。",
                      f"This is a {envelope['plumbline']}, not a {form.KIND}.")  # fmt: skip
    try:
        found = form.model_validate(envelope)
    except ValidationError as fault:
        raise _malformed(fault) from None
    if canonical.digest(envelope["content"]) != found.sha256:
        raise refused("damaged", "内容与其散列值不符。", "The content is not the one its hash was taken of.")
    return found, envelope


def _check_length(data: bytes) -> None:
    """Before anything is parsed. Attachments are long and simple; everything else is short, as deep as it may go."""
    for most, length in (
        (canonical.MOST_BYTES, len(data)),
        (canonical.MOST_TEXT, _length_without_bytes(data)),
    ):
        if length > most:
            raise refused(
                "too_large", f"文件超过 {most:,} 字节。", f"The file is longer than {most:,} bytes."
            )


def _length_without_bytes(data: bytes) -> int:
    if len(data) <= canonical.MOST_TEXT:
        return len(data)
    return len(data) - sum(found.end() - found.start() for found in _BYTES.finditer(data))


def _envelope(data: bytes) -> dict[str, Any]:
    try:
        envelope = canonical.read(data)
    except NotCanonical:
        envelope = None
    if not isinstance(envelope, dict) or envelope.get("plumbline") not in KINDS:
        raise refused("not_a_packet", "这不是 Plumbline 的交换文件，或已被改动。",
                      "This is not a Plumbline file as it was written.")  # fmt: skip
    return envelope


def _malformed(fault: ValidationError) -> Refused:
    places = sorted({".".join(str(part) for part in one["loc"][:4]) for one in fault.errors()})[:5]
    told = ", ".join(places)[:200]
    return refused("malformed", f"文件内容不合格式：{told}。", f"The file does not fit its schema: {told}.")


def refused(code: str, says_zh: str, says_en: str, *, zh: str = "", en: str = "") -> Refused:
    """A refusal with one reason; without a cure: ask the other site for the file again."""
    cure = Label(zh=zh or "请对方重新提供文件。", en=en or "Ask the other site for the file again.")
    return Refused(code, (Reason(code, Label(zh=says_zh, en=says_en), cure),))
