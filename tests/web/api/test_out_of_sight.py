"""What is sealed, and what somebody is recused from, through every way into the API: planted words are looked for."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from cases import interests
from plumbline import sample
from plumbline.attaching import Attaching
from tests.cases import bad_files
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused
from web.api import door
from web.api.machines import PLURALS

EVERYBODY = tuple(row[0] for row in sample.PEOPLE)
FIRM = "远洋劳务公司"
WORDS = {
    "first": "蓝鲸礁石zq",
    "clue": "赤壁回声zq",
    "reporter": "周报人姓zq",
    "brief": "金桥断面zq",
    "opinion": "冰下暗流zq",
    "photograph": "红桥旧影zq",
    "task": "白塔晨钟zq",
    "why": "青苔旧约zq",
}
OF_THE_SECOND = {"clue", "reporter", "brief", "opinion", "photograph", "task"}


ASKED = {
    "agenda": "?from=2026-09-01&until=2027-09-01", "account_end_pack": "?login=officer",
    "assessment_sheet": "?organisation=HTJ&period=2026-Q3",
}  # fmt: skip


def read(api: Client, who: str, numbers: list[str]) -> set[str]:
    """Which of the words this account reads in any answer to a GET."""
    found = []
    for one in door.operations(api.work):
        if one.method != "GET" or one.name in ("openapi", "calendar_due"):
            continue
        names = numbers if "{number}" in one.path else [""]
        keys = range(1, 2 if "{number}" in one.path else 16) if "{id}" in one.path else [0]
        asked = (
            [f"?q={word}" for word in WORDS.values()] if one.name == "search" else [ASKED.get(one.name, "")]
        )
        found += [
            words(api.ask(who, "GET", one.path.format(number=name, id=key, login="officer") + query))
            for name in names for key in keys for query in asked
        ]  # fmt: skip
    text = "\n".join(found)
    return {name for name, word in WORDS.items() if word in text}


def words(answer: Response) -> str:
    """What an answer says; of a workbook, what stands in it."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))


def clue(api: Client, handler: str, title: str, **about: Any) -> str:
    number = api.note(title=title, problem=title, **about)
    for who, move, form in (
        ("registrar", "register", {}), ("registrar", "propose_assignment", {"proposed_handler": handler}),
        ("head", "approve_assignment", {"handler": handler}), (handler, "sign_for", {}),
    ):  # fmt: skip
        made(api, who, number, move, "clues", **form)
    return number


def made(api: Client, who: str, number: str, move: str, machine: str = "consultations", **form: Any) -> None:
    answer = api.do(who, number, move, machine=machine, **form)
    assert answer.status_code == 200, answer.text


def newest(api: Client, machine: str) -> str:
    return max(str(one["number"]) for one in api.get("head", f"/{machine}")[machine])


@pytest.fixture
def round_(api: Client, tmp_path: Path) -> list[str]:
    """A round of two clues in session, of which the overseer may know only one; and what it is about."""
    with api.work.unit() as session:
        interests.declare(session, person="overseer", kind="company", name=FIRM, note="", at=NOON)
    first = clue(api, "officer", WORDS["first"])
    second = clue(api, "officer2", WORDS["clue"], subject="某甲", subject_unit=FIRM, real_name=True,
                  reporter_name=WORDS["reporter"])  # fmt: skip
    made(
        api,
        "officer",
        first,
        "convene",
        "clues",
        seats=["owner", "contractor", "overseer"],
        proposed="rectify",
    )
    number = newest(api, "consultations")
    made(
        api,
        "registrar",
        number,
        "take_up_clue",
        clue=second,
        brief_item=WORDS["brief"],
        proposed_item="rectify",
    )
    made(api, "registrar", number, "name_substitute", member="overseer", substitute="overseer2")
    photograph = tmp_path / "a.jpg"
    photograph.write_bytes(bad_files.photograph())
    with photograph.open("rb") as source:
        Attaching(api.work).add(second, source, name="a.jpg", actor="registrar", at=NOON,
                                caption=WORDS["photograph"])  # fmt: skip
    Attaching(api.work).release(number, second, (1,), actor="leader", at=NOON)
    made(api, "officer", number, "send_brief")
    made(api, "leader", number, "open_session")
    made(api, "owner", number, "give_opinion", item=2, opinion="disagree", opinion_reasons=WORDS["opinion"])
    return [first, second, number]


def test_a_sealed_opinion_is_read_by_nobody_but_its_giver(api: Client, round_: list[str]) -> None:
    reading = {who for who in EVERYBODY if "opinion" in read(api, who, round_)}
    assert reading == {"owner"}
    refused(api.ask("leader", "GET", f"/consultations/{round_[2]}/result"), 409, "sealed")


def test_to_the_end_nothing_of_the_item_reaches_whoever_is_kept_out_of_it(
    api: Client, round_: list[str]
) -> None:
    first, second, number = round_
    for who, item in (("owner", 1), ("contractor", 1), ("contractor", 2), ("overseer", 1), ("overseer2", 2)):
        made(api, who, number, "give_opinion", item=item)
    for who, move in (("leader", "collect_opinions"), ("leader", "resolve")):
        made(api, who, number, move)
    made(api, "registrar", number, "issue_task", item=1, task_owner="overseer")
    first_task = newest(api, "tasks")
    assert "opinion" in read(api, "leader", [number])
    outsiders = {
        "overseer": set(),
        "overseer2": {"brief", "opinion", "photograph"},
        "district": set(),
        "operator": set(),
    }
    for who, may in outsiders.items():
        assert read(api, who, [first, second, number, first_task]) & OF_THE_SECOND == may, who
    for plural in PLURALS.values():
        assert second not in api.ask("overseer", "GET", f"/{plural}").text
    refused(
        api.post("overseer", f"/clues/{second}/recusals", {"reason": WORDS["why"]}), 404, "no_such_number"
    )
    assert not {"reporter", "why"} & set().union(
        *(read(api, who, round_) for who in ("owner", "auditor", "head"))
    )
