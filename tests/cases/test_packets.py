"""The files as docs/packet.schema.json has them: the program and any reader of the schema agree on what is one."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from cases import canonical, packet_schema, packets
from cases.packets import SignedKey, SignedPacket, SignedReply
from states.facts import Refused

BODY = {"code": "MGJ", "zh": "港口集团纪委", "en": "Port Group"}
WITNESS = {"code": "a" * 20, "hash": "a" * 64, "at": "2026-09-01T04:00:00+00:00"}
FACT = {"name": "title", "value": "隐蔽工程", "label": {"zh": "标题", "en": "title"},
        "shown": {"zh": "隐蔽工程", "en": "隐蔽工程"}}  # fmt: skip
PACKET: dict[str, Any] = {
    "kind": "request", "notice": "MGJ-SB-2026-001", "edition": 1, "document": "港纪报〔2026〕12号", "sender": BODY,
    "addressee": BODY | {"code": "BHJ"}, "ground": None, "urgency": "normal", "facts": [FACT], "redactions": ["summary"],
    "checkpoint": WITNESS, "rehearsal": True, "created_at": "2026-09-01T04:00:00+00:00",
}  # fmt: skip
REPLY: dict[str, Any] = {
    "notice": "MGJ-SB-2026-001", "edition": 1, "packet": "b" * 64, "number": "BHJ-SB-2026-001", "sender": BODY,
    "addressee": BODY, "steps": [{"move": "sign_for", "at": "2026-09-01T04:00:00+00:00", "form": {"signed_by": "韩某"}}],
    "checkpoint": WITNESS, "rehearsal": True, "created_at": "2026-09-01T04:00:00+00:00",
}  # fmt: skip
KEY: dict[str, Any] = {"key": "c" * 64, "organisations": [BODY], "rehearsal": True,
                       "created_at": "2026-09-01T04:00:00+00:00"}  # fmt: skip
CONTENTS = {"packet": PACKET, "reply": REPLY, "site-key": KEY}
FORMS: dict[str, Any] = {"packet": SignedPacket, "reply": SignedReply, "site-key": SignedKey}


def file(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"plumbline": kind, "version": 1, "site": "d" * 32, "content": content,
            "sha256": canonical.digest(content), "signature": "e" * 128}  # fmt: skip


def read(kind: str, envelope: dict[str, Any]) -> str:
    """What reading says; the signature is nobody's here."""
    try:
        packets.read(canonical.written(envelope), FORMS[kind])
    except Refused as refused:
        return refused.code
    return "read"


def fits(envelope: dict[str, Any]) -> bool:
    return bool(jsonschema.Draft202012Validator(packet_schema.schema()).is_valid(envelope))


def test_the_schema_in_docs_is_current() -> None:
    assert packet_schema.PATH.read_text(encoding="utf-8") == packet_schema.text(), (
        "run: python -m cases.packet_schema"
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(packet_schema.text()))


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_whole_file_is_read_and_fits(kind: str) -> None:
    assert read(kind, file(kind, CONTENTS[kind])) == "read"
    assert fits(file(kind, CONTENTS[kind]))


@pytest.mark.parametrize(
    "kind, name", [(kind, name) for kind, content in CONTENTS.items() for name in content]
)
def test_nothing_may_be_missing(kind: str, name: str) -> None:
    less = {each: value for each, value in CONTENTS[kind].items() if each != name}
    assert read(kind, file(kind, less)) == "malformed"
    assert not fits(file(kind, less))


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize(
    "changes",
    [{"more": 1}, {"created_at": 5}, {"rehearsal": "true"}, {"rehearsal": None}],
)
def test_nothing_may_be_added_or_of_another_kind(kind: str, changes: dict[str, Any]) -> None:
    envelope = file(kind, CONTENTS[kind] | changes)
    assert read(kind, envelope) == "malformed"
    assert not fits(envelope)


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize(
    "changes",
    [{"signature": "E" * 128}, {"signature": "e" * 127}, {"site": ""}, {"sha256": "g" * 64}, {"extra": 1}],
)
def test_the_envelope_is_as_strict(kind: str, changes: dict[str, Any]) -> None:
    assert read(kind, file(kind, CONTENTS[kind]) | changes) == "malformed"


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_content_that_is_not_the_one_that_was_hashed(kind: str) -> None:
    assert read(kind, file(kind, CONTENTS[kind]) | {"sha256": "f" * 64}) == "damaged"
