"""An inspection on a phone: begun, findings with photographs, drafts that outlive a bad line."""

from __future__ import annotations

import io

import pytest

from tests.cases import bad_files
from tests.plumbline import exhibits
from tests.web.rooms.visiting import EVERYBODY, House, hidden

WORD = "青苔旧约zq"
FINDING = {"title": "影像缺失", "problem": WORD, "link": "c15_quality", "received_on": "2026-09-01",
           "source": "inspection"}  # fmt: skip


@pytest.fixture
def number(house: House) -> str:
    """An inspection under way."""
    return house.inspection()


def send(house: House, number: str, act: str, *photos: bytes, page: str = "", **form: str) -> tuple[int, str]:
    path = f"/inspections/{number}"
    page = page or house.page("supervisor", path)
    hid = {name: hidden(page, name) for name in ("version",)} | {"item": "1", "key": hidden(page, "key", 1)}
    files = [("files", (f"IMG_{at}.jpg", io.BytesIO(one))) for at, one in enumerate(photos)]
    answer = house.send(
        "supervisor", f"{path}/findings", path, files or {"files": ("", b"")}, act=act, **hid | form
    )
    return answer.status_code, answer.text


def test_a_finding_becomes_a_clue_with_its_photographs(house: House, number: str) -> None:
    photos = (bad_files.photograph(), bad_files.photograph(colour="blue"))
    assert send(house, number, "record", *photos, **FINDING)[0] == 303
    (clue,) = house.site.clues()
    assert [one["caption"] for one in exhibits.listed(house.site, clue, who="registrar")] == ["影像缺失"] * 2
    page = house.page("supervisor", f"/inspections/{number}")
    assert f"/matters/{clue}/attachments" in page
    assert WORD not in page, "the draft is gone with it"


def test_photographs_that_were_not_kept_are_named_so_that_they_are_chosen_again(
    house: House, number: str
) -> None:
    status, text = send(house, number, "record", bad_files.photograph(), **FINDING | {"link": ""})
    assert (status, "请在改正后重新选择：IMG_0.jpg" in text) == (422, True)
    status, text = send(house, number, "draft", bad_files.photograph(), **FINDING)
    assert (status, "请在改正后重新选择：IMG_0.jpg" in text, WORD in text) == (200, True, True)
    status, text = send(house, number, "record", b"<svg/>", bad_files.photograph(), **FINDING)
    assert (status, "重新选择：IMG_0.jpg。" in text) == (422, True), "the one that was taken in is not named"


def test_what_was_typed_is_kept_and_seen_by_nobody_else(house: House, number: str) -> None:
    assert send(house, number, "draft", problem=WORD)[0] == 303
    page = house.page("supervisor", f"/inspections/{number}")
    assert WORD in page
    assert "Finding 2" in page
    assert WORD not in house.page("registrar", f"/inspections/{number}")
    assert send(house, number, "draft", problem="")[0] == 303
    assert WORD not in house.page("supervisor", f"/inspections/{number}")


def test_a_refused_finding_says_why_and_loses_nothing(house: House, number: str) -> None:
    status, text = send(house, number, "record", bad_files.photograph(), **FINDING | {"link": ""})
    assert status == 422
    assert 'role="alert"' in text
    assert WORD in text
    assert WORD in house.page("supervisor", f"/inspections/{number}")
    assert house.site.clues() == []


def test_a_photograph_that_cannot_be_kept_is_named_and_the_finding_stays(house: House, number: str) -> None:
    status, text = send(house, number, "record", b"<svg/>", bad_files.photograph(), **FINDING)
    assert status == 422
    assert "IMG_0.jpg" in text
    (clue,) = house.site.clues()
    assert len(exhibits.listed(house.site, clue, who="registrar")) == 1


def test_sent_twice_it_is_one_finding(house: House, number: str) -> None:
    page = house.page("supervisor", f"/inspections/{number}")
    assert [send(house, number, "record", page=page, **FINDING)[0] for _ in range(2)] == [303, 303]
    assert len(house.site.clues()) == 1


def test_its_moves_are_large_buttons_and_the_camera_is_at_hand(house: House, number: str) -> None:
    page = house.page("supervisor", f"/inspections/{number}")
    assert 'capture="environment"' in page
    assert f'class="btn btn-primary" href="/matters/{number}/moves/record_nothing"' in page
    assert number in house.page("supervisor", "/inspections")


def test_who_sees_it_and_may_record_nothing_is_told_and_others_find_nothing(
    house: House, number: str
) -> None:
    seeing = {who for who in EVERYBODY if house.get(who, f"/inspections/{number}").status_code == 200}
    assert seeing == {"supervisor", "registrar", "leader", "head", "auditor"}
    path = f"/inspections/{number}/findings"
    sent = {"item": "1", "version": "2", "key": "k", "act": "record"} | FINDING
    assert house.send("auditor", path, "/account", {"files": ("", b"")}, **sent).status_code in (403, 422)
    assert house.send("owner", path, "/account", {"files": ("", b"")}, **sent).status_code == 404
    assert house.site.clues() == []
