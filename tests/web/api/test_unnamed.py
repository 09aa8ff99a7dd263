"""What a company reads names nobody whom a clue is about: the API refuses it as every other door does."""

from __future__ import annotations

from tests.web.api.client import Client, refused
from tests.web.api.test_out_of_sight import clue, made


def test_an_order_to_a_company_that_names_the_person_is_refused_at_its_field(api: Client) -> None:
    number = clue(api, "officer", "测试", subject="周建国", subject_unit="某单位")
    made(api, "officer", number, "propose_disposition", "clues", way="rectify")
    named = {"task_owner": "contractor", "proof": "周建国的书面说明"}
    answer = api.do("leader", number, "approve_rectification", **named)
    told = refused(answer, 422, "not_redacted")
    assert [(one["code"], one["field"]) for one in told["reasons"]] == [("not_redacted", "proof")]
    made(api, "leader", number, "approve_rectification", "clues", task_owner="contractor")
