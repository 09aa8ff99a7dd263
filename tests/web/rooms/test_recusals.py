"""Challenges on a page: a second person decides, with a reason; nobody else finds them there."""

from __future__ import annotations

import re

from sqlmodel import select

from cases import interests, recusing
from cases.recusals import Recusal
from tests.web.rooms.visiting import EVERYBODY, House

WHY = "与被反映人系近亲属"


def challenged(house: House, by: str = "registrar", person: str = "officer") -> tuple[str, int]:
    """A clue, and the challenge of somebody on it."""
    number, office = house.site.clue(project="PC"), house.office.work
    with office.unit() as session:
        found = recusing.challenge(session, office.office, number, actor=by, person_=person, reason=WHY,
                                   at=house.office.clock())  # fmt: skip
        return number, found.id


def state(house: House, key: int) -> tuple[str, str]:
    with house.office.work.reading() as session:
        one = session.exec(select(Recusal).where(Recusal.id == key)).one()
        return one.state, one.decision


def test_only_who_decides_finds_a_challenge_there_with_its_reason(house: House) -> None:
    number, _ = challenged(house)
    for who in EVERYBODY:
        page = house.page(who, "/recusals")
        assert (number in page and WHY in page) == (who == "head"), who
    assert 'href="/recusals"' in house.page("head", "/")
    assert "待决定的回避申请" in house.get("head", "/recusals?lang=zh").text


def test_the_head_keeps_the_person_out_and_says_why(house: House) -> None:
    _, key = challenged(house)
    answer = house.post("head", f"/recusals/{key}", "/recusals", decision="grant", reason="经核实属实")
    assert answer.status_code == 303
    assert state(house, key) == ("in_force", "经核实属实")
    assert "No recusal waits" in house.page("head", "/recusals")
    again = house.post("head", f"/recusals/{key}", "/recusals", decision="refuse", reason="改变主意")
    assert again.status_code == 404, "it is decided"


def test_a_challenge_is_refused_with_a_reason_alone(house: House) -> None:
    _, key = challenged(house)
    answer = house.post("head", f"/recusals/{key}?lang=en", "/recusals", decision="refuse", reason="  ")
    assert answer.status_code == 422
    assert re.search(r'role="alert".*A reason is 1 to', answer.text, re.DOTALL)
    assert state(house, key) == ("asked", "")
    house.post("head", f"/recusals/{key}", "/recusals", decision="refuse", reason="不属近亲属")
    assert state(house, key) == ("refused", "不属近亲属")


def test_neither_who_asked_nor_who_is_concerned_nor_anybody_else_decides(house: House) -> None:
    _, key = challenged(house)
    codes = {
        who: house.post(who, f"/recusals/{key}", "/recusals", decision="grant", reason="同意").status_code
        for who in ("registrar", "officer", "leader", "owner", "operator", "district")
    }
    assert codes == {
        "registrar": 422,
        "officer": 404,
        "leader": 403,
        "owner": 404,
        "operator": 404,
        "district": 404,
    }
    assert state(house, key) == ("asked", "")


def test_the_challenge_of_a_head_goes_to_the_commission_above(house: House) -> None:
    number, key = challenged(house, person="head")
    assert number not in house.page("head", "/recusals")
    assert number in house.page("district", "/recusals")
    done = house.post("district", f"/recusals/{key}", "/recusals", decision="grant", reason="属实")
    assert done.status_code == 303


def test_a_decision_that_is_none_and_a_challenge_that_is_none_are_not_there(house: House) -> None:
    _, key = challenged(house)
    assert (
        house.post("head", f"/recusals/{key}", "/recusals", decision="maybe", reason="x").status_code == 404
    )
    for strange in ("0", "99999", "x", str(10**12)):
        form = {"decision": "grant", "reason": "x"}
        assert house.post("head", f"/recusals/{strange}", "/recusals", **form).status_code == 404


def test_names_that_are_near_stand_there_with_whom_they_bring_in(house: House) -> None:
    with house.office.work.unit() as session:
        for who in ("contractor", "owner"):
            interests.declare(
                session, person=who, kind="company", name="远洋劳务公司", note="", at=house.office.clock()
            )
    number = house.site.clue(subject="某甲", subject_unit="长春远洋劳务工程队")
    page = house.page("head", "/recusals?lang=en")
    assert number in page
    assert "远洋劳务公司 ≈ 长春远洋劳务工程队" in page
    assert "Found by comparing names" in page
    assert page.count('<h2 id="recusal-') == 1, "one question for both"
    for who in EVERYBODY:
        assert who == "head" or "≈" not in house.page(who, "/recusals"), who
