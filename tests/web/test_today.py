"""The desk: what stands on it for whom, in how many queries, and that it is never blank."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from cases import advance, opening, surveys
from tests.web.browsing import Browser, Office
from tests.web.counting import queries


def opened(office: Office, *, by: str = "supervisor", **instead: str) -> str:
    """A clue registered with the form's own examples."""
    work = office.work
    with work.unit() as session:
        fields = surveys.opening_form(session, work.office, "clue", at=office.clock.at, lang="zh", actor=by)
        form = {one["name"]: one["example"] for one in fields if one["required"]} | instead
        return opening.open_matter(
            session, work.office, "clue", actor=by, at=office.clock.at, fields=form
        ).number


def move(office: Office, who: str, number: str, name: str, **instead: object) -> None:
    """A move made with the form's own examples."""
    work = office.work
    with work.unit() as session:
        survey = surveys.moves(session, work.office, number, actor=who, at=office.clock.at)
        one = next(each for each in survey.open if each.move == name)
        form = {field.name: one.examples[field.name] for field in one.fields if field.required} | instead
        advance.advance(session, work.office, number, name, actor=who, at=office.clock.at, fields=form)


def seat(office: Office, *logins: str) -> list[Browser]:
    """Their browsers, signed in."""
    found = []
    for login in logins:
        office.give(login)
        browser = office.browser()
        browser.sign_in(login)
        found.append(browser)
    return found


def assigned(office: Office, handler: str = "officer") -> str:
    """A clue that was registered and assigned to an officer."""
    number = opened(office)
    move(office, "registrar", number, "register", managed_by="ours")
    move(office, "registrar", number, "propose_assignment", proposed_handler=handler)
    move(office, "head", number, "approve_assignment", handler=handler)
    return number


def test_an_empty_desk_says_what_to_do(office: Office) -> None:
    [officer] = seat(office, "officer")
    page = officer.get("/?lang=en").text
    assert "There is nothing on your desk." in page
    assert 'href="/register/clue"' in page


def test_what_is_assigned_stands_on_the_officers_desk_with_its_moves(office: Office) -> None:
    number = assigned(office)
    [officer, other] = seat(office, "officer", "officer2")
    page = officer.get("/?lang=zh").text
    assert number in page
    assert f"/matters/{number}/moves/" in page
    assert "分办承办" in page
    assert number not in other.get("/").text


def test_what_the_nearest_clock_waits_for_is_the_first_thing_offered(office: Office) -> None:
    number = assigned(office)
    [officer] = seat(office, "officer")
    offered = re.findall(rf'href="/matters/{number}/moves/([a-z_]+)"', officer.get("/").text)
    assert offered[0] == "sign_for"
    move(office, "officer", number, "sign_for")
    assert f"/matters/{number}/moves/propose_disposition" in officer.get("/").text


def test_what_was_put_before_somebody_stands_on_their_desk(office: Office) -> None:
    number = assigned(office)
    [other] = seat(office, "officer2")
    assert number not in other.get("/?lang=en").text
    move(office, "officer", number, "sign_for")
    move(office, "officer", number, "copy_to", copied_to=["officer2"])
    page = other.get("/?lang=en").text
    assert "Put before me" in page
    assert number in page
    assert f"/matters/{number}/moves/" not in page, "they read it, and that is all they were asked"


def test_what_waits_for_the_head_stands_on_the_heads_desk_and_waits_on_the_registrars(
    office: Office,
) -> None:
    number = opened(office)
    move(office, "registrar", number, "register", managed_by="ours")
    move(office, "registrar", number, "propose_assignment")
    [head, registrar] = seat(office, "head", "registrar")
    assert "For my role to move" in head.get("/?lang=en").text
    assert f"/matters/{number}/moves/approve_assignment" in head.get("/").text
    waiting = registrar.get("/?lang=en").text.split('id="list-waiting"')[1]
    assert number in waiting
    assert "Waits for the head&#39;s approval" in waiting


def jointly_signed(office: Office, *signers: str, way: str = "hold") -> str:
    """A proposal that is to be signed jointly before the leader decides on it."""
    number = assigned(office)
    move(office, "officer", number, "sign_for")
    move(office, "officer", number, "propose_disposition", way=way)
    move(office, "officer", number, "joint_sign", signers=[*signers])
    return number


def offered(browser: Browser, number: str) -> set[str]:
    return set(re.findall(rf'href="/matters/{number}/moves/([a-z_]+)"', browser.get("/").text))


def test_a_decision_is_not_offered_while_signatures_are_missing_and_says_whose(office: Office) -> None:
    number = jointly_signed(office, "officer2", "officer3")
    [leader, handler, signer, other] = seat(office, "leader", "officer", "officer2", "officer3")
    assert "approve_hold" not in offered(leader, number)
    page = leader.get("/?lang=en").text
    assert "is still waited for from: officer2, officer3." in page
    assert "remove a signer" in page
    assert "尚待办理“签署会签意见”（countersign）：officer2、officer3。" in leader.get("/?lang=zh").text
    assert "officer2、officer3" in handler.get("/").text, "whoever waits for it is told as well"
    assert offered(signer, number) == {"countersign"}
    assert "officer3" not in signer.get("/").text, "who only reads does not learn who else does"
    move(office, "officer2", number, "countersign")
    assert "approve_hold" not in offered(leader, number)
    assert "is still waited for from: officer3." in leader.get("/?lang=en").text
    move(office, "officer3", number, "countersign")
    assert "approve_hold" in offered(leader, number)
    assert "officer3" not in leader.get("/").text
    assert offered(other, number) == set()


def test_of_what_was_delegated_the_delegate_is_offered_to_give_it_back(office: Office) -> None:
    number = assigned(office)
    move(office, "officer", number, "sign_for")
    move(office, "officer", number, "delegate", delegate="officer2", delegated_until="2026-12-31")
    [handler, delegate] = seat(office, "officer", "officer2")
    assert offered(delegate, number) == {"report_back"}
    assert "propose_disposition" not in offered(handler, number)
    assert "officer2" in handler.get("/?lang=en").text


@pytest.mark.parametrize("days, word", [(-1, None), (0, "Due today"), (1, "Late")])
def test_the_day_before_the_day_and_after(office: Office, days: int, word: str | None) -> None:
    number = assigned(office)
    with office.work.reading() as session:
        due = session.connection().exec_driver_sql(
            "SELECT min(due_at) FROM deadline WHERE status = 'open'"
        ).scalar()  # fmt: skip
    late = datetime.fromisoformat(str(due)).replace(tzinfo=UTC)
    office.clock.at = late + timedelta(days=days) - timedelta(hours=1)
    [officer] = seat(office, "officer")
    pressing = officer.get("/?lang=en").text.split('id="list-pressing"')[1].split("</section>")[0]
    assert (number in pressing) is (word is not None)
    if word is not None:
        assert f">{word}<" in pressing


def test_however_much_there_is_the_queries_are_the_same(office: Office) -> None:
    assigned(office)
    jointly_signed(office, "officer2")
    [officer, head] = seat(office, "officer", "head")
    for browser in (officer, head):
        browser.get("/")
    few = [queries(office, partial(one.get, "/")) for one in (officer, head)]
    for _ in range(6):
        assigned(office)
        jointly_signed(office, "officer2", "officer3")
        opened(office)
    many = [queries(office, partial(one.get, "/")) for one in (officer, head)]
    assert many == few
    assert max(many) <= 20
