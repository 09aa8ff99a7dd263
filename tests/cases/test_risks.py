"""The risk register as an office keeps it: points are graded, put in force, reviewed, raised by rule; and nothing of it
tells anybody of a clue they may not see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlmodel import Session, col

from cases import administering, audit, checklists, listing, recusing, risk_lists, risk_raising, sweep
from cases.errors import NoSuchMatter
from cases.history import Event
from cases.matters import Matter
from cases.risk_causes import RiskCause
from cases.risk_points import RiskPoint
from cases.risk_signs import RiskSign
from notifications.notices import Notice
from states.checklists import shipped as shipped_checklist
from tests.cases.ending_stories import approve, propose
from tests.cases.port_office import Port, Unit, on_file

LINK = "c15_quality"


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, with its rulebook on file and its notices planned."""
    return on_file(unit)


def point(port: Port, who: str = "registrar", **given: Any) -> str:
    return port.note(who, "risk", **{"project": "PC", "link": LINK} | given)


def in_force(port: Port, **given: Any) -> str:
    number = point(port, **given)
    port.walk(
        number,
        ("registrar", "grade_by_consequence"),
        ("registrar", "set_measures"),
        ("leader", "put_in_force"),
    )
    return number


def registered_clue(port: Port, link: str = LINK, **given: Any) -> str:
    clue = port.note("supervisor", **{"project": "PC", "link": link} | given)
    port.do(clue, "registrar", "register", managed_by="ours")
    return clue


def raised(port: Port) -> risk_raising.Raised:
    port.at += timedelta(minutes=1)
    return risk_raising.sweep(port.unit, port.office, at=port.at)


def state(port: Port, number: str, who: str = "registrar") -> str:
    with port.unit() as session:
        return str(listing.shown(session, port.office, number, actor=who)["state"])


def record(port: Port, number: str, who: str) -> Mapping[str, Any]:
    with port.unit() as session:
        return risk_lists.record(session, port.office, number, actor=who, lang="en")


def causes(port: Port, number: str, who: str) -> list[Any]:
    return [one["cause"] for one in record(port, number, who)["raised"]]


def faults(port: Port) -> set[str]:
    with port.unit() as session:
        return {fault.code for fault in audit.verify(session).faults}


def told(port: Port, document: str) -> set[str]:
    with port.unit() as session:
        query = select(col(Notice.recipient)).where(col(Notice.document) == document)
        return set(session.execute(query).scalars())


def waiting(port: Port) -> int:
    with port.unit() as session:
        return len(session.execute(select(RiskSign).where(col(RiskSign.taken_at).is_(None))).all())


# ------------------------------------------------------------------------------------------------------- grading


def test_a_point_is_graded_put_in_force_and_its_history_of_grades_is_never_overwritten(port: Port) -> None:
    number = point(port)
    port.do(number, "registrar", "grade_by_consequence", consequence="minor")
    port.do(number, "registrar", "grade_by_stage", stage="appeared", grade_reason="Two sites, one month.")
    port.walk(number, ("registrar", "set_measures"), ("leader", "put_in_force"))
    found = record(port, number, "auditor")
    assert [(one["scheme"], one["level"], one["grade"], one["by"]) for one in found["grades"]] == [
        ("consequence", 3, "low", "registrar"), ("stage", 2, "middle", "registrar")]  # fmt: skip
    assert found["grades"][0]["inputs"] == {"consequence": "minor"}
    assert found["grades"][1]["reason"] == "Two sites, one month."
    assert (
        found["grades"][1]["explained"]
        == "by the stage it has come to: it has appeared -> level two (appeared)"
    )
    assert all(one["as_recomputed"] for one in found["grades"])
    assert (found["state"], found["scheme"], found["level"], found["grade"]) == (
        "in_force",
        "stage",
        2,
        "middle",
    )
    assert faults(port) == set()


def test_a_scheme_of_which_nothing_is_met_grades_nothing(port: Port) -> None:
    number = point(port)
    none = dict.fromkeys(
        ("wide_discretion", "single_hand", "weak_procedure", "little_disclosure", "earlier_findings"), "false"
    )
    assert set(port.refused(number, "registrar", "grade_by_criteria", **none)) == {"nothing_met"}
    assert state(port, number) == "identified"
    assert port.do(number, "registrar", "grade_by_criteria", **none | {"single_hand": "true"}).to == "graded"


def test_nobody_puts_a_grade_in_force_whose_measures_were_not_set_since(port: Port) -> None:
    number = point(port)
    port.do(number, "registrar", "grade_by_stage")
    assert "act_missing" in port.refused(number, "leader", "put_in_force")
    assert "not_your_role" in port.refused(number, "registrar", "put_in_force")
    port.do(number, "registrar", "set_measures")
    assert port.do(number, "leader", "put_in_force").to == "in_force"


def test_nobody_grades_puts_in_force_or_retires_their_own_post(port: Port) -> None:
    number = point(port, holder="registrar")
    assert "concerns_you" in port.refused(number, "registrar", "grade_by_stage")
    own = point(port, holder="leader")
    port.walk(own, ("registrar", "grade_by_stage"), ("registrar", "set_measures"))
    assert "concerns_you" in port.refused(own, "leader", "put_in_force")
    assert "concerns_you" in port.refused(own, "leader", "retire")
    assert port.do(own, "head", "put_in_force").to == "in_force"


@pytest.mark.parametrize("stage, document, people", [
    ("tendency", "risk_notice", {"officer", "registrar", "leader"}),
    ("appeared", "risk_disposal_notice", {"officer", "registrar", "leader", "head"}),
])  # fmt: skip
def test_levels_one_and_two_send_their_notice_and_wait_for_the_units_reply(
    port: Port, stage: str, document: str, people: set[str]
) -> None:
    number = point(port)
    port.do(number, "registrar", "grade_by_stage", stage=stage)
    port.walk(number, ("registrar", "set_measures"), ("leader", "put_in_force"))
    assert told(port, document) == people
    assert clocks(port, number) == {"review", "reply"}
    port.do(number, "registrar", "record_reply")
    assert clocks(port, number) == {"review"}


def test_level_three_sends_none_and_has_no_reply_to_record(port: Port) -> None:
    number = point(port)
    port.do(number, "registrar", "grade_by_consequence", consequence="minor")
    port.walk(number, ("registrar", "set_measures"), ("leader", "put_in_force"))
    assert told(port, "risk_notice") | told(port, "risk_disposal_notice") == set()
    assert clocks(port, number) == {"review"}
    assert "value_is" in port.refused(number, "registrar", "record_reply")


def clocks(port: Port, number: str) -> set[str]:
    with port.unit() as session:
        shown = listing.shown(session, port.office, number, actor="registrar")
    return {one["deadline"] for one in shown["deadlines"] if one["status"] == "open"}


def test_points_are_listed_the_gravest_first_as_far_as_somebody_sees_them(port: Port) -> None:
    low, high, elsewhere = point(port), point(port), point(port, project="BR")
    port.do(low, "registrar", "grade_by_consequence", consequence="minor")
    port.do(high, "registrar", "grade_by_consequence", consequence="crime")
    with port.unit() as session:
        found = risk_lists.by_grade(session, port.office, actor="registrar")
        assert ([one["number"] for one in found.lines], found.total) == ([high, low, elsewhere], 3)
        of_grade = risk_lists.by_grade(session, port.office, actor="registrar", grade="low", project="PC")
        assert [one["number"] for one in of_grade.lines] == [low]
        site = risk_lists.by_grade(session, port.office, actor="supervisor")
        assert [one["number"] for one in site.lines] == [high, low]
        for nobody in ("owner", "district", "operator", "officer"):
            assert risk_lists.by_grade(session, port.office, actor=nobody).lines == ()
    assert port.unseen(high, "owner")
    assert port.unseen(elsewhere, "supervisor")


# ------------------------------------------------------------------------------------------- raised by what happens


def test_a_clue_that_is_registered_at_its_link_raises_a_point_once(port: Port) -> None:
    number = in_force(port)
    clue = registered_clue(port)
    assert state(port, number) == "in_force"
    done = raised(port)
    assert (done.signs, done.points, done.failed) == (1, 1, ())
    assert state(port, number) == "under_review"
    assert raised(port).signs == 0
    assert causes(port, number, "registrar") == [{"kind": "clue", "number": clue, "move": "register"}]
    assert {"officer", "registrar", "leader"} <= told(port, "risk_review")
    assert faults(port) == set()


def test_a_clue_that_was_only_noted_or_lies_elsewhere_raises_nothing(port: Port) -> None:
    number = in_force(port)
    port.note("supervisor", project="PC", link=LINK)  # noted, and perhaps sealed up or screened out
    registered_clue(port, link="c18_wages")
    registered_clue(port, project="BR")
    assert raised(port).points == 0
    assert state(port, number) == "in_force"


def test_a_point_of_no_project_is_raised_by_any_at_its_link(port: Port) -> None:
    number = in_force(port, project=None)
    registered_clue(port)
    assert raised(port).points == 1
    assert state(port, number) == "under_review"


def test_what_was_registered_before_the_grade_was_known_to_whoever_gave_it(port: Port) -> None:
    registered_clue(port)
    number = in_force(port)
    assert raised(port).points == 0
    registered_clue(port)
    assert raised(port).points == 1
    port.walk(
        number, ("officer", "grade_by_consequence"), ("registrar", "set_measures"), ("leader", "put_in_force")
    )
    assert raised(port).points == 0
    assert state(port, number) == "in_force"


def test_a_clue_while_its_grade_waits_for_approval_brings_the_point_back_to_its_review(port: Port) -> None:
    number = point(port)
    port.walk(number, ("registrar", "grade_by_consequence"), ("registrar", "set_measures"))
    registered_clue(port)
    raised(port)
    assert state(port, number) == "under_review"


def test_a_further_clue_during_the_review_is_noted_and_does_not_give_it_more_time(port: Port) -> None:
    number = in_force(port)
    registered_clue(port)
    raised(port)
    due = due_of(port, number)
    port.at += timedelta(days=3)
    second = registered_clue(port)
    raised(port)
    assert state(port, number) == "under_review"
    assert causes(port, number, "head")[-1]["number"] == second
    assert due_of(port, number) == due


def due_of(port: Port, number: str, clock: str = "reviewing") -> str:
    with port.unit() as session:
        shown = listing.shown(session, port.office, number, actor="registrar")
    open_ = [
        one["due_on"] for one in shown["deadlines"] if one["deadline"] == clock and one["status"] == "open"
    ]
    return str(open_[0])


def test_a_finding_raises_a_point_at_once_and_its_clue_not_again(port: Port) -> None:
    number = in_force(port)
    round_ = port.note("registrar", "inspection", project="PC")
    port.do(round_, "registrar", "begin", inspectors=["supervisor", "officer"])
    found = port.do(round_, "supervisor", "record_finding", link=LINK)
    assert raised(port).points == 1
    assert causes(port, number, "supervisor") == [
        {"kind": "inspection", "number": round_, "move": "record_finding"}
    ]
    clue = found.consequences[0].number
    port.do(clue, "registrar", "register", managed_by="ours")
    assert raised(port).points == 0
    assert len(record(port, number, "registrar")["raised"]) == 1


def test_a_finding_at_an_item_of_the_checklist_raises_the_points_at_the_link_of_the_item(port: Port) -> None:
    number, other = in_force(port, link="c08_contract"), in_force(port)
    load_checklist(port)
    round_ = port.note("registrar", "inspection", project="PC", checklist="LINKS")
    port.do(round_, "registrar", "begin", inspectors=["supervisor", "officer"])
    port.do(round_, "supervisor", "answer_item", item="c08_1", answer="in_order")
    assert raised(port).points == 0
    for item in ("c08_1", "c08_2"):
        port.do(round_, "supervisor", "answer_item", item=item, answer="finding", remark="补充协议未备案。")
    assert raised(port).points == 1, "a round raises a point once until it is graded anew"
    assert (state(port, number), state(port, other)) == ("under_review", "in_force")
    assert causes(port, number, "supervisor") == [
        {"kind": "inspection", "number": round_, "move": "answer_item"}
    ]
    port.walk(
        number, ("officer", "grade_by_stage"), ("registrar", "set_measures"), ("leader", "put_in_force")
    )
    port.do(round_, "supervisor", "answer_item", item="c08_2", answer="finding", remark="仍未备案。")
    assert raised(port).points == 1


def load_checklist(port: Port) -> None:
    with port.unit() as session:
        checklists.put(session, shipped_checklist(), by="setup", at=port.at)


def test_two_workers_who_sweep_the_same_sign_raise_a_point_once(port: Port) -> None:
    number = in_force(port)
    registered_clue(port)
    with port.unit() as session:
        key = session.execute(select(col(RiskSign.id))).scalar_one()
    with port.unit() as session:
        assert risk_raising.take_up(session, port.office, int(key or 0), at=port.at) == 1
    with port.unit() as session:
        assert risk_raising.take_up(session, port.office, int(key or 0), at=port.at) is None
    assert len(record(port, number, "registrar")["raised"]) == 1
    assert waiting(port) == 0


def test_a_sign_whose_transaction_fails_is_taken_up_by_the_next_sweep(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = in_force(port)
    registered_clue(port)

    def breaks(*_: object, **__: object) -> None:
        raise LookupError("the history grew meanwhile")

    with monkeypatch.context() as patch:
        patch.setattr("cases.risk_causes.keep", breaks)
        done = raised(port)
    assert [why for _, why in done.failed] == ["LookupError"]
    assert state(port, number) == "in_force"
    assert raised(port).points == 1
    assert state(port, number) == "under_review"


# ------------------------------------------------------------------------------------------------ duties and posts


def test_a_change_of_the_holders_postings_raises_the_point(port: Port) -> None:
    number = in_force(port, holder="officer2")
    other = in_force(port, holder="officer3")
    with port.unit() as session:
        administering.unpost(session, port.office, actor="operator", login="officer2", role="officer",
                             organisation="MGJ", project=None, at=port.at + timedelta(minutes=1))  # fmt: skip
    port.at += timedelta(minutes=2)
    assert raised(port).points == 1
    assert (state(port, number), state(port, other)) == ("under_review", "in_force")
    assert causes(port, number, "registrar") == [
        {"kind": "duty", "person": "officer2", "what": "unposted", "role": "officer", "organisation": "MGJ"}]  # fmt: skip
    assert faults(port) == set()


def test_the_end_of_the_holders_account_raises_the_point_and_its_owner_passes_it_on(port: Port) -> None:
    number = in_force(port, holder="officer3")
    port.do(number, "registrar", "note_change")
    port.do(number, "registrar", "grade_by_stage")
    port.do(number, "registrar", "set_measures", point_owner="officer3")
    port.do(number, "leader", "put_in_force")
    port.at += timedelta(minutes=1)
    approve(port, propose(port, "officer3", "officer2"))
    assert raised(port).points == 1
    with port.unit() as session:
        shown = listing.shown(session, port.office, number, actor="officer2")
    assert (shown["state"], shown["handler"]) == ("under_review", "officer2")
    assert [(one["person"], one["what"]) for one in causes(port, number, "head")] == [("officer3", "ended")]
    assert faults(port) == set()


def test_a_change_of_flow_that_nobody_here_records_is_noted_by_hand(port: Port) -> None:
    number = in_force(port)
    assert port.do(number, "supervisor", "note_change").to == "under_review"
    assert clocks(port, number) >= {"reviewing"}


# ------------------------------------------------------------------------------- what nobody learns who may not see it


def test_whoever_may_not_see_a_clue_learns_neither_its_number_nor_that_it_was_one(port: Port) -> None:
    by_clue, by_duty = in_force(port), in_force(port, link="c08_contract", holder="officer2")
    clue = registered_clue(port, title="基床偷工减料")
    with port.unit() as session:
        administering.post(session, port.office, actor="operator", login="officer2", role="supervisor",
                           organisation="MGJ", project="BW", at=port.at + timedelta(minutes=1))  # fmt: skip
    port.at += timedelta(minutes=2)
    raised(port)
    assert causes(port, by_clue, "registrar") == [{"kind": "clue", "number": clue, "move": "register"}]
    with port.unit() as session:
        seen = [
            everything(session, port, number, "officer") for number in (by_clue, by_duty)
        ]  # the owner of both
    assert clue not in "".join(seen)
    assert "基床偷工减料" not in "".join(seen)
    assert alike(seen[0]) == alike(seen[1])
    assert causes(port, by_clue, "officer") == causes(port, by_duty, "officer") == [None]


def everything(session: Session, port: Port, number: str, who: str) -> str:
    """All that is told to them of a point."""
    return repr([
        listing.shown(session, port.office, number, actor=who), listing.history(session, port.office, number, actor=who),
        risk_lists.record(session, port.office, number, actor=who, lang="zh"),
    ])  # fmt: skip


def alike(told_: str) -> int:
    """How often anything is said of a cause."""
    return told_.count("cause")


def test_whoever_is_kept_out_of_the_clue_is_not_told_of_it(port: Port) -> None:
    number = in_force(port)
    clue = registered_clue(port)
    raised(port)
    assert causes(port, number, "leader")[0]["number"] == clue
    with port.unit() as session:
        recusing.declare(
            session, port.office, clue, actor="leader", reason="A relative works there.", at=port.at
        )
    assert causes(port, number, "leader") == [None]
    assert causes(port, number, "head")[0]["number"] == clue


def test_whoever_does_not_see_the_point_is_told_nothing(port: Port) -> None:
    number = in_force(port)
    with port.unit() as session, pytest.raises(NoSuchMatter):
        risk_lists.record(session, port.office, number, actor="contractor", lang="zh")


# --------------------------------------------------------------------------------------------------------- clocks


def test_the_day_of_review_is_told_of_and_brings_the_point_to_its_review(port: Port) -> None:
    number = point(port)
    port.do(number, "registrar", "grade_by_consequence")
    port.do(number, "registrar", "set_measures", review_on="2026-12-01")
    port.do(number, "leader", "put_in_force")
    fire(port, "2026-11-18T06:00:00+00:00")
    assert state(port, number) == "in_force"
    assert "clock.review.remind" in rungs(port, number)
    fire(port, "2026-12-01T06:00:00+00:00")
    assert state(port, number) == "in_force"
    fire(port, "2026-12-02T06:00:00+00:00")
    assert state(port, number) == "under_review"
    fire(port, "2027-01-29T06:00:00+00:00")
    assert rungs(port, number)[-1] == "clock.reviewing.climb_further"
    assert "head" in told(port, "overdue_report")


def fire(port: Port, at: str) -> None:
    port.at = type(port.at).fromisoformat(at)
    sweep.sweep(port.unit, port.office, at=port.at)


def rungs(port: Port, number: str) -> list[str]:
    with port.unit() as session:
        events = listing.history(session, port.office, number, actor="registrar")
    return [one["move"] for one in events if one["move"].startswith("clock.re")]


# ---------------------------------------------------------------------------------------------------------- audit


@pytest.mark.parametrize("change, fault", [
    (update(RiskPoint).values(gravity=3), "point_changed"),
    (update(RiskPoint).values(link="c01_approval"), "point_changed"),
    (update(RiskCause).values(salt="00"), "cause_altered"),
    (text("DELETE FROM risk_cause"), "cause_gone"),
])  # fmt: skip
def test_what_is_changed_behind_the_history_is_found(port: Port, change: Any, fault: str) -> None:
    in_force(port)
    registered_clue(port)
    raised(port)
    assert faults(port) == set()
    with port.unit() as session:
        session.execute(change)
    assert faults(port) == {fault}


def test_a_grade_that_its_answers_do_not_come_to_is_found(port: Port) -> None:
    number = point(port)
    port.do(number, "registrar", "grade_by_consequence", consequence="crime")
    with port.unit() as session:
        event = session.execute(
            select(Event).join(Matter, col(Matter.id) == col(Event.matter))
            .where(col(Matter.number) == number, col(Event.move) == "grade_by_consequence")
        ).scalar_one()  # fmt: skip
        event.data = dict(event.data) | {"level": 3, "grade": "low"}
    assert {"grade_differs", "altered"} <= faults(port)
    assert not record(port, number, "registrar")["grades"][0]["as_recomputed"]


# -------------------------------------------------------------------------------------------------- signs that are gone


@pytest.mark.parametrize("swept", [False, True])
def test_a_sign_that_somebody_deletes_is_found(port: Port, swept: bool) -> None:
    registered_clue(port)
    with port.unit() as session:
        administering.post(session, port.office, actor="operator", login="officer2", role="leader",
                           organisation="MGJ", project=None, at=port.at)  # fmt: skip
    in_force(port)
    registered_clue(port)
    with port.unit() as session:
        administering.unpost(session, port.office, actor="operator", login="officer2", role="leader",
                             organisation="MGJ", project=None, at=port.at)  # fmt: skip
    if swept:
        raised(port)
    assert faults(port) == set()
    for what in (RiskSign.event, RiskSign.entry):
        with port.unit() as session:
            last = session.execute(select(func.max(RiskSign.id)).where(col(what).is_not(None))).scalar_one()
            kept = session.get_one(RiskSign, last).model_dump()
            session.execute(delete(RiskSign).where(col(RiskSign.id) == last))
        assert faults(port) == {"sign_gone"}
        with port.unit() as session:
            session.add(RiskSign(**kept))
    assert faults(port) == set()


def test_a_finding_at_an_item_whose_sign_is_gone_is_found(port: Port) -> None:
    registered_clue(port)
    load_checklist(port)
    number = port.note("supervisor", "inspection", checklist="LINKS", project="PC", link=None)
    port.do(number, "supervisor", "begin")
    port.do(number, "supervisor", "answer_item", item="c08_2", answer="finding", remark="未备案。")
    assert faults(port) == set()
    with port.unit() as session:
        session.execute(delete(RiskSign).where(col(RiskSign.link) == "c08_contract"))
    assert faults(port) == {"sign_gone"}


def test_what_happened_before_there_were_signs_lacks_none(port: Port) -> None:
    registered_clue(port)
    with port.unit() as session:
        session.execute(delete(RiskSign))  # as an office had it that kept no signs then
    registered_clue(port)
    assert faults(port) == set()
