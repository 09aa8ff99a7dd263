"""Outbox and inbox: what goes up, how it travels, and the signed files between two sites, carried by hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import opening, surveys
from tests.plumbline import exhibits
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Two
from tests.web.browsing import Clock, Office
from tests.web.rooms.visiting import EVERYBODY, House, words


@pytest.fixture
def two(rehearsal_template: Path, tmp_path: Path, time: Clock) -> Iterator[tuple[House, House]]:
    """The port group's site and the district's, that trust each other."""
    made = Two.under(tmp_path, rehearsal_template)
    yield House(Office(made.port.work, time)), House(Office(made.district.work, time))
    made.close()


def test_the_outbox_says_where_it_is_and_the_inbox_of_the_district_has_it(house: House) -> None:
    number = house.site.escalated()
    page = house.page("registrar", "/outbox")
    assert number in page
    assert "Binhai New Area Commission" in page
    assert "dispatch · 2026-09-01 · 何敏" in words(page)
    assert number not in house.page("registrar", "/inbox")
    arrived = house.page("district", "/inbox")
    assert number in arrived
    assert "Port Group Discipline Commission" in arrived
    assert f"/matters/{number}/moves/sign_for" in arrived
    assert f"/matters/{number}/moves/sign_for" not in page
    house.site.move("district", number, "sign_for")
    assert "sign for it · 2026-09-01" in words(house.page("registrar", f"/outbox/{number}"))
    assert "quality and hidden works" in house.page("registrar", f"/outbox/{number}")
    assert f"/matters/{number}/moves/accept" in house.page("district", f"/inbox/{number}")


def test_what_is_owed_comes_first_and_what_is_late_says_so_in_words(house: House) -> None:
    sent = house.site.escalated()
    house.site.clue(kind="non_action", title="应报")
    page = house.page("registrar", "/outbox")
    assert page.index(">owed<") < page.index(sent)
    house.later(days=60)
    assert "days late" in house.page("registrar", "/outbox")
    house.speak("registrar", "zh")
    assert "已逾期" in house.get("registrar", "/outbox").text


def test_an_assignment_goes_down_and_stands_in_the_inbox_of_the_body_below(house: House) -> None:
    work = house.office.work
    with work.unit() as session:
        form = surveys.opening_form(session, work.office, "assignment", at=NOON, lang="en", actor="district")
        fields = {one["name"]: one["example"] for one in form if one["required"]} | {"addressee": "MGJ"}
        number = opening.open_matter(session, work.office, "assignment", actor="district", at=NOON,
                                     fields=fields).number  # fmt: skip
    assert number not in house.page("registrar", "/inbox")
    house.site.move("district2", number, "approve")
    house.site.move("district", number, "dispatch")
    assert number in house.page("district", "/outbox")
    assert f"/matters/{number}/moves/sign_for" in house.page("registrar", "/inbox")


def test_what_one_may_not_see_stands_in_no_box_and_has_no_page(house: House) -> None:
    number = house.site.escalated()
    seeing = {"registrar", "leader", "head", "auditor", "district", "district2"}
    for who in EVERYBODY:
        for box in ("outbox", "inbox"):
            assert (number in house.page(who, f"/{box}")) == (
                who in seeing and (who.startswith("district")) == (box == "inbox")
            ), (who, box)
            assert (house.get(who, f"/{box}/{number}").status_code == 200) == (who in seeing), who
    assert house.get("head", f"/outbox/{house.site.clue(title='乙')}").status_code == 404


def test_a_packet_and_its_answer_travel_between_two_sites_by_hand(two: tuple[House, House]) -> None:
    port, district = two
    clue = port.site.clue()
    moved = port.site.move("registrar", clue, "escalate")
    ours = moved.consequences[0].number
    exhibits.add(port.site, clue, name="影像.jpg")
    path = f"/matters/{clue}/attachments"
    port.post("registrar", f"{path}/send", path, to=ours, **{"attachment-1": "1"})
    port.site.move("leader", ours, "approve")
    port.site.move("registrar", ours, "dispatch")
    packet = port.post("registrar", f"/outbox/{ours}/packet", f"/outbox/{ours}", **{"leave-summary": "1"})
    assert packet.status_code == 200
    assert packet.headers["content-disposition"].startswith("attachment")
    page = send(district, "district", "/inbox/packets", "/inbox", packet.content, act="look")
    assert page[0] == 200
    assert "文件有效，尚未导入" in page[1]
    assert "情况摘要" not in page[1]
    assert district.site.escalations() == []
    assert "已登记为" in send(district, "district", "/inbox/packets", "/inbox", packet.content, act="take")[1]
    assert "先前已收到" in send(district, "district", "/inbox/packets", "/inbox", packet.content)[1]
    (theirs,) = district.site.escalations()
    assert "影像.jpg" in district.page("district", f"/inbox/{theirs}")
    district.site.move("district", theirs, "sign_for")
    district.site.move("district", theirs, "accept")
    reply = district.post("district", f"/inbox/{theirs}/reply", f"/inbox/{theirs}")
    assert reply.status_code == 200
    assert "已按来件更新" in send(port, "registrar", "/outbox/replies", "/outbox", reply.content)[1]
    assert port.site.state(ours) == "answered"
    assert "请继续办理并报结果" in port.page("registrar", f"/outbox/{ours}")


@pytest.mark.parametrize("data", [b"", b"nonsense", b"{}", b'{"plumbline":"packet"}'])
def test_a_bad_file_is_refused_with_its_reasons_and_on_record(house: House, data: bytes) -> None:
    status, text = send(house, "district", "/inbox/packets", "/inbox", data)
    assert status == 422
    assert 'role="alert"' in text
    assert [(what, outcome) for what, outcome, _ in house.site.log()] == [("packet", "refused")]


def test_who_takes_no_files_in_is_offered_no_form_and_refused_all_the_same(house: House) -> None:
    assert "/inbox/packets" not in house.page("owner", "/inbox")
    assert "/outbox/replies" not in house.page("owner", "/outbox")
    assert "/inbox/packets" in house.page("operator", "/inbox")
    status, _ = send(house, "owner", "/inbox/packets", "/account", b"nonsense")
    assert status == 422
    assert house.post("owner", "/outbox/MGJ-SB-2026-001/packet", "/account").status_code == 404


def test_tasks_are_the_owners_and_the_offices(house: House) -> None:
    _, number = house.in_session()
    for who in ("owner", "contractor", "overseer"):
        house.site.move(who, number, "give_opinion", item=1)
    house.site.move("leader", number, "collect_opinions")
    house.site.move("leader", number, "resolve")
    task = (
        house.site.move("officer", number, "issue_task", task_owner="contractor", measure="补做验收")
        .consequences[0]
        .number
    )
    assert f"/matters/{task}" in house.page("contractor", "/tasks")
    assert "补做验收" in house.page("head", "/tasks")
    assert task not in house.page("owner", "/tasks")
    house.later(days=90)
    assert "days late" in house.page("contractor", "/tasks")


def send(house: House, who: str, path: str, page: str, data: bytes, /, **form: str) -> tuple[int, str]:
    answer = house.send(who, path, page, {"file": ("packet.json", io.BytesIO(data))}, **form)
    return answer.status_code, answer.text
