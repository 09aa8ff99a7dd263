"""What one may not see and what does not exist: one answer, to the byte, on every page and in the API's words."""

from __future__ import annotations

import re

import pytest

from tests.web.rooms.visiting import House

GHOST = "MGJ-2026-9999"
PATHS = (
    "/matters/{}", "/matters/{}/picture", "/matters/{}/clocks/1", "/matters/{}/moves/press", "/matters/{}/attachments",
    "/matters/{}/attachments/1", "/rounds/{}", "/rounds/{}/now", "/outbox/{}", "/inbox/{}", "/inspections/{}", "/board/{}",
    "/risks/{}",
    "/files/{}",
    "/files/{}/contents",
)  # fmt: skip


def bare(text: str, number: str) -> str:
    """The page without the number that was asked for and the token of its forms."""
    return re.sub(r'name="csrf" value="[^"]+"', "", text).replace(number, "N")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_is_not_theirs_is_the_page_of_what_does_not_exist(house: House, path: str) -> None:
    number = house.site.clue(project="PC")
    assert house.get("registrar", f"/matters/{number}").status_code == 200
    for who in ("owner", "officer2", "operator", "district"):
        theirs, none = (house.get(who, path.format(one)) for one in (number, GHOST))
        assert theirs.status_code == none.status_code == 404, (who, path)
        assert bare(theirs.text, number) == bare(none.text, GHOST)
        assert theirs.headers.keys() == none.headers.keys()
