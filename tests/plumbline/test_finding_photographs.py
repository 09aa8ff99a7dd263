"""The photographs of a finding go along: to a clue as they were handed in, to a task as copies that say nothing more."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlmodel import col, select

from cases import audit, opening, recusing
from cases.attachments import Attachment
from cases.disclosures import Disclosure
from cases.errors import NoSuchMatter
from cases.matters import Matter
from cases.moved import Moved
from plumbline.attaching import Attaching
from tests.cases import bad_files
from tests.plumbline.exhibits import add, blobs, content, events, listed, rows
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site

CLUE: dict[str, Any] = {
    "item": "c08_3", "title": "保证金比例偏高", "problem": "按百分之十二收取。", "link": "c08_contract",
    "received_on": "2026-09-01", "source": "inspection",
}  # fmt: skip
TASK: dict[str, Any] = {
    "item": "c08_3", "found": "按百分之十二收取。", "responsible_unit": "QJN", "task_owner": "contractor",
    "measure": "退还超额部分", "due_on": "2027-06-30", "proof": "退款凭证",
}  # fmt: skip


@pytest.fixture
def site(rehearsal_template: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site.copied(rehearsal_template, tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def round_(site: Site) -> str:
    """A round with three photographs, two of them at a finding."""
    form = {"title": "合同检查", "kind": "special", "slot": "2026-W45", "project": "PC", "checklist": "LINKS"}
    with site.work.unit() as session:
        office = site.work.office
        opened = opening.open_matter(session, office, "inspection", actor="supervisor", at=NOON, fields=form)
    number = opened.number
    site.move("supervisor", number, "begin", place="项目部", inspectors=["supervisor", "registrar"])
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        add(site, number, bad_files.photograph(), name=name, who="supervisor", caption="李某签认")
    site.move("supervisor", number, "answer_item", item="c08_3", answer="finding", remark="偏高", measured="12",
              photographs="1, 3")  # fmt: skip
    return number


def make(site: Site, number: str, move: str, form: dict[str, Any], *, key: str | None = None) -> Moved:
    return Attaching(site.work).advance(number, move, actor="supervisor", at=NOON, fields=form, key=key)


def sound(site: Site) -> bool:
    with site.work.reading() as session:
        return audit.verify(session, site.work.evidence).ok


def held(site: Site, number: str) -> list[Attachment]:
    query = (
        select(Attachment)
        .join(Matter, col(Matter.id) == col(Attachment.matter))
        .where(Matter.number == number)
    )
    return list(site.ask(query.order_by(col(Attachment.number))))


def test_a_clue_gets_them_as_they_were_handed_in_and_no_further_file(site: Site, round_: str) -> None:
    before, originals = blobs(site), held(site, round_)
    made = make(site, round_, "record_finding", CLUE)
    clue = made.consequences[0].number
    came = held(site, clue)
    assert [(one.name, one.how) for one in came] == [("a.jpg", "carried"), ("c.jpg", "carried")]
    assert [one.sha256 for one in came] == [originals[0].sha256, originals[2].sha256]
    assert [one.origin for one in came] == [originals[0].id, originals[2].id]
    assert blobs(site) == before
    told = events(site, clue)
    assert [(move, data["first_added_by"]) for move, _, data in told] == [
        ("attachment.carried", "supervisor")
    ] * 2
    assert content(site, clue, 1, who="registrar") == content(site, round_, 1, who="registrar")
    assert sound(site)


def test_a_task_gets_copies_without_metadata_under_names_that_say_nothing(site: Site, round_: str) -> None:
    task = make(site, round_, "order_cure", TASK).consequences[0].number
    came = held(site, task)
    assert [(one.name, one.how, one.caption) for one in came] == [
        (f"{task}-1.jpg", "released", ""), (f"{task}-2.jpg", "released", "")]  # fmt: skip
    copy = content(site, task, 1, who="contractor")
    with Image.open(io.BytesIO(copy)) as seen:
        assert not seen.getexif()
    with Image.open(io.BytesIO(content(site, round_, 1, who="supervisor"))) as original:
        assert original.getexif(), "the original has where and with what it was taken"
    assert round_ not in str(listed(site, task, who="contractor"))
    left = site.ask(select(Disclosure).where(Disclosure.kind == "photograph").order_by(col(Disclosure.id)))
    assert [(one.told, one.fields, one.sha256) for one in left] == [
        ("QJN", ["attachment/1"], came[0].sha256), ("QJN", ["attachment/2"], came[1].sha256)]  # fmt: skip
    assert sound(site)


def test_the_round_says_where_they_went_to_who_sees_that_and_no_event_tells_anybody(
    site: Site, round_: str
) -> None:
    clue = make(site, round_, "record_finding", CLUE).consequences[0].number
    assert [one["went_to"] for one in listed(site, round_, who="leader")] == [[clue], [], [clue]]
    with site.work.unit() as session:
        recusing.declare(session, site.work.office, clue, actor="leader", reason="亲属", at=NOON)
    assert [one["went_to"] for one in listed(site, round_, who="leader")] == [[], [], []]
    assert clue not in str(events(site, round_))
    assert round_ not in str(events(site, clue))


def test_asked_again_with_the_same_key_nothing_goes_twice(site: Site, round_: str) -> None:
    first = make(site, round_, "order_cure", TASK, key="k").event
    count, files = rows(site), blobs(site)
    assert make(site, round_, "order_cure", TASK, key="k").event == first
    assert (rows(site), blobs(site)) == (count, files)


def test_what_was_answered_anew_without_them_takes_none_along(site: Site, round_: str) -> None:
    site.move(
        "supervisor", round_, "answer_item", item="c08_3", answer="finding", remark="偏高", measured="12"
    )
    clue = make(site, round_, "record_finding", CLUE).consequences[0].number
    assert held(site, clue) == []
    none = make(site, round_, "record_finding", CLUE | {"item": "c08_2"}).consequences[0].number
    assert held(site, none) == [], "nothing was found there before"


def test_whoever_has_the_task_alone_sees_nothing_of_the_round(site: Site, round_: str) -> None:
    task = make(site, round_, "order_cure", TASK).consequences[0].number
    assert [one["attachment"] for one in listed(site, task, who="contractor")] == [1, 2]
    with pytest.raises(NoSuchMatter):
        listed(site, round_, who="contractor")
