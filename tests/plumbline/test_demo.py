"""The demo's story: it fits the rulebook, and it shows what the README promises."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from cases import audit, checklist_sheets, coverage, radar, round_results
from cases.deadlines import Deadline, Firing
from cases.inspections import Programme
from cases.matters import Matter
from notifications.notices import Notice
from plumbline.demo import log, page, play
from plumbline.demo.play import NotTheDemos, Played


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The whole story, its duties run plainly: through Prefect it is the same functions, and takes longer."""
    return play.play(tmp_path_factory.mktemp("demo") / "demo", say=lambda _line: None, with_prefect=False)


def state(session: Session, played: Played, call: str) -> str:
    return session.exec(select(Matter.state).where(Matter.number == played.called[call])).one()


def test_every_thread_of_the_story_ends_where_it_should(played: Played) -> None:
    with played.work.reading() as session:
        found = {call: state(session, played, call) for call in played.called}
    assert found == {
        "wages": "archived", "round": "closed", "task": "cancelled", "task2": "cancelled", "tender": "referred",
        "packet": "answered", "concrete": "registered", "cable": "registered", "paper": "filed", "point": "in_force",
        "contracts": "closed", "refund": "cancelled", "diary": "assigned",
        "change": "settled", "call": "reported",
        "letter": "in_term", "commitment": "signed", "person": "establishing", "reading": "over", "works": "collecting",
        "zero": "nothing",
    }  # fmt: skip


def test_a_round_was_answered_by_its_checklist_and_its_finding_led_to_a_task(played: Played) -> None:
    with played.work.reading() as session:
        sheet = checklist_sheets.sheet(session, played.work.office, played.called["contracts"], actor="supervisor",
                                       lang="zh")  # fmt: skip
    assert [one["answer"]["answer"] for one in sheet["items"]] == ["in_order", "not_applicable", "in_order"]
    found = sheet["items"][2]
    assert [one["measured"] for one in found["earlier"]] == ["12"]
    assert [(one["number"], one["state"]) for one in found["led_to"]] == [
        (played.called["refund"], "cancelled")
    ]


def test_the_clue_left_alone_climbs_its_ladder_to_the_commission_above(played: Played) -> None:
    with played.work.reading() as session:
        matter = session.exec(select(Matter).where(Matter.number == played.called["concrete"])).one()
        clock = session.exec(
            select(Deadline).where(Deadline.matter == matter.id, Deadline.name == "opinion")).one()  # fmt: skip
        rungs = session.exec(
            select(Firing.rung).where(Firing.deadline == clock.id).order_by(col(Firing.id))
        ).all()
        told = set(session.exec(select(Notice.recipient).where(Notice.matter == matter.id)).all())
    rule = played.work.office.rulebook().machines["clue"].deadlines["opinion"]
    assert len(rungs) == len(rule.ladder)
    assert "district" in told


def test_a_round_was_sealed_and_carried_with_a_recusal_and_a_dissent(played: Played) -> None:
    number = played.called["round"]
    with played.work.reading() as session:
        found = round_results.result(session, played.work.office, number, actor="registrar")
        seats = round_results.seats(session, played.work.office, number, actor="registrar")
    assert found["agrees"]
    assert found["result"]["outcome"] == "carried"
    assert [one["person"] for one in found["result"]["dissent"]] == ["contractor"]
    assert [(one["person"], one["recused"], one["substitute"]) for one in seats if one["recused"]] == [
        ("overseer", True, "overseer2")]  # fmt: skip


def test_a_late_task_climbed_to_the_circular(played: Played) -> None:
    with played.work.reading() as session:
        acts = session.exec(select(Matter.acts).where(Matter.number == played.called["task2"])).one()
    assert {"second_notice", "circular"} <= acts.keys()


def test_each_body_was_asked_for_november_once_and_the_silence_of_two_came_to_a_circular(
    played: Played,
) -> None:
    with played.work.reading() as session:
        query = select(Matter).where(Matter.machine == "zero_report").order_by(col(Matter.id))
        found = [
            (one.values["body"], one.values["period"], one.state, "circular" in one.acts)
            for one in session.exec(query)
        ]
    assert found == [
        ("GKJ", "2026-11", "awaiting", True), ("HTJ", "2026-11", "awaiting", True), ("QJN", "2026-11", "nothing", False),
    ]  # fmt: skip


def test_a_report_that_nobody_signed_for_reached_the_next_commission_up(played: Played) -> None:
    with played.work.reading() as session:
        matter = session.exec(select(Matter).where(Matter.number == played.called["paper"])).one()
        told = set(session.exec(select(Notice.recipient).where(Notice.matter == matter.id)).all())
        assert "second_channel" in matter.acts
        assert "city" in told
        assert matter.acts["fall_due"][0] == "engine", "the rules opened it"


def test_the_answer_came_back_from_the_districts_own_installation(played: Played) -> None:
    with played.work.reading() as session:
        acts = session.exec(select(Matter.acts).where(Matter.number == played.called["packet"])).one()
    assert acts["take_over"][0] == "site:BHJ"
    files = sorted(path.name.partition(".")[2] for path in (played.work.settings.home / "exchange").iterdir())
    assert files == ["packet.json", "reply.json"]


def test_every_notice_was_delivered_and_none_says_what_it_is_about(played: Played) -> None:
    folder = played.work.settings.notices
    files = list(folder.glob("*.eml"))
    with played.work.reading() as session:
        assert len(files) == len(session.exec(select(Notice.id).where(Notice.status == "sent")).all())
        assert session.exec(select(Notice.id).where(Notice.status != "sent")).all() == []
    assert files


def test_some_of_the_project_is_covered_some_planned_and_some_blind(played: Played) -> None:
    ends = datetime(2026, 12, 18, 10, 0, tzinfo=UTC)
    with played.work.reading() as session:
        found = coverage.of(session, played.work.office, actor="leader", at=ends, project="PC")
        programme = session.get_one(Programme, "MGJ-PC-C22")
        made_by, why = programme.made_by, programme.why
    by_link = {one.spot.link: one for one in found.cells}
    assert min(found.counts().values()) > 0
    assert (by_link["c15_quality"].state, by_link["c14_materials"].state, by_link["c20_acceptance"].state) == (
        "covered", "planned", "blind")  # fmt: skip
    assert (made_by, by_link["c22_conduct"].state) == ("leader", "planned")
    assert "从未检查" in why


def test_what_stands_still_is_on_the_radar_and_was_told_step_by_step(played: Played) -> None:
    ends = datetime(2026, 12, 18, 10, 0, tzinfo=UTC)
    number = played.called["diary"]
    with played.work.reading() as session:
        found = radar.of(
            session, played.work.office, actor="leader", at=ends, machine="clue", limit=radar.MOST
        )
        told = session.exec(
            select(Notice.recipient, Notice.status).join(Matter, col(Matter.id) == col(Notice.matter))
            .where(Matter.number == number, Notice.document == "radar_notice").order_by(col(Notice.id))
        ).all()  # fmt: skip
    [blip] = [one for one in found.blips if one.line.number == number]
    assert (blip.still.days, blip.still.step, blip.act.move, blip.act.by) == (21, 2, "sign_for", "officer")
    assert told == [("officer", "sent"), ("leader", "sent")]


def test_the_history_holds_and_the_duties_ran_on_working_days(played: Played) -> None:
    with played.work.reading() as session:
        assert audit.verify(session).ok
    assert played.runs["sweep_deadlines"] == 35
    assert played.counts["faults"] == 0
    assert played.counts["opened"] >= 7


def test_it_leaves_what_a_visitor_wants_to_look_at(played: Played) -> None:
    shown = page.write(played, rehearsed=log.rehearsed(played.work.settings.home))
    text = shown.read_text(encoding="utf-8")
    assert text.count("<svg") == 5
    assert "化名甲" not in text, "the reporter's name must not stand on the page"
    assert "src=" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    for name in ("ledger.xlsx", "account.txt", "notices"):
        assert (shown.parent / name).exists()
    assert "whole" in (shown.parent / "account.txt").read_text(encoding="utf-8")


def test_it_does_not_overwrite_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "report.docx").touch()
    with pytest.raises(NotTheDemos):
        play.play(tmp_path / "demo", say=lambda _line: None, with_prefect=False)
