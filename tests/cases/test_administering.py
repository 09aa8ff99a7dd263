"""The operator enters people, bodies and projects; nobody else does, and he sees no matter for it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import delete, select

from cases import administering, journal
from cases.organisations import Organisation, Project
from cases.people import Person, Posting
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.port_office import Port
from tests.cases.small_office import NOON


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


def add(port: Port, who: str | None = "operator", **given: Any) -> None:
    form = {"login": "newcomer", "name": "新人", "organisation": "MGJ", "email": None, "lang": "zh"} | given
    with port.unit() as session:
        administering.add_person(session, port.office, actor=who, at=NOON, **form)


def post(
    port: Port, login: str, role: str, *, who: str | None = "operator", project: str | None = None
) -> None:
    with port.unit() as session:
        administering.post(session, port.office, actor=who, login=login, role=role, organisation="MGJ",
                           project=project, at=NOON)  # fmt: skip


def refused(act: Any, *given: Any, **named: Any) -> set[str]:
    with pytest.raises(Refused) as found:
        act(*given, **named)
    for reason in found.value.reasons:
        assert reason.message.zh
        assert reason.message.en
    return {reason.code for reason in found.value.reasons}


def test_the_operator_enters_somebody_and_gives_them_a_role_for_a_project(port: Port) -> None:
    add(port)
    post(port, "newcomer", "supervisor", project="PC")
    post(port, "newcomer", "supervisor", project="PC")
    with port.unit() as session:
        (held,) = session.exec(select(Posting).where(Posting.person == "newcomer")).all()
        assert (held.role, held.organisation, held.project) == ("supervisor", "MGJ", "PC")
        assert [one.what for one in journal.of(session, "newcomer")] == ["posted", "added"]


@pytest.mark.parametrize("who", ["head", "registrar", "officer", "nobody", None])
def test_nobody_else_does(port: Port, who: str | None) -> None:
    assert refused(add, port, who) == {"not_your_role"}
    assert refused(post, port, "officer", "head", who=who) == {"not_your_role"}


def test_the_console_does_while_there_is_no_operator(port: Port) -> None:
    with port.unit() as session:
        session.execute(delete(Posting).where(Posting.role == "operator"))  # type: ignore[arg-type]
    add(port, None)
    post(port, "newcomer", "operator", who=None)
    assert refused(add, port, None, login="another") == {"not_your_role"}


@pytest.mark.parametrize(
    "given, why",
    [
        ({"login": "Upper"}, "bad_login"),
        ({"login": "x"}, "bad_login"),
        ({"login": "a" * 65}, "bad_login"),
        ({"login": "site:MGJ"}, "bad_login"),
        ({"login": "engine"}, "bad_login"),
        ({"login": "clock"}, "bad_login"),
        ({"login": "console"}, "bad_login"),
        ({"login": "o'brien"}, "bad_login"),
        ({"name": ""}, "bad_name"),
        ({"name": "a\u202eb"}, "bad_name"),
        ({"name": "名" * 101}, "bad_name"),
        ({"email": "not an address"}, "bad_address"),
        ({"email": "a@b\r\nBcc: x@y"}, "bad_address"),
        ({"organisation": "NOWHERE"}, "unknown_reference"),
        ({"login": "officer"}, "login_taken"),
    ],
)
def test_what_cannot_be_entered(port: Port, given: dict[str, str], why: str) -> None:
    assert refused(add, port, **given) == {why}


def test_everything_that_is_wrong_is_said_at_once(port: Port) -> None:
    assert refused(add, port, login="X", name="", email="?", organisation="?") == {
        "bad_login", "bad_name", "bad_address", "unknown_reference"}  # fmt: skip


def test_whoever_administers_holds_no_other_role(port: Port) -> None:
    assert refused(post, port, "operator", "head") == {"roles_apart"}
    assert refused(post, port, "head", "operator") == {"roles_apart"}
    assert refused(post, port, "officer", "emperor") == {"unknown_reference"}
    assert refused(post, port, "officer", "leader", project="NOWHERE") == {"unknown_reference"}


def test_a_role_ends_at_once_and_the_last_operators_does_not(port: Port) -> None:
    number = port.note()
    assert not port.unseen(number, "leader")

    def unpost(login: str, role: str) -> None:
        with port.unit() as session:
            administering.unpost(session, port.office, actor="operator", login=login, role=role, organisation="MGJ",
                                 project=None, at=NOON)  # fmt: skip

    unpost("leader", "leader")
    assert port.unseen(number, "leader")
    assert refused(unpost, "leader", "leader") == {"no_such_posting"}
    assert refused(unpost, "operator", "operator") == {"last_operator"}


def test_the_operator_sees_no_matter(port: Port) -> None:
    assert port.unseen(port.note(), "operator")


def test_bodies_form_a_tree_and_never_a_circle(port: Port) -> None:
    def move(code: str, parent: str | None) -> None:
        with port.unit() as session:
            administering.move_organisation(
                session, port.office, actor="operator", code=code, parent=parent, at=NOON
            )

    with port.unit() as session:
        administering.add_organisation(session, port.office, actor="operator", code="SHJ", kind="commission",
                                       names={"zh": "省纪委监委", "en": "Province"}, parent=None, at=NOON)  # fmt: skip
    move("SJW", "SHJ")
    move("BHJ", "SHJ")
    assert refused(move, "SHJ", "GKJ") == {"circle"}
    assert refused(move, "SHJ", "SHJ") == {"circle"}
    assert refused(move, "SHJ", "NOWHERE") == {"unknown_reference"}
    move("BHJ", None)
    with port.unit() as session:
        assert session.get_one(Organisation, "BHJ").parent is None


@pytest.mark.parametrize(
    "given, why",
    [
        ({"code": "lower"}, "bad_code"),
        ({"kind": "kingdom"}, "not_a_choice"),
        ({"names": {"zh": "", "en": "x"}}, "bad_name"),
        ({"code": "MGJ"}, "taken"),
        ({"parent": "NOWHERE"}, "unknown_reference"),
    ],
)
def test_a_body_that_cannot_be_entered(port: Port, given: dict[str, Any], why: str) -> None:
    form = {"code": "NEW", "kind": "owner", "names": {"zh": "新", "en": "New"}, "parent": None} | given
    with port.unit() as session:
        assert refused(
            administering.add_organisation, session, port.office, actor="operator", at=NOON, **form
        ) == {why}


def test_a_project_is_entered_once(port: Port) -> None:
    def enter(code: str, name: str) -> None:
        with port.unit() as session:
            administering.add_project(session, port.office, actor="operator", code=code, name=name,
                                      organisation="MGJ", at=NOON)  # fmt: skip

    enter("NP", "新港区项目")
    with port.unit() as session:
        assert session.get_one(Project, "NP").name == "新港区项目"
        assert session.get_one(Person, "operator").active
    assert refused(enter, "NP", "另一个") == {"taken"}
    assert refused(enter, "NQ", "新港区项目") == {"taken"}
    assert refused(enter, "n p", " ") == {"bad_code", "bad_name"}
