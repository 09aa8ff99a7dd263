"""Photographs go to the members with the round itself: convened with them, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from cases import attachments, audit, surveys
from cases.matters import Matter
from cases.moved import Moved
from plumbline.attaching import Attaching
from states.facts import Refused
from tests.plumbline.exhibits import add, answer, blobs, content, events, listed, rows
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site

FORM: dict[str, Any] = {"agenda": "隐蔽工程", "brief": "先覆盖后补签。", "seats": ["owner", "contractor"],
                        "meets_on": "2026-12-30", "proposed": "handle"}  # fmt: skip


@pytest.fixture
def site(rehearsal_template: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site.copied(rehearsal_template, tmp_path / "home")
    yield made
    made.close()


def ready(site: Site) -> str:
    """A clue of the officer's, with two photographs and a text."""
    number = site.clue()
    site.move("registrar", number, "propose_assignment")
    site.move("head", number, "approve_assignment", handler="officer")
    site.move("officer", number, "sign_for")
    for name in ("a.jpg", "b.jpg"):
        add(site, number, name=name, who="officer")
    add(site, number, b"a note", name="note.txt", who="officer")
    return number


def convene(site: Site, clue: str, photographs: str, *, key: str | None = None, **more: Any) -> Moved:
    return Attaching(site.work).advance(clue, "convene", actor="officer", at=NOON, key=key,
                                        fields=FORM | {"photographs": photographs} | more)  # fmt: skip


def rounds(site: Site) -> list[str]:
    return list(site.ask(select(Matter.number).where(Matter.machine == "consultation")))


def sound(site: Site) -> bool:
    with site.work.reading() as session:
        return audit.verify(session, site.work.evidence).ok


def test_the_round_is_convened_with_its_photographs(site: Site) -> None:
    clue = ready(site)
    convene(site, clue, "1， 2")
    (round_,) = rounds(site)
    assert [one["how"] for one in listed(site, round_, who="leader")] == [attachments.RELEASED] * 2
    assert [move for move, *_ in events(site, clue)][-2:] == ["attachment.released"] * 2
    site.move("registrar", round_, "send_brief")
    assert content(site, round_, 1, who="owner")
    assert "photographs" not in str(site.ask(select(Matter.values).where(Matter.number == round_))[0])
    assert sound(site)


@pytest.mark.parametrize("photographs, why", [
    ("1, 3", "not_a_photograph"), ("1, 9", "no_such_attachment"), ("one", "not_a_number"),
])  # fmt: skip
def test_if_one_of_them_cannot_go_nothing_is_done(site: Site, photographs: str, why: str) -> None:
    clue = ready(site)
    before = site.everything(), rows(site), blobs(site)
    assert answer(lambda: convene(site, clue, photographs)) == why
    assert (site.everything(), rows(site), blobs(site)) == before


def test_if_the_round_cannot_be_convened_nothing_is_released(site: Site) -> None:
    clue = ready(site)
    before = site.everything(), rows(site), blobs(site)
    with pytest.raises(Refused):
        convene(site, clue, "1", seats=["owner"])
    assert (site.everything(), rows(site), blobs(site)) == before


def test_a_crash_between_the_two_leaves_neither(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    clue = ready(site)
    before = site.everything(), rows(site)

    def crash(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(attachments, "put", crash)
    with pytest.raises(MemoryError):
        convene(site, clue, "1")
    assert (site.everything(), rows(site)) == before


def test_the_same_request_again_releases_nothing_twice(site: Site) -> None:
    clue = ready(site)
    first = convene(site, clue, "1", key="k1")
    assert convene(site, clue, "1", key="k1") == first
    (round_,) = rounds(site)
    assert len(listed(site, round_, who="leader")) == 1


def test_a_way_that_takes_no_photographs_says_so(site: Site) -> None:
    clue = ready(site)
    before = site.everything()
    with pytest.raises(Refused) as refused:
        site.move("officer", clue, "convene", at=NOON, **FORM, photographs="1")
    assert refused.value.code == "photographs_apart"
    assert site.everything() == before


def test_the_form_s_example_is_a_photograph_that_can_go(site: Site) -> None:
    clue, bare = ready(site), site.clue()
    assert _example(site, clue) == "1"
    site.move("registrar", bare, "propose_assignment")
    site.move("head", bare, "approve_assignment", handler="officer")
    site.move("officer", bare, "sign_for")
    assert _example(site, bare) is None


def _example(site: Site, clue: str) -> object:
    with site.work.reading() as session:
        survey = surveys.moves(session, site.work.office, clue, actor="officer", at=NOON).as_dict("en")
    form = next(one["fields"] for one in survey["open"] if one["move"] == "convene")
    return next(one["example"] for one in form if one["name"] == "photographs")
