"""What did not get through is sent again: a notice that was given up, and the file of an escalation."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select, update

from cases import carriages
from cases.carriages import Carriage
from cases.matters import Matter
from notifications.notices import Notice
from plumbline.exchange import Exchanger
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site
from tests.web.api.client import Client, refused


def given_up(api: Client, status: str = "dead") -> int:
    """A notice to the registrar that was given up; its id."""
    api.note()
    with api.work.unit() as session:
        mine = col(Notice.recipient) == "registrar"
        session.execute(
            update(Notice).where(mine).values(status=status, next_at=None, attempts=3, last_error="550")
        )
        return session.exec(select(Notice.id).where(mine)).first() or 0


def held(api: Client, key: int) -> tuple[Any, ...]:
    with api.work.reading() as session:
        row = session.get_one(Notice, key)
        return row.status, row.attempts, row.next_at, row.revived_by


def test_a_notice_that_was_given_up_is_tried_again_once_for_each_key(api_on: Client) -> None:
    key = given_up(api_on)
    answer = api_on.post("registrar", f"/notices/{key}/resend", Idempotency_Key="a")
    assert (answer.status_code, answer.json()) == (200, {"id": key, "status": "pending"})
    assert held(api_on, key) == ("pending", 0, NOON, "registrar")
    again = api_on.post("registrar", f"/notices/{key}/resend", Idempotency_Key="a")
    assert again.content == answer.content
    refused(api_on.post("registrar", f"/notices/{key}/resend"), 409, "not_dead")
    other = given_up(api_on)
    refused(api_on.post("registrar", f"/notices/{other + 1000}/resend"), 404, "no_such_notice")


def test_the_operator_sends_anybodys_and_everybody_else_their_own_alone(api: Client) -> None:
    key = given_up(api)
    theirs = refused(api.post("head", f"/notices/{key}/resend"), 404, "no_such_notice")
    none = refused(api.post("head", "/notices/4711/resend"), 404, "no_such_notice")
    assert theirs == none
    assert held(api, key)[0] == "dead"
    assert api.post("operator", f"/notices/{key}/resend").status_code == 200
    assert held(api, key)[3] == "operator"


def test_what_its_reader_may_know_no_more_is_sent_by_nobody(api: Client) -> None:
    key = given_up(api, status="dropped")
    refused(api.post("registrar", f"/notices/{key}/resend"), 404, "no_such_notice")
    refused(api.post("operator", f"/notices/{key}/resend"), 409, "not_dead")
    assert held(api, key)[0] == "dropped"


def test_it_takes_a_key(api: Client) -> None:
    key = given_up(api)
    for path in (f"/notices/{key}/resend", "/escalations/MGJ-SB-2026-0001/resend"):
        refused(api.ask("registrar", "POST", path), 400, "bad_key")


def test_the_file_of_an_escalation_is_brought_again_once_for_each_key(api: Client) -> None:
    number = Site(api.work, Exchanger.of(api.work)).escalated()
    path = f"/escalations/{number}/resend"
    assert api.post("registrar", path).json() == {"number": number, "ways": 0}
    with api.work.unit() as session:
        matter = session.exec(select(Matter.id).where(Matter.number == number)).one() or 0
        carriages.take(session, matter, carriages.WIRE, at=NOON)

    def settle() -> None:
        with api.work.unit() as session:
            carriages.settle(session, matter, carriages.WIRE, carriages.REFUSED_THERE, at=NOON)

    def outcome() -> str:
        with api.work.reading() as session:
            return session.exec(select(Carriage.outcome)).one()

    settle()
    answer = api.post("registrar", path, Idempotency_Key="a")
    assert (answer.status_code, answer.json(), outcome()) == (200, {"number": number, "ways": 1}, "")
    settle()
    assert api.post("registrar", path, Idempotency_Key="a").content == answer.content
    assert outcome() == carriages.REFUSED_THERE, "asked again, it is only answered"
    refused(api.post("auditor", path), 403, "not_your_role")
    refused(api.post("owner", path), 404, "no_such_number")
    refused(api.post("registrar", "/escalations/MGJ-SB-2026-9999/resend"), 404, "no_such_number")
    refused(api.post("registrar", f"/escalations/{api.note()}/resend"), 404, "no_such_number")
