"""People read the rulebook's labels in a refusal, in both languages, not its names."""

from __future__ import annotations

import re

import pytest

from tests.states.paper_office import ROLES, PaperOffice
from tests.states.stories import TO_OFFICER, refused


@pytest.fixture
def office() -> PaperOffice:
    return PaperOffice()


def test_a_refused_approval_names_the_way_by_its_label(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="hold")
    (reason,) = refused(office, clue, "approve_close", "head").reasons
    assert reason.message.zh == "“处置方式”须为“予以了结”，目前是“暂存待查”。"
    assert reason.message.en == '"way" would have to be "close"; it is "hold pending".'


def test_a_move_is_named_with_the_word_the_shell_takes(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER[:-1])
    (reason,) = refused(office, clue, "propose_disposition", "officer").reasons
    assert reason.cure.zh == "请先由您本人办理“签收”（sign_for）。"
    assert reason.cure.en == 'Make "sign for it" (sign_for) yourself first.'


def test_the_state_of_a_linked_matter_is_named_as_that_machine_names_it(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="rectify")
    office.move(clue, "approve_rectification", "leader")
    (reason,) = refused(office, clue, "close_rectification", "leader").reasons
    assert "“整改任务”" in reason.message.zh
    assert "“已下达”" in reason.message.zh
    assert '"rectification task"' in reason.message.en


def test_no_refusal_leaves_a_name_in_braces(office: PaperOffice) -> None:
    clue = office.note(kind="non_action")
    office.note("registrar", "inspection")
    for step in (*TO_OFFICER, ("officer", "convene")):
        for who in ROLES:
            for matter in office.matters:
                for _, why in office.survey(matter, who).blocked:
                    for reason in why:
                        assert not re.search(
                            r"[{}]", reason.message.zh + reason.message.en + reason.cure.zh + reason.cure.en
                        )
        office.walk(clue, step)
