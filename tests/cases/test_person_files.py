"""Integrity files of the holders of key posts: one each, loose-leaf, signed or stamped; read by approval alone, for a time;
closed clues flow in as the rules allow; nothing a leaf says stands anywhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from cases import administering, attachments, audit, file_lists, listing, reads
from cases.advance import advance
from cases.errors import NoSuchMatter
from cases.file_leaves import FileLeaf
from cases.history import Event
from cases.people import Person, Posting
from plumbline.file_keys import FileKeys
from states.facts import Refused
from tests.cases import recusal_stories
from tests.cases.file_stories import (
    approved,
    asked,
    closed_clue,
    filled,
    in_force,
    opened_file,
    own,
    read,
    state,
    supplied,
    swept,
    texts,
    with_key,
)
from tests.cases.port_office import Port, Unit

MARK = "玄武岩7431"  # stands in a leaf, and nowhere else
TICK = timedelta(microseconds=1)


@pytest.fixture
def port(unit: Unit, tmp_path: Path) -> Port:
    """The Port Centre's office, with its rulebook on file and the key that seals leaves."""
    return with_key(unit, tmp_path)


def refused_to_read(port: Port, reading: str, who: str = "officer", **later: float) -> str:
    with pytest.raises(Refused) as found:
        read(port, reading, who, **later)
    return found.value.code


def replays(port: Port) -> bool:
    with port.unit() as session:
        return not audit.verify(session).faults


# ------------------------------------------------------------------------------------------------- one person, one file


def test_one_person_has_one_file_and_who_may_see_the_first_is_told_its_number(port: Port) -> None:
    first = opened_file(port)
    with pytest.raises(Refused) as found:
        opened_file(port, subject="沈 洁", subject_unit="恒泰监理公司")
    assert found.value.code == "second_file"
    assert first in found.value.reasons[0].message.zh
    recusal_stories.declare(port, first, "registrar")
    with pytest.raises(Refused) as found:
        opened_file(port)
    assert first not in found.value.reasons[0].message.zh
    opened_file(port, subject_unit="第七工程局南方公司")  # of the same name, in another unit
    port.do(first, "leader", "close")
    opened_file(port)  # once the first is closed, another may begin
    assert replays(port)


def test_the_account_of_a_file_is_that_person_s(port: Port) -> None:
    with pytest.raises(Refused) as found:
        opened_file(port, account="contractor")
    assert found.value.code == "account_of_another"


# --------------------------------------------------------------------------------------------------------------- leaves


def test_what_the_person_filled_in_is_signed_and_dated_and_what_a_unit_supplied_stamped_and_dated(
    port: Port,
) -> None:
    number = opened_file(port)
    for missing in ("leaf_signed_by", "leaf_signed_on"):
        said = {
            "leaf_part": "income",
            "leaf_signed_by": "沈洁",
            "leaf_signed_on": "2026-09-01",
            missing: None,
        }
        found = port.refused(number, "registrar", "put_in_own", **said)
        assert (
            found["leaf_unsigned"] == "A part that the person filled in carries their signature and its date."
        )
    other = {"leaf_signed_by": "吴刚", "leaf_signed_on": "2026-09-01"}
    assert "leaf_signed_by_another" in port.refused(number, "registrar", "put_in_own", **other)
    for missing in ("leaf_stamped_by", "leaf_dated_on"):
        said = {"leaf_stamped_by": "组织部", "leaf_dated_on": "2026-09-01", missing: None}
        found = port.refused(number, "registrar", "put_in_supplied", **said)
        assert found["leaf_unstamped"] == "A part that a unit supplied carries its stamp and a date."
    own(port, number)
    supplied(port, number)


def test_the_form_offers_a_leaf_that_would_pass(port: Port) -> None:
    opened_file(port, subject="郑海峰", subject_unit="港口工程公司")
    number = opened_file(port)
    port.walk(number, ("registrar", "put_in_own"), ("registrar", "put_in_supplied"))
    opened_file(port, subject="冯涛", subject_unit="第七工程局南方公司")
    reading = asked(port)
    port.do(reading, "leader", "approve")
    assert len(read(port, reading).leaves) == 2


def test_who_has_an_account_signs_under_it_and_sees_no_more_than_the_sheet(port: Port) -> None:
    number = opened_file(port, account="overseer")
    sheet = port.note("registrar", "own_sheet", filler="overseer", sheet_part="income")
    assert port.unseen(sheet, "contractor")
    assert "is_handler" in port.refused(sheet, "registrar", "sign")
    port.do(sheet, "overseer", "sign", leaf_text=MARK)
    assert port.unseen(number, "overseer")
    with port.unit() as session:
        shown = str(listing.shown(session, port.office, sheet, actor="overseer"))
        shown += str(listing.history(session, port.office, sheet, actor="overseer"))
        theirs = listing.history(session, port.office, number, actor="registrar")[-1]
        held = str(session.execute(select(col(Event.data))).all())
    assert MARK not in shown + held
    assert (theirs["move"], theirs["actor"]) == ("sign_in", "overseer")
    (leaf,) = read(port, approved(port, number)).leaves
    assert (leaf.part, leaf.holds["leaf_text"], leaf.holds["leaf_signed_by"]) == ("income", MARK, "沈洁")
    assert (leaf.holds["leaf_signed_as"], leaf.on.isoformat()) == ("overseer", "2026-09-01")
    assert replays(port)


def test_a_sheet_of_somebody_without_a_file_is_not_signed(port: Port) -> None:
    sheet = port.note("registrar", "own_sheet", filler="overseer")
    assert "no_file_for_it" in port.refused(sheet, "overseer", "sign")
    opened_file(port)  # theirs, but without their account
    assert "no_file_for_it" in port.refused(sheet, "overseer", "sign")


def test_talk_and_letter_material_goes_in_and_the_internal_approval_form_does_not(port: Port) -> None:
    number = opened_file(port)
    supplied(port, number, "talks", leaf_title="谈话记录")
    for title in ("初核审批表", "《初步核实 审批表》（2026年第3号）"):
        said = {"leaf_title": title, "leaf_stamped_by": "组织部", "leaf_dated_on": "2026-09-01"}
        assert "leaf_not_for_the_file" in port.refused(number, "registrar", "put_in_supplied", **said)
    hidden = {"leaf_text": "初核审批表\n拟同意。", "leaf_stamped_by": "组织部", "leaf_dated_on": "2026-09-01"}
    assert "leaf_not_for_the_file" in port.refused(number, "registrar", "put_in_supplied", **hidden)


def test_a_newer_leaf_does_not_take_the_older_out(port: Port) -> None:
    number = opened_file(port)
    own(port, number, "income", leaf_text="旧")
    own(port, number, "income", leaf_text="新")
    found = read(port, approved(port, number))
    assert [leaf.holds["leaf_text"] for leaf in found.leaves] == ["新", "旧"]
    assert replays(port)


def test_only_the_named_keeper_puts_leaves_in(port: Port) -> None:
    number = opened_file(port)
    assert "not_your_role" in port.refused(number, "leader", "put_in_own")
    assert port.unseen(number, "officer")
    assert port.unseen(number, "supervisor")
    assert port.unseen(number, "overseer")


def test_a_file_is_complete_once_each_part_that_every_file_has_is_there(port: Port) -> None:
    number = opened_file(port)
    said = port.refused(number, "registrar", "take_effect")["parts_lacking"]
    assert "income" in said
    assert "yearly duty assessment" in said
    filled(port, number)
    port.do(number, "registrar", "take_effect")
    assert state(port, number) == "in_force"


# -------------------------------------------------------------------------------------------------------------- reading


def test_nobody_reads_by_their_role_and_an_approved_reading_is_open_until_its_instant(port: Port) -> None:
    number = in_force(port)
    for who in ("registrar", "leader", "head", "auditor"):
        with port.unit() as session:
            shown = str(listing.shown(session, port.office, number, actor=who))
            shown += str(listing.history(session, port.office, number, actor=who))
        assert "称职" not in shown
    reading = asked(port)
    assert refused_to_read(port, reading) == "reading_closed"
    port.do(reading, "leader", "approve", file=number)
    assert "考核结果：称职。" in texts(read(port, reading))
    before = timedelta(hours=24) - TICK
    assert texts(read(port, reading, seconds=before.total_seconds()))
    assert refused_to_read(port, reading, hours=24) == "reading_closed"
    assert refused_to_read(port, reading, hours=24, microseconds=1) == "reading_closed"
    port.at += timedelta(hours=24)
    assert swept(port).lapsed == 1
    assert state(port, reading) == "over"
    assert refused_to_read(port, reading, hours=-25) == "reading_closed"
    assert replays(port)


def test_each_opening_is_on_record_for_the_auditor_before_anything_is_shown(port: Port) -> None:
    number = in_force(port)
    reading = approved(port, number)
    read(port, reading)
    read(port, reading)
    refused_to_read(port, reading, "leader")
    with port.unit() as session:
        lines, _ = reads.of(session, port.office, number, actor="auditor")
    assert [(one["login"], one["what"], one["door"]) for one in lines] == [
        ("officer", "contents", "page")
    ] * 2


def test_who_asks_does_not_approve_and_nobody_else_reads_what_was_approved(port: Port) -> None:
    number = in_force(port)
    reading = asked(port, "leader")
    assert "second_person" in port.refused(reading, "leader", "approve", file=number)
    port.do(reading, "head", "approve", file=number)
    assert texts(read(port, reading, "leader"))
    assert refused_to_read(port, reading, "head") == "not_the_asker"
    port.do(reading, "leader", "finish")
    assert refused_to_read(port, reading, "leader") == "reading_closed"


def test_only_the_parts_that_were_asked_for_are_shown(port: Port) -> None:
    number = opened_file(port)
    own(port, number, leaf_text="本人填的")
    supplied(port, number, leaf_text="考核的")
    supplied(port, number, "reports", leaf_text="举报的")
    assert texts(read(port, approved(port, number, parts="work_parts"))) == {"考核的"}
    assert texts(read(port, approved(port, number, parts="report_parts"))) == {"举报的"}


def test_a_file_of_another_person_is_not_opened_in_the_place_of_the_one_asked_for(port: Port) -> None:
    theirs = opened_file(port, subject="冯涛", subject_unit="第七工程局南方公司")
    reading = asked(port)
    assert "file_of_another" in port.refused(reading, "leader", "approve", file=theirs)


def test_the_person_neither_sees_nor_approves_nor_reads_their_own_file(port: Port) -> None:
    number = port.note("registrar", "person_file", subject="郑毅", subject_unit="港口集团纪委", account="leader",
                       keeper="registrar", project=None)  # fmt: skip
    assert port.unseen(number, "leader")
    reading = asked(port, subject="郑毅", subject_unit="港口集团纪委")
    assert port.unseen(reading, "leader")
    port.do(reading, "head", "approve", file=number)
    assert read(port, reading).leaves == []
    own_request = asked(port, "leader", subject="郑毅", subject_unit=None)
    assert port.unseen(own_request, "leader")
    with pytest.raises(NoSuchMatter):
        read(port, own_request, "leader")


def test_who_has_an_interest_neither_approves_nor_reads(port: Port) -> None:
    number = in_force(port)
    recusal_stories.interest(port, "leader", "person", "沈洁")
    reading = asked(port)
    assert port.unseen(reading, "leader")
    port.do(reading, "head", "approve", file=number)
    recusal_stories.declare(port, reading, "officer")
    with pytest.raises(NoSuchMatter):
        read(port, reading)


def test_who_is_kept_out_of_the_file_does_not_read_it_by_an_approval_from_before(port: Port) -> None:
    number = in_force(port)
    reading = approved(port, number, "head")
    assert texts(read(port, reading, "head"))
    recusal_stories.declare(port, number, "head")
    with pytest.raises(NoSuchMatter):
        read(port, reading, "head")
    again = asked(port, "head")
    assert "asker_kept_out" in port.refused(again, "leader", "approve", file=number)


def test_nobody_keeps_their_own_file(port: Port) -> None:
    with pytest.raises(Refused) as found:
        opened_file(port, subject="何敏", subject_unit="港口集团纪委")
    assert found.value.code == "keeper_is_the_person"
    number = opened_file(port)
    with port.unit() as session:
        session.add(Person(login="registrar2", name="沈洁", organisation="MGJ"))
        session.flush()
        session.add(Posting(person="registrar2", role="registrar", organisation="MGJ"))
    assert "keeper_is_the_person" in port.refused(number, "leader", "change_keeper", keeper="registrar2")


def test_who_is_kept_out_of_the_file_alone_cannot_open_it_to_others(port: Port) -> None:
    number = in_force(port)
    reading = asked(port)
    recusal_stories.declare(port, number, "leader")
    assert "unknown_reference" in port.refused(reading, "leader", "approve", file=number)
    port.do(reading, "head", "approve", file=number)


def test_a_file_takes_no_attachments(port: Port) -> None:
    number = opened_file(port)
    with port.unit() as session, pytest.raises(Refused) as found:
        attachments.to_add(session, port.office, number, actor="registrar")
    assert found.value.code == "only_leaves"


# ----------------------------------------------------------------------------------------------------- nothing elsewhere


def test_what_a_leaf_says_stands_nowhere_in_the_database(port: Port) -> None:
    number = opened_file(port)
    own(port, number, leaf_text=f"{MARK}甲")
    supplied(
        port, number, "reports", leaf_title=f"{MARK}乙", leaf_text=f"{MARK}丙", leaf_stamped_by=f"{MARK}丁"
    )
    reading = approved(port, number)
    assert {f"{MARK}甲", f"{MARK}丙"} <= texts(read(port, reading))
    with port.unit() as session:
        dialect = session.get_bind().dialect.name
        tables = session.execute(text(
            "SELECT name FROM sqlite_master WHERE type = 'table'" if dialect == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )).scalars().all()  # fmt: skip
        held = "".join(
            str(row) for name in tables for row in session.execute(text(f'SELECT * FROM "{name}"'))
        )
        lists = str(file_lists.record(session, port.office, number, actor="head", at=port.at, lang="zh"))
    assert number in held
    assert MARK not in held
    assert "reports" not in "".join(str(one) for one in _of_file(port, number))
    assert MARK not in lists


def _of_file(port: Port, number: str) -> list[object]:
    with port.unit() as session:
        return list(session.execute(select(col(Event.data), col(Event.move))))


def test_a_changed_or_a_missing_leaf_is_found_and_nothing_is_shown(port: Port) -> None:
    number = in_force(port)
    reading = approved(port, number)
    assert replays(port)
    with port.unit() as session:
        kept = session.execute(select(FileLeaf).where(col(FileLeaf.leaf) == 1)).scalar_one()
        other = port.office.vault.seal("{}") if port.office.vault else ""
        session.execute(update(FileLeaf).where(col(FileLeaf.id) == kept.id).values(sealed=other))
    assert _faults(port) == {"leaf_altered"}
    assert refused_to_read(port, reading) == "leaf_altered"
    with port.unit() as session:
        session.execute(text("DELETE FROM file_leaf WHERE leaf = 1"))
    assert _faults(port) == {"leaf_gone"}


def _faults(port: Port) -> set[str]:
    with port.unit() as session:
        return {fault.code for fault in audit.verify(session).faults}


def test_with_another_key_nothing_is_read_and_nothing_more_is_sealed(port: Port, tmp_path: Path) -> None:
    number = in_force(port)
    reading = approved(port, number)
    port.office = replace(port.office, vault=FileKeys(tmp_path / "another"))
    assert refused_to_read(port, reading) == "leaf_unreadable"
    leaf = {"leaf_signed_by": "沈洁", "leaf_signed_on": "2026-09-01"}
    with port.unit() as session, pytest.raises(Refused) as found:
        advance(session, port.office, number, "put_in_own", actor="registrar", at=port.at,
                fields={"leaf_part": "gifts", "leaf_text": "x"} | leaf)  # fmt: skip
    assert found.value.code == "leaf_unreadable"
    assert replays(port)


# ---------------------------------------------------------------------------------------------------------- flowing in


def test_a_closed_clue_flows_in_once_and_says_what_it_came_to_and_never_who_reported(port: Port) -> None:
    number = opened_file(port)
    clue = closed_clue(port, reporter_name=MARK, reporter_contact=MARK)
    done = swept(port)
    assert (done.signs, done.files, done.failed) == (1, 1, ())
    assert swept(port).signs == 0
    found = read(port, approved(port, number))
    (leaf,) = found.leaves
    assert (leaf.part, leaf.holds["source"]) == ("disposition", clue)
    assert [one["en"] for one in leaf.holds["told"]] == [
        "way: preliminary verification",
        "outcome: partly founded",
    ]
    assert MARK not in str(leaf.holds)
    assert replays(port)


def test_an_unfounded_one_is_kept_as_a_report_that_was_checked(port: Port) -> None:
    number = opened_file(port)
    closed_clue(port, outcome="unfounded")
    swept(port)
    (leaf,) = read(port, approved(port, number)).leaves
    assert leaf.part == "reports"


def test_what_is_screened_out_sealed_merged_running_or_about_another_does_not_flow_in(port: Port) -> None:
    number = opened_file(port)
    about = {"subject": "沈洁", "subject_unit": "恒泰监理公司"}
    port.do(port.note(**about), "leader", "screen_out")
    first = port.clue_with(**about)
    repeat = port.note(**about)
    port.do(repeat, "registrar", "link_repeat", first=first)
    closed_clue(port, subject="沈洁", subject_unit="第七工程局南方公司")
    closed_clue(port, subject="沈某")
    reopened = closed_clue(port)
    port.do(reopened, "head", "reopen")
    swept(port)
    assert read(port, approved(port, number)).leaves == []
    assert state(port, repeat) == "archived"


def test_who_is_kept_out_of_the_clue_does_not_see_its_leaf(port: Port) -> None:
    number = opened_file(port)
    clue = closed_clue(port)
    swept(port)
    reading, theirs = approved(port, number), approved(port, number, "officer2")
    recusal_stories.decide(port, recusal_stories.challenge(port, clue, "leader", "officer2"), "head")
    assert [leaf.holds["source"] for leaf in read(port, reading).leaves] == [clue]
    assert read(port, theirs, "officer2").leaves == []


# ---------------------------------------------------------------------------------------------------------- the year


def test_a_file_is_to_be_updated_a_year_after_it_was_confirmed(port: Port) -> None:
    number = in_force(port)
    with port.unit() as session:
        clock = next(one for one in listing.shown(session, port.office, number, actor="registrar")["deadlines"]
                     if one["deadline"] == "yearly")  # fmt: skip
    assert clock["due_on"] == "2027-09-01"
    port.later(days=364, hours=23, minutes=15)  # the due day, before half past eight
    assert state(port, number) == "in_force"
    port.later(minutes=30)
    assert state(port, number) == "update_due"
    port.later(days=1)
    assert "parts_lacking" in port.refused(number, "registrar", "confirm_update")
    filled(port, number, leaf_signed_on="2027-09-01")
    port.do(number, "registrar", "confirm_update")
    assert state(port, number) == "in_force"
    assert replays(port)


def test_a_change_of_their_postings_has_the_file_updated(port: Port) -> None:
    number = in_force(port, account="overseer")
    swept(port)
    assert state(port, number) == "in_force"
    with port.unit() as session:
        administering.post(session, port.office, actor="operator", login="overseer", role="member", organisation="QJN",
                           project=None, at=port.at)  # fmt: skip
    assert swept(port).files == 1
    assert state(port, number) == "update_due"
    assert replays(port)
