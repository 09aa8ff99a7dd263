"""The pictures of the README: made here, written into docs/pictures where PLUMBLINE_TEST_PICTURES=1 asks for it."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Busy, all_speak
from tests.browser.furnishing import Furnished
from tests.browser.visitors import Visitors

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
ASKED = "PLUMBLINE_TEST_PICTURES"
LARGEST = 250_000  # bytes
SHADES = 96  # of colour: pages have few
DESKTOP: Mapping[str, Any] = {"viewport": {"width": 1200, "height": 760}}
PHONE: Mapping[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1.5, "is_mobile": True,
                            "has_touch": True}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """Of one page, as one person sees it."""

    name: str
    lang: str
    who: str
    path: str
    options: Mapping[str, Any] = field(default_factory=lambda: DESKTOP)
    begins: str = "body"  # what stands at its top


def wanted(found: Furnished) -> list[Picture]:
    """All of them."""
    dark = {**DESKTOP, "color_scheme": "dark"}
    return [
        Picture("today-zh", "zh", "officer", "/"),
        Picture("today-en", "en", "officer", "/"),
        Picture("worklist-zh", "zh", "registrar", "/worklist?tab=all"),
        Picture("page-of-a-clue-zh", "zh", "registrar", f"/matters/{found.clue}"),
        Picture("page-of-a-clue-dark-en", "en", "registrar", f"/matters/{found.clue}", dark),
        Picture("board-en", "en", "registrar", "/board"),
        Picture("room-zh", "zh", "owner", f"/rounds/{found.unsealed}"),
        Picture("figures-en", "en", "leader", "/figures"),
        Picture(
            "checklist-zh",
            "zh",
            "supervisor",
            f"/inspections/{found.checked}/checklist",
            PHONE,
            "#item-c08_2",
        ),
        Picture("phone-zh", "zh", "supervisor", f"/inspections/{found.inspection}", PHONE),
    ]


def packed(picture: bytes) -> bytes:
    """The same with few colours, as small as it gets."""
    made = io.BytesIO()
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(SHADES, dither=Image.Dither.NONE)
    few.save(made, "PNG", optimize=True)
    return made.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_main_pages_are_pictured(busy: Busy, lookers: Visitors, tmp_path: Path, lang: str) -> None:
    folder = PICTURES if os.environ.get(ASKED) == "1" else tmp_path
    all_speak(busy.house, lang)
    for one in wanted(busy.found):
        if one.lang != lang:
            continue
        page = lookers.be(one.who, at=one.path, **one.options)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.locator(one.begins).evaluate("element => element.scrollIntoView({behavior: 'instant'})")
        picture = packed(page.screenshot(animations="disabled"))
        (folder / f"{one.name}.png").write_bytes(picture)
        assert 5_000 < len(picture) < LARGEST, (one.name, len(picture))
