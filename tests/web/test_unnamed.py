"""A page that refuses a text which names the person a clue is about: at the field, in both languages, nothing lost."""

from __future__ import annotations

import re

import pytest

from tests.web.browsing import Office
from tests.web.test_matter import form, made, send
from tests.web.test_today import move, opened, seat


@pytest.mark.parametrize(
    "lang, label, cure", [("zh", "完成证据要求", "请删去姓名"), ("en", "proof required", "Take the name out")]
)
def test_the_form_says_which_field_and_what_to_write(
    office: Office, lang: str, label: str, cure: str
) -> None:
    number = opened(office, subject="周建国", subject_unit="某单位")
    for who, name, given in (
        ("registrar", "register", {"managed_by": "ours"}),
        ("registrar", "propose_assignment", {"proposed_handler": "officer"}),
        ("head", "approve_assignment", {"handler": "officer"}), ("officer", "sign_for", {}),
        ("officer", "propose_disposition", {"way": "rectify"}),
    ):  # fmt: skip
        move(office, who, number, name, **given)
    [leader] = seat(office, "leader")
    path = f"/matters/{number}/moves/approve_rectification?lang={lang}"
    typed = {
        "f_measure": "完善制度",
        "f_task_owner": "contractor",
        "f_due_on": "2026-10-01",
        "f_way_on": "2026-09-01",
        "f_proof": "周 建国的说明",
    }
    answer = send(leader, path, form(leader, path) | typed)
    assert answer.status_code == 422
    fault = re.search(r'id="f-proof-faults">([^<]+)<', answer.text)
    assert fault
    assert label in fault[1]
    assert cure in answer.text
    assert "周 建国的说明" in answer.text
    assert made(office, "approve_rectification") == 0
