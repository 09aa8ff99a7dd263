"""Integrity files on pages: how they stand for those who see them; what one holds by an approved reading alone, until it
lapses; and nothing of it on any other page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cases import recusing
from tests.plumbline.shell import NOON
from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import EVERYBODY, House, hidden

MARK = "玄武岩7431"
SEES = {"registrar", "leader", "head", "auditor"}


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


def test_the_list_names_the_file_and_what_it_lacks_and_who_sees_none_is_shown_none(house: House) -> None:
    number = house.person_file(MARK)
    page = house.page("registrar", "/files")
    for said in (number, "郑海峰", "Missing or older than a year", "income", 'href="/register/person_file"'):
        assert said in page, said
    assert "缺失或逾年未更新" in house.get("registrar", "/files?lang=zh").text
    assert {who for who in EVERYBODY if number in house.page(who, "/files")} == SEES
    assert house.get("officer", f"/files/{number}").status_code == 404


def test_the_form_puts_a_leaf_in_and_no_page_tells_what_it_says(house: House) -> None:
    number = house.person_file()
    move = f"/matters/{number}/moves/put_in_own"
    said = {
        "leaf_part": "income",
        "leaf_text": MARK,
        "leaf_signed_by": "郑海峰",
        "leaf_signed_on": "2026-09-01",
    }
    form = house.page("registrar", move)
    sent = {f"f_{name}": value for name, value in said.items()}
    sent |= {name: hidden(form, name) for name in ("key", "version")}
    unsigned = house.post("registrar", move, move, **sent | {"f_leaf_signed_on": ""})
    assert unsigned.status_code == 422
    assert "本人填报的材料须由本人签名并注明日期" in unsigned.text
    assert house.post("registrar", move, move, **sent).status_code == 303
    looked = [f"/files/{number}", f"/matters/{number}", f"/matters/{number}/picture", "/files", "/", f"/search?q={MARK}",
              "/worklist?machine=person_file", f"/search?q={number}", move, "/notices", "/figures"]  # fmt: skip
    for who in sorted(SEES):
        for path in looked:
            assert MARK not in house.get(who, path).text.replace(f'value="{MARK}"', ""), (who, path)
    assert "Leaves: 1" in house.page("registrar", f"/files/{number}")
    assert f'href="/matters/{number}/attachments"' not in house.page("registrar", f"/matters/{number}")


def test_an_approved_reading_is_a_page_for_whoever_asked_until_its_instant(house: House) -> None:
    number, reading = house.person_file(MARK), house.asks_to_read()
    contents = f"/files/{reading}/contents"
    assert house.get("officer", contents).status_code == 422
    assert MARK not in house.get("officer", contents).text
    house.site.move("leader", reading, "approve", file=number)
    assert f'href="{contents}"' in house.page("officer", f"/matters/{reading}")
    answer = house.get("officer", contents + "?lang=en")
    assert MARK in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "no copying, excerpting, lending, printing" in answer.text
    assert "本次查阅已记录" in house.get("officer", contents + "?lang=zh").text
    for other in ("leader", "registrar", "auditor"):
        assert MARK not in house.get(other, contents).text
        assert contents not in house.page(other, f"/matters/{reading}")
    assert house.get("officer2", contents).status_code == 404
    assert house.get("officer", f"/files/{number}/contents").status_code == 404
    house.later(hours=23, minutes=50)
    assert MARK in house.get("officer", contents).text
    house.later(minutes=20)
    assert MARK not in house.get("officer", contents).text


def test_what_one_is_kept_out_of_is_not_there(house: House) -> None:
    number, reading = house.person_file(MARK), house.asks_to_read()
    house.site.move("leader", reading, "approve", file=number)
    with house.office.work.unit() as session:
        recusing.declare(session, house.office.work.office, number, actor="auditor", reason="亲属", at=NOON)
        recusing.declare(session, house.office.work.office, reading, actor="officer", reason="亲属", at=NOON)
    assert house.get("auditor", f"/files/{number}").status_code == 404
    assert house.get("officer", f"/files/{reading}/contents").status_code == 404


def test_a_project_s_file_tells_each_item_and_what_is_on_file_of_it(house: House) -> None:
    number = house.project_file()
    point = house.risk()
    house.site.move(
        "registrar", number, "note_item", file_item="tender", item_state="complete", item_where="柜A-3"
    )
    page = house.page("leader", f"/files/{number}")
    for said in (
        "tender",
        "柜A-3",
        "1 of 18 items settled",
        f'href="/matters/{point}"',
        "德州市工程项目廉政档案做法",
    ):
        assert said in page, said
    assert "1 of 18 items settled" in house.page("leader", "/files")
    assert house.get("contractor", f"/files/{number}").status_code == 404


def test_somebody_with_an_account_fills_in_their_sheet_on_its_page_and_what_they_wrote_is_sealed(
    house: House,
) -> None:
    number, sheet = house.person_file(account="overseer"), house.sheet("overseer")
    move = f"/matters/{sheet}/moves/sign"
    assert "Signed under your account" in house.page("overseer", move)
    sent = {name: hidden(house.page("overseer", move), name) for name in ("key", "version")} | {
        "f_leaf_text": MARK
    }
    assert house.post("overseer", move, move, **sent).status_code == 303
    for path in (f"/matters/{sheet}", "/", "/tasks", "/worklist?tab=all", f"/search?q={sheet}"):
        assert MARK not in house.get("overseer", path).text, path
    assert house.get("overseer", f"/files/{number}").status_code == 404
    reading = house.asks_to_read(subject="沈洁", subject_unit="恒泰监理公司")
    house.site.move("leader", reading, "approve", file=number)
    shown = house.page("officer", f"/files/{reading}/contents")
    assert MARK in shown
    assert "Signed by 沈洁 (under their account, overseer)" in shown
