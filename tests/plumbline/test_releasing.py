"""Photographs for a brief: members see the picture, and nothing of where, when, by whom or of whom it was taken."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from cases import audit, disclosures, recusing
from cases.attachments import Added
from cases.matters import Seat
from cases.opening import id_of
from plumbline import setup
from plumbline.attaching import Attaching
from plumbline.settings import Settings
from tests.cases import bad_files
from tests.plumbline.exhibits import add, answer, blobs, content, convened, events, listed, release, rows
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site


@pytest.fixture
def site(rehearsal_template: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site.copied(rehearsal_template, tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site on SQLite, then one on PostgreSQL."""
    settings = Settings(home=tmp_path / "home", database_url=database_url)
    setup.prepare(settings, rehearsal=True, with_sample=True, at=NOON)
    made = Site.at(settings.home, database_url=database_url)
    yield made
    made.close()


def sound(site: Site) -> bool:
    with site.work.reading() as session:
        return audit.verify(session, site.work.evidence).ok


def told(site: Site, clue: str) -> list[tuple[str, str, list[str], str]]:
    """The lines of the ledger about photographs: those about the brief itself tell of its fields."""
    with site.work.reading() as session:
        lines = disclosures.known(session, site.work.office, clue, actor="head")
    return [(one["kind"], one["to"], one["fields"], one["sha256"]) for one in lines
            if one["kind"] == "brief" and one["fields"][0].startswith("attachment/")]  # fmt: skip


def test_where_a_photograph_went_is_told_only_as_far_as_that_round_is_seen(site: Site) -> None:
    clue, round_ = convened(site)
    add(site, clue, name="a.jpg")
    release(site, round_, clue, 1)
    site.move("officer", clue, "copy_to", copied_to=["officer2"])
    assert [one["went_to"] for one in listed(site, clue, who="head")] == [[round_]]
    assert answer(lambda: listed(site, round_, who="officer2")) == "nothing"
    assert [one["went_to"] for one in listed(site, clue, who="officer2")] == [[]], (
        "the number of a round is for whoever sees it"
    )


def test_a_member_sees_the_picture_without_its_place_under_a_name_that_says_nothing(either: Site) -> None:
    clue, round_ = convened(either)
    original = add(either, clue, name="码头7号泊位_老张拍.jpg", caption="基床表面")
    (copy,) = release(either, round_, clue, 1)
    for who in ("owner", "contractor"):
        (line,) = listed(either, round_, who=who)
        assert (line["name"], line["caption"], line["media_type"], line["how"]) == (
            f"{round_}-1.jpg", "基床表面", "image/jpeg", "released")  # fmt: skip
        data = content(either, round_, 1, who=who)
        assert bad_files.SECRET_PLACE.encode() not in data
        with Image.open(io.BytesIO(data)) as image:
            assert (dict(image.getexif()), image.size) == ({}, (32, 64))
        for act in (
            lambda who=who: listed(either, clue, who=who),
            lambda who=who: content(either, clue, 1, who=who),
        ):
            assert answer(act) == "nothing"
    seen = str(events(either, round_)) + str(listed(either, round_, who="owner"))
    for secret in ("老张", "码头7号", original.sha256, clue):
        assert secret not in seen
    assert events(either, clue)[-1][2] == {"number": 1, "to": round_, "copy": 1, "sha256": copy.sha256}
    assert listed(either, clue, who="head")[0]["went_to"] == [round_]
    assert bad_files.SECRET_PLACE.encode() in content(either, clue, 1, who="officer"), (
        "the original stays as it was"
    )
    assert sound(either)


def test_the_ledger_says_which_bodies_got_which_photograph(site: Site) -> None:
    clue, round_ = convened(site)
    add(site, clue, bad_files.photograph(colour="blue"))
    add(site, clue)
    copies = release(site, round_, clue, 2, 1, who="officer")
    assert told(site, clue) == [
        ("brief", body, [f"attachment/{number}"], copy.sha256)
        for number, copy in zip((2, 1), copies, strict=True) for body in ("GKJ", "QJN")
    ]  # fmt: skip


@pytest.mark.parametrize("who, code", [
    ("officer", "done"), ("registrar", "done"), ("leader", "done"), ("head", "not_your_role"),
    ("auditor", "not_your_role"), ("officer2", "nothing"), ("owner", "nothing"), ("district", "nothing"),
    ("supervisor", "nothing"),
])  # fmt: skip
def test_who_may_release(site: Site, who: str, code: str) -> None:
    clue, round_ = convened(site)
    add(site, clue)
    assert answer(lambda: release(site, round_, clue, 1, who=who)) == code
    assert len(listed(site, round_, who="leader")) == (code == "done")


def test_an_officer_who_sees_a_clue_but_does_not_handle_it(site: Site) -> None:
    clue, round_ = convened(site)
    add(site, clue)
    with site.work.unit() as session:
        for number in (clue, round_):
            session.add(Seat(matter=id_of(session, number), person="officer2"))
    assert answer(lambda: release(site, round_, clue, 1, who="officer2")) == "not_your_role"


@pytest.mark.parametrize("given, code", [
    ({"name": "周建国签字.jpg"}, "not_redacted"), ({"caption": "左侧为周建国"}, "not_redacted"),
    ({"name": "赵检举拍.jpg"}, "names_the_reporter"), ({"caption": "13900001234 发来"}, "names_the_reporter"),
    ({"name": "基床.jpg", "caption": "未覆盖"}, "done"),
])  # fmt: skip
def test_neither_whom_it_is_about_nor_who_reported_is_named(
    site: Site, given: dict[str, str], code: str
) -> None:
    clue, round_ = convened(
        site, subject="周建国", real_name="true", reporter_name="赵检举", reporter_contact="13900001234"
    )
    add(site, clue, who="officer", **given)  # type: ignore[arg-type]
    assert answer(lambda: release(site, round_, clue, 1)) == code
    assert len(listed(site, round_, who="owner")) == (code == "done")


def test_another_caption_for_the_members(site: Site) -> None:
    clue, round_ = convened(site, subject="周建国")
    add(site, clue, caption="周建国在现场")
    assert answer(lambda: release(site, round_, clue, 1, caption="还是周建国")) == "not_redacted"
    assert answer(lambda: release(site, round_, clue, 1, caption="x" * 201)) == "too_long"
    release(site, round_, clue, 1, caption="验收现场")
    assert [one["caption"] for one in listed(site, round_, who="owner")] == ["验收现场"]


def test_only_pictures_that_are_whole(site: Site) -> None:
    clue, round_ = convened(site)
    add(site, clue, bad_files.pdf(), name="a.pdf")
    add(site, clue, bad_files.photograph(size=(600, 400))[:900])
    add(site, clue)
    before = rows(site), blobs(site)
    for numbers in ((1,), (2,), (3, 1)):
        assert answer(lambda numbers=numbers: release(site, round_, clue, *numbers)) == "not_a_photograph"  # type: ignore[misc]
    assert answer(lambda: release(site, round_, clue, 9)) == "no_such_attachment"
    assert (rows(site), blobs(site)) == before


def test_once_for_each_round_and_to_a_round_of_this_clue_alone(site: Site) -> None:
    clue, round_ = convened(site)
    other, elsewhere = convened(site)
    add(site, clue)
    assert answer(lambda: release(site, elsewhere, clue, 1)) == "nothing"
    assert answer(lambda: release(site, clue, clue, 1)) != "done"
    release(site, round_, clue, 1)
    assert answer(lambda: release(site, round_, clue, 1)) == "released_already"
    assert listed(site, elsewhere, who="leader") == listed(site, other, who="leader") == []


def test_a_round_that_is_over_gets_no_more(site: Site) -> None:
    clue, round_ = convened(site)
    add(site, clue)
    site.move("leader", round_, "cancel")
    assert answer(lambda: release(site, round_, clue, 1)) == "round_over"


def test_a_damaged_original_is_not_released(site: Site) -> None:
    clue, round_ = convened(site)
    site.work.evidence.place(add(site, clue).sha256).unlink()
    assert answer(lambda: release(site, round_, clue, 1)) == "attachment_damaged"


def test_a_recused_member_sees_no_photograph_and_their_body_is_not_told_of(site: Site) -> None:
    clue, round_ = convened(site)
    add(site, clue)
    with site.work.unit() as session:
        recusing.declare(session, site.work.office, round_, actor="owner", reason="旧识", at=NOON)
    release(site, round_, clue, 1)
    for act in (lambda: listed(site, round_, who="owner"), lambda: content(site, round_, 1, who="owner")):
        assert answer(act) == "nothing"
    assert "GKJ" not in [to for _, to, _, _ in told(site, clue)]
    assert site.ask(select(Seat.person)) != []


def test_who_is_kept_out_of_an_item_sees_no_photograph_of_it(site: Site) -> None:
    clue, round_ = convened(site)
    other = site.clue(title="围堰", subject="某甲")
    add(site, clue, caption="基床")
    add(site, other, bad_files.photograph(size=(40, 30)), caption="围堰")
    site.move("registrar", round_, "take_up_clue", clue=other)
    release(site, round_, clue, 1)
    release(site, round_, other, 1)
    with site.work.unit() as session:
        recusing.declare(session, site.work.office, other, actor="leader", reason="亲属", at=NOON)
    assert [(one["item"], one["caption"]) for one in listed(site, round_, who="owner")] == [
        (1, "基床"),
        (2, "围堰"),
    ]
    assert [one["item"] for one in listed(site, round_, who="leader")] == [1]
    assert answer(lambda: content(site, round_, 1, who="leader")) == "done"
    assert answer(lambda: content(site, round_, 2, who="leader")) == "no_such_attachment"
    assert answer(lambda: content(site, round_, 9, who="leader")) == "no_such_attachment"


def test_whoever_is_kept_out_of_an_item_finds_no_photograph_of_it(either: Site) -> None:
    clue, round_ = convened(either)
    other = either.clue(title="另一件")
    either.move(
        "registrar", round_, "take_up_clue", clue=other, brief_item="另有一事", proposed_item="handle"
    )
    for number in (clue, other):
        add(either, number)
        release(either, round_, number, 1, caption=f"照片{number}")
    with either.work.unit() as session:
        key = recusing.challenge(session, either.work.office, other, actor="leader", person_="owner", reason="x",
                                 at=NOON).id  # fmt: skip
        recusing.decide(session, either.work.office, key, actor="head", grant=True, reason="x", at=NOON)
    assert [line["caption"] for line in listed(either, round_, who="owner")] == [f"照片{clue}"]
    assert answer(lambda: content(either, round_, 2, who="owner")) == "no_such_attachment"
    assert content(either, round_, 1, who="owner") == content(either, round_, 1, who="contractor")
    assert len(listed(either, round_, who="contractor")) == 2
    assert sound(either)


def test_the_same_request_from_several_at_once_releases_one_copy(either: Site) -> None:
    clue, round_ = convened(either)
    add(either, clue)
    made, leader = list[list[Added]](), Attaching(either.work)

    def ask() -> None:
        made.append(leader.release(round_, clue, [1], actor="leader", at=NOON, key="k"))

    workers = [threading.Thread(target=ask) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(made) == 3
    assert all(one == made[0] for one in made)
    assert (rows(either), len(told(either, clue))) == (2, 2)
    assert sound(either)
