"""An account's end: two people, one act, nothing left behind."""

from __future__ import annotations

import pytest

from cases import (
    administering,
    audit,
    belongings,
    ending,
    journal,
    passwords,
    people,
    recusing,
    rulebooks,
    sessions,
    tokens,
)
from cases.errors import NoSuchMatter
from cases.inspections import Programme
from cases.opening import id_of
from cases.people import Person, Posting
from cases.recusals import Recusal
from cases.sessions import Lasting
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.ending_stories import (
    approve,
    clocks,
    codes,
    left,
    office_of,
    on_file,
    propose,
)
from tests.cases.port_office import Port
from tests.cases.recusal_stories import decide, interest


@pytest.fixture
def port(unit: Unit) -> Port:
    return office_of(unit)


def test_everything_of_an_officer_moves_in_one_approved_act(port: Port) -> None:
    clue, other = port.clue_with("officer"), port.clue_with("officer")
    port.do(other, "officer", "escalate")
    with port.unit() as session:
        before = clocks(session, clue)
        drafts = {one.row.number for one in belongings.of(session, port.office, "officer").matters} - {
            clue,
            other,
        }
        tokens.issue(session, "officer", at=port.at)
        begun = sessions.begin(session, "officer", proved="password", waits=False, at=port.at, lasting=Lasting(),
                               user_agent="")  # fmt: skip
        passwords.keep(session, "officer", "a hash", at=port.at)
    assert len(drafts) == 1, "the escalation they drafted"
    done = approve(port, propose(port, "officer", "officer2"))
    assert dict(done.passed) == dict.fromkeys((clue, other, *drafts), "officer2")
    assert (done.sessions, done.tokens) == (1, 1)
    with port.unit() as session:
        for number in (clue, other, *drafts):
            assert on_file(session, number).handler == "officer2"
        assert on_file(session, drafts.pop()).opener == "officer2"
        assert before.items() <= clocks(session, clue).items() | {("signature", before["signature"])}
        assert clocks(session, clue)["signature"][0] == "open", "the new handler signs for it"
        assert not session.get_one(Person, "officer").active
        assert passwords.held(session, "officer") is None
        with pytest.raises(sessions.SessionOver):
            sessions.current(session, begun.token, at=port.at, lasting=Lasting())
    assert not left(port, "officer")
    assert port.do(clue, "officer2", "sign_for").to == "assigned"


def test_history_says_from_whom_and_who_approved_and_the_file_verifies(port: Port) -> None:
    clue = port.clue_with("officer")
    approve(port, propose(port, "officer", "officer2"))
    with port.unit() as session:
        row = on_file(session, clue)
        assert row.values["handed_over_from"] == "officer"
        assert row.values["handed_over_by"] == "head"
        assert row.acts["handed_over"][0] == "engine"
        assert [one.what for one in journal.of(session, "officer")][:2] == ["ended", "end_proposed"]
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        assert audit.verify(session).faults == ()


def test_who_proposes_does_not_approve(port: Port) -> None:
    with port.unit() as session:
        session.add(Posting(person="head", role="registrar", organisation="MGJ"))
    port.clue_with("officer")
    end = propose(port, "officer", "officer2", "head")
    with pytest.raises(Refused) as refused:
        approve(port, end, "head")
    assert codes(refused.value) == {"second_person"}
    assert approve(port, end, "district").person == "officer", "then the commission above does"


@pytest.mark.parametrize("who", ["officer", "leader", "auditor", "owner"])
def test_others_may_not_propose(port: Port, who: str) -> None:
    with pytest.raises(Refused) as refused:
        propose(port, "officer2", "officer", who)
    assert codes(refused.value) == {"not_your_role"}


def test_whose_it_is_not_to_decide_hears_of_nothing(port: Port) -> None:
    end = propose(port, "officer", "officer2")
    with pytest.raises(NoSuchMatter):
        approve(port, end, "leader")
    with port.unit() as session:
        assert ending.waiting(session, port.office, actor="leader") == []
        assert len(ending.waiting(session, port.office, actor="head")) == 1


def test_a_recused_successor_is_refused_for_that_matter_and_another_one_takes_it(port: Port) -> None:
    clue, other = port.clue_with("officer"), port.clue_with("officer")
    with port.unit() as session:
        session.add(Recusal(matter=id_of(session, clue), person="officer2", kind="declared", asked_by="officer2",
                            asked_at=port.at))  # fmt: skip
    with pytest.raises(Refused) as refused:
        propose(port, "officer", "officer2")
    assert [(one.code, clue in one.message.en) for one in refused.value.reasons] == [
        ("successor_recused", True)
    ]
    done = approve(port, propose(port, "officer", "officer2", "registrar", **{clue: "officer3"}))
    assert dict(done.passed) == {clue: "officer3", other: "officer2"}


def test_a_successor_whom_it_may_touch_waits_until_that_is_decided(port: Port) -> None:
    clue = port.clue_with("officer", subject="某甲", subject_unit="长春远洋劳务工程队")
    interest(port, "officer2", "company", "远洋劳务公司")
    with port.unit() as session:
        recusing.match_everything(session, port.office, at=port.at)
        [asked] = recusing.to_decide(session, port.office, "head")
    with pytest.raises(Refused) as refused:
        propose(port, "officer", "officer2")
    assert [(one.code, clue in one.message.en) for one in refused.value.reasons] == [
        ("successor_undecided", True)
    ]
    decide(port, asked["id"], "head", grant=False)
    assert dict(approve(port, propose(port, "officer", "officer2")).passed) == {clue: "officer2"}


def test_a_successor_recused_between_proposal_and_approval_stops_everything(port: Port) -> None:
    clue, other = port.clue_with("officer"), port.clue_with("officer")
    end = propose(port, "officer", "officer2")
    with port.unit() as session:
        recusing.declare(session, port.office, other, actor="head", reason="x", at=port.at)
    with pytest.raises(NoSuchMatter):
        approve(port, end, "head")
    with port.unit() as session:
        session.add(Recusal(matter=id_of(session, clue), person="officer2", kind="declared", asked_by="officer2",
                            asked_at=port.at))  # fmt: skip
    with pytest.raises(Refused):
        approve(port, end, "district")
    with port.unit() as session:
        assert {on_file(session, number).handler for number in (clue, other)} == {"officer"}
        assert session.get_one(Person, "officer").active


def test_the_operator_is_told_how_many_and_not_which(port: Port) -> None:
    clue = port.clue_with("officer")
    with port.unit() as session:
        pack = ending.pack(session, port.office, "officer", actor="operator")
    assert (pack["matters"], pack["unseen"]) == ([], 1)
    assert pack["clocks"] >= 2
    with pytest.raises(Refused) as refused:
        propose(port, "officer", "registrar", "operator")
    assert codes(refused.value) == {"cannot_take_over"}
    assert clue not in str(refused.value)
    assert dict(approve(port, propose(port, "officer", "officer2", "operator")).passed) == {clue: "officer2"}


@pytest.mark.parametrize(
    "successor, why",
    [
        (None, "no_successor"),
        ("officer", "successor_leaves"),
        ("nobody", "successor_unknown"),
        ("registrar", "successor_unfit"),
    ],
)
def test_a_successor_must_be_able_to(port: Port, successor: str | None, why: str) -> None:
    port.clue_with("officer")
    with pytest.raises(Refused) as refused:
        propose(port, "officer", successor)
    assert codes(refused.value) == {why}


def test_what_a_supervisor_noted_and_an_inspection_programme_pass_on(port: Port) -> None:
    with port.unit() as session:
        assert "supervisor" in session.get_one(Programme, "PC-WEEKLY").inspectors
    clue = port.note()
    approve(port, propose(port, "supervisor", "watcher"))
    with port.unit() as session:
        assert session.get_one(Programme, "PC-WEEKLY").inspectors == ["watcher"]
        assert on_file(session, clue).opener == "watcher"
    assert not left(port, "supervisor")
    assert not port.unseen(clue, "watcher")


def test_what_is_over_stays_as_it_was(port: Port) -> None:
    clue = port.note()
    port.do(clue, "leader", "screen_out")
    approve(port, propose(port, "supervisor", "watcher"))
    with port.unit() as session:
        assert on_file(session, clue).opener == "supervisor"


def test_the_only_operator_stays(port: Port) -> None:
    with pytest.raises(Refused) as refused:
        propose(port, "operator", None, "registrar")
    assert codes(refused.value) == {"last_operator"}


def test_one_proposal_at_a_time_and_it_can_be_taken_back(port: Port) -> None:
    end = propose(port, "officer", "officer2")
    with pytest.raises(Refused) as refused:
        propose(port, "officer", "officer3")
    assert codes(refused.value) == {"proposed_already"}
    with port.unit() as session:
        ending.refuse(session, port.office, end.id or 0, actor="registrar", at=port.at)
    with pytest.raises(NoSuchMatter):
        approve(port, end)
    assert propose(port, "officer", "officer3").successor == "officer3"


def test_a_login_that_ended_is_given_to_nobody_else(port: Port) -> None:
    approve(port, propose(port, "officer", "officer2"))
    with port.unit() as session, pytest.raises(Refused) as refused:
        administering.add_person(session, port.office, actor="operator", login="officer", name="新人",
                                 organisation="MGJ", email=None, lang="zh", at=port.at)  # fmt: skip
    assert codes(refused.value) == {"login_taken"}
    with port.unit() as session, pytest.raises(people.UnknownPerson):
        people.person(session, "officer")
