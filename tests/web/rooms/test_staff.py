"""People, bodies, projects, the end of an account, one's settings, and the outbox of notices."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select, update

from cases.people import Person, Posting
from notifications import outbox
from notifications.notices import Notice
from plumbline.sample import COMMISSION
from tests.web.rooms.visiting import EVERYBODY, House

NEW = {"login": "he.xin", "name": "何新", "organisation": COMMISSION, "role": "officer", "lang": "zh"}


def test_the_operator_enters_somebody_who_comes_in_by_a_link_shown_once(house: House) -> None:
    assert house.post("operator", "/people", "/people", **NEW).status_code == 303
    page = house.post("operator", "/people/he.xin/invite", "/people/he.xin").text
    link = re.search(r"/welcome/[\w-]{20,}", page)
    assert link
    assert link[0] not in house.page("operator", "/people/he.xin")
    assert house.office.browser().get(link[0]).status_code == 200


def test_what_is_wrong_with_somebody_new_is_said_and_nothing_typed_is_lost(house: House) -> None:
    answer = house.post("operator", "/people", "/people", **NEW | {"login": "He Xin", "role": "operator"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="何新"' in answer.text
    assert house.site.ask(select(Person).where(Person.login == "He Xin")) == []


def test_a_role_is_given_and_taken_away(house: House) -> None:
    where = {"role": "leader", "organisation": COMMISSION, "project": ""}
    assert house.post("operator", "/people/officer/post", "/people/officer", **where).status_code == 303
    held = select(Posting.role).where(Posting.person == "officer")
    assert set(house.site.ask(held)) == {"officer", "leader"}
    assert house.post("operator", "/people/officer/unpost", "/people/officer", **where).status_code == 303
    assert set(house.site.ask(held)) == {"officer"}
    last = {"role": "operator", "organisation": COMMISSION, "project": ""}
    assert house.post("operator", "/people/operator/unpost", "/people/operator", **last).status_code == 422


@pytest.mark.parametrize("path", ["/people", "/people/officer", "/organisations", "/projects"])
def test_those_pages_are_there_for_the_operator_alone(house: House, path: str) -> None:
    assert [who for who in EVERYBODY if house.get(who, path).status_code != 404] == ["operator"]
    assert house.post("head", path, "/account", **NEW).status_code in (404, 405)
    assert house.get("operator", "/people/nobody").status_code == 404


def test_bodies_and_projects_are_entered_and_moved(house: House) -> None:
    body = {"code": "XJW", "kind": "commission", "name_zh": "新区", "name_en": "New", "parent": "BHJ"}
    assert house.post("operator", "/organisations", "/organisations", **body).status_code == 303
    assert house.post("operator", "/organisations", "/organisations", **body).status_code == 422
    moved = {"act": "move", "code": "BHJ", "parent": "XJW"}
    assert house.post("operator", "/organisations", "/organisations", **moved).status_code == 422
    project = {"code": "NP", "name": "新项目", "organisation": "XJW"}
    assert house.post("operator", "/projects", "/projects", **project).status_code == 303
    assert "新项目" in house.page("operator", "/projects")


def test_an_account_ends_with_its_work_once_a_second_person_approves(house: House) -> None:
    clue, _ = house.convened()
    page = house.page("registrar", "/account-ends?login=officer")
    assert clue in page
    form = {"login": "officer", "successor": "owner", "reason": "调离"}
    refused = house.post("registrar", "/account-ends", "/account-ends?login=officer", **form)
    assert refused.status_code == 422
    assert "调离" in refused.text
    form["successor"] = "officer2"
    assert house.post("registrar", "/account-ends", "/account-ends?login=officer", **form).status_code == 303
    assert "No end of an account waits" in house.page("leader", "/account-ends")
    page = house.page("head", "/account-ends")
    key = re.search(r"/account-ends/(\d+)/approve", page)
    assert key
    assert house.post("leader", key[0], "/account").status_code == 404
    assert house.post("registrar", key[0], "/account-ends").status_code == 422
    assert house.post("head", key[0], "/account-ends").status_code == 303
    assert house.site.ask(select(Person.active).where(Person.login == "officer")) == [False]
    assert house.get("officer2", f"/matters/{clue}/attachments").status_code == 200


def test_the_operator_sees_in_a_pack_no_number_of_a_matter(house: House) -> None:
    clue, number = house.convened()
    page = house.page("operator", "/account-ends?login=officer")
    assert clue not in page
    assert number not in page
    assert "more that you do not see" in page


def test_what_was_not_sent_because_its_reader_may_know_no_more_is_told_the_operator_alone(
    house: House,
) -> None:
    house.convened()
    with house.office.work.unit() as session:
        session.execute(update(Notice).where(col(Notice.recipient) == "officer")
                        .values(status="dropped", next_at=None, last_error=outbox.NOT_THEIRS))  # fmt: skip
    page = house.page("operator", "/notices?status=dropped")
    assert "Not sent: the matter" in page
    assert "/again" not in page
    for asked in ("/notices", "/notices?status=dropped"):
        assert "room-cards" not in house.page("officer", asked)


def test_ones_own_settings_are_changed_and_a_bad_address_changes_nothing(house: House) -> None:
    form = {"lang": "en", "channel": "folder", "email": "li.ming@example.org"}
    assert house.post("officer", "/settings", "/settings", **form).status_code == 303
    assert 'lang="en"' in house.get("officer", "/settings?saved=1").text
    for wrong in ({"email": "x\r\ny@example.org"}, {"email": "nobody"}, {"channel": "pigeon"}):
        assert house.post("officer", "/settings", "/settings", **form | wrong).status_code == 422
    held = house.site.ask(select(Person).where(Person.login == "officer"))[0]
    assert (held.lang, held.channel, held.email) == ("en", "folder", "li.ming@example.org")


def test_notices_are_ones_own_and_a_dead_one_is_tried_again(house: House) -> None:
    clue, _ = house.convened()
    with house.office.work.unit() as session:
        session.execute(update(Notice).where(col(Notice.recipient) == "officer")
                        .values(status="dead", next_at=None, last_error="550 no such box"))  # fmt: skip
    page = house.page("officer", "/notices?status=dead")
    assert "550 no such box" in page
    assert clue in page
    key = re.search(r"/notices/(\d+)/again", page)
    assert key
    assert "550 no such box" not in house.page("registrar", "/notices")
    assert house.post("registrar", key[0], "/account").status_code == 404
    assert house.post("officer", key[0], "/notices").status_code == 303
    assert house.post("officer", key[0], "/notices").status_code == 404
    page = house.page("operator", "/notices")
    assert "550 no such box" in page
    assert clue not in page, "the operator sees no matter"
