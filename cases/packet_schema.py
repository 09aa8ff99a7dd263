"""The JSON schema of what travels between sites. `python -m cases.packet_schema` writes it into docs/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from cases.packets import Signed

PATH = Path(__file__).parent.parent / "docs" / "packet.schema.json"


def schema() -> dict[str, Any]:
    """What a packet, a reply and a site's key look like. That a signature is good, no schema can say."""
    found = TypeAdapter(Annotated[Signed, Field(discriminator="plumbline")]).json_schema()
    told = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Files that travel between two sites",
        "description": "Canonical JSON: keys sorted, no spaces, UTF-8, text in NFC, whole numbers only, one line end "
        "after it. sha256 is over the canonical content; the Ed25519 signature (hex) over the words "
        "'plumbline exchange v1', a line feed, and the canonical file without its signature. "
        "site is the beginning (32 hex digits) of the SHA-256 of the site's public key.",
    }
    return told | found


def text() -> str:
    """The schema as it stands in docs/."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
