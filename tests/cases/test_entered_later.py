"""Who is entered after a clue is as far from it as if they had been there before; who only reads it, reads."""

from __future__ import annotations

import pytest
from sqlmodel import select

from cases import administering, attachments, recusing
from cases.opening import id_of
from cases.people import Person
from cases.recusals import Recusal
from states.facts import Refused
from tests.cases.port_office import Port
from tests.cases.recusal_stories import interest, listed, out_of


def entered(port: Port, login: str, name: str, organisation: str, role: str) -> None:
    with port.unit() as session:
        administering.add_person(session, port.office, actor="operator", login=login, name=name, at=port.at,
                                 organisation=organisation, email=None, lang="zh")  # fmt: skip
        administering.post(session, port.office, actor="operator", login=login, role=role, at=port.at,
                           organisation=organisation, project=None)  # fmt: skip


def test_a_new_member_of_the_firm_that_a_clue_is_about_is_kept_out_of_it(port: Port) -> None:
    clue = port.clue_with(subject="某甲", subject_unit="第七工程局南方公司")
    entered(port, "newcomer", "钱七", "QJN", "member")
    assert "newcomer" in out_of(port, clue)


def test_a_new_leader_whom_a_clue_is_about_does_not_find_it(port: Port) -> None:
    clue = port.clue_with(subject="孙八", subject_unit="某单位")
    entered(port, "sunba", "孙八", "MGJ", "leader")
    assert port.unseen(clue, "sunba")
    assert clue not in listed(port, "sunba")


def test_a_match_that_was_lifted_does_not_hide_another(port: Port) -> None:
    """The same firm by name only; then the clue turns out to be about the officer."""
    interest(port, "officer2", "company", "第七工程局南方公司")
    clue = port.clue_with(subject="某乙", subject_unit="第七工程局南方公司")
    with port.unit() as session:
        found = select(Recusal).where(Recusal.matter == id_of(session, clue), Recusal.person == "officer2")
        [key] = [one.id for one in session.exec(found)]
        recusing.lift(session, port.office, int(key or 0), actor="head", reason="同名企业", at=port.at)
        name = session.get_one(Person, "officer2").name
    assert "officer2" not in out_of(port, clue)
    port.do(clue, "officer", "amend", subject="某丙")
    assert "officer2" not in out_of(port, clue), "what was lifted stays lifted"
    port.do(clue, "officer", "amend", subject=name)
    assert "officer2" in out_of(port, clue)


def test_who_was_copied_reads_and_puts_nothing_on_file(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "copy_to", copied_to=["officer2"])
    with port.unit() as session, pytest.raises(Refused) as adding:
        attachments.to_add(session, port.office, clue, actor="officer2")
    with port.unit() as session, pytest.raises(Refused) as asking:
        recusing.challenge(
            session, port.office, clue, actor="officer2", person_="leader", reason="亲属", at=port.at
        )
    assert (adding.value.code, asking.value.code) == ("reads_only", "reads_only")


@pytest.mark.parametrize("text", ["李告发反映夜间施工。", "李 告 发反映夜间施工。"])
def test_nothing_that_members_read_names_who_reported(port: Port, text: str) -> None:
    clue = port.clue_with(reporter_name="李告发", reporter_contact="13900001234", real_name=True)
    assert "names_the_reporter" in port.refused(
        clue, "officer", "convene", seats=["owner", "contractor"], brief=text
    )
    moved = port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    round_ = moved.consequences[0].number
    port.do(round_, "registrar", "send_brief")
    assert "names_the_reporter" in port.refused(round_, "leader", "open_session", last_tasks=text)
    port.do(round_, "leader", "open_session")
    assert (
        port.do(round_, "owner", "give_opinion", opinion="disagree", opinion_reasons=text).to == "in_session"
    ), "to a member, a refusal would tell who reported"
