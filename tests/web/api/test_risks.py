"""The risk register over the API: points by grade, the record of one, the schemes; and what is out of sight."""

from __future__ import annotations

from cases import opening
from cases.advance import advance
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused

POINT = {"title": "隐蔽工程验收签认", "aspect": "post", "place": "质量专责岗", "project": "PC", "link": "c15_quality",
         "problem": "一人签认即可覆盖。"}  # fmt: skip
GRADE = {"consequence": "crime", "grade_reason": "近年发生过。"}


def graded(api: Client) -> str:
    with api.work.unit() as session:
        moved = opening.open_matter(
            session, api.work.office, "risk", actor="registrar", at=NOON, fields=POINT
        )
        advance(
            session,
            api.work.office,
            moved.number,
            "grade_by_consequence",
            actor="registrar",
            at=NOON,
            fields=GRADE,
        )
    return moved.number


def test_points_by_grade(api: Client) -> None:
    number = graded(api)
    (one,) = api.get("supervisor", "/risks/ranked?project=PC")["points"]
    assert (one["number"], one["grade"], one["gravity"], one["link"]) == (number, "high", 1, "c15_quality")
    assert api.get("supervisor", "/risks/ranked?grade=low")["points"] == []
    assert api.get("owner", "/risks/ranked")["points"] == []
    refused(api.ask("supervisor", "GET", "/risks/ranked?sort=grade"), 422)


def test_the_record_of_a_point(api: Client) -> None:
    found = api.get("auditor", f"/risks/{graded(api)}/record")
    assert [(one["inputs"], one["level"], one["as_recomputed"]) for one in found["grades"]] == [
        ({"consequence": "crime"}, 1, True)
    ]
    assert found["raised"] == []


def test_the_schemes(api: Client) -> None:
    found = {one["scheme"]: one for one in api.get("registrar", "/risks/schemes")["schemes"]}
    assert found["criteria"]["at_least"] == {"1": 3, "2": 2, "3": 1}


def test_what_is_out_of_sight_is_not_there(api: Client) -> None:
    number = graded(api)
    for path in (f"/risks/{number}/record", f"/risks/{number}"):
        refused(api.ask("owner", "GET", path), 404, "no_such_number")
