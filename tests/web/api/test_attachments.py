"""Attachments through the API: added, listed, got, released to a round, sent with an escalation; once for each key."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import Response
from sqlmodel import select

from cases import requests, tokens
from cases.attachments import Attachment
from cases.disclosures import Disclosure
from cases.history import Event
from cases.reads import ReadLog
from plumbline import sample
from plumbline.settings import Settings
from plumbline.work import Work
from tests.cases import bad_files
from tests.plumbline.shell import NOON
from tests.web.api.client import Client, refused
from tests.web.api.streaming import Upload, upload
from web.api import door
from web.api.machines import PLURALS

EVERYBODY = tuple(row[0] for row in sample.PEOPLE)
BYTES = "application/octet-stream"
PHOTOGRAPH = bad_files.photograph()
NOBODY_S = "MGJ-2026-0999"


def add(
    api: Client, who: str, number: str, content: Any = PHOTOGRAPH, *, name: str = "a.jpg", caption: str | None = None,
    key: str = "k", kind: str = BYTES, lang: str = "en", plural: str = "clues",
) -> Response:  # fmt: skip
    query = f"name={quote(name)}" + (f"&caption={quote(caption)}" if caption else "")
    headers = {"Idempotency-Key": key, "Content-Type": kind, "Accept-Language": lang}
    return api.ask(who, "POST", f"/{plural}/{number}/attachments?{query}", headers=headers, content=content)


def added(api: Client, who: str, number: str, **more: Any) -> dict[str, Any]:
    answer = add(api, who, number, **more)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def rows(api: Client, table: Any = Attachment) -> list[Any]:
    with api.work.reading() as session:
        found = list(session.execute(select(table)).scalars())
        for one in found:
            session.expunge(one)
        return found


def blobs(api: Client) -> int:
    return sum(1 for path in api.work.evidence.folder.rglob("*") if path.is_file())


def in_round(api: Client) -> tuple[str, str]:
    """A clue and the round convened for it, its brief sent."""
    number = api.note(classification="none", project="PC")
    for who, move, form in (
        ("registrar", "register", {"managed_by": "ours"}),
        ("registrar", "propose_assignment", {"proposed_handler": "officer"}),
        ("head", "approve_assignment", {"handler": "officer"}), ("officer", "sign_for", {}),
        ("officer", "convene", {"seats": ["owner", "contractor", "overseer"], "proposed": "rectify"}),
    ):  # fmt: skip
        answer = api.do(who, number, move, **form)
        assert answer.status_code == 200, answer.text
    round_ = str(api.get("leader", "/consultations")["consultations"][0]["number"])
    assert api.do("officer", round_, "send_brief", machine="consultations").status_code == 200
    return number, round_


# --------------------------------------------------------------------------------------------- added, listed, got


def test_a_photograph_is_added_listed_and_got_as_it_was(api_on: Client) -> None:
    api = api_on
    number = api.note(project="PC")
    answer = add(api, "registrar", number, name="码头 一.jpg", caption="基床")
    assert answer.status_code == 201, answer.text
    told, mark = answer.json(), hashlib.sha256(PHOTOGRAPH).hexdigest()
    assert (told["number"], told["attachment"], told["name"]) == (number, 1, "码头 一.jpg")
    assert (told["sha256"], told["size"], told["same_as"]) == (mark, len(PHOTOGRAPH), [])
    assert answer.headers["location"] == f"/api/v1/clues/{number}/attachments/1"
    assert answer.headers["etag"] == f'"{mark}"'
    (line,) = api.get("head", f"/clues/{number}/attachments")["attachments"]
    assert (line["caption"], line["added_by"], line["how"]) == ("基床", "registrar", "added")
    got = api.ask("head", "GET", answer.headers["location"].removeprefix("/api/v1"))
    assert (got.status_code, got.content) == (200, PHOTOGRAPH)
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%A0%81")
    assert got.headers["content-length"] == str(len(PHOTOGRAPH))
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["etag"] == f'"{mark}"'


def test_whoever_has_the_very_bytes_is_not_sent_them_again(api: Client) -> None:
    number = api.note(project="PC")
    mark = f'"{added(api, "registrar", number)["sha256"]}"'
    path = f"/clues/{number}/attachments/1"
    same = api.ask("head", "GET", path, headers={"If-None-Match": f'"x", {mark}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", mark)
    assert api.ask("head", "GET", path, headers={"If-None-Match": '"x"'}).status_code == 200
    hidden = api.ask("owner", "GET", path, headers={"If-None-Match": mark})
    refused(hidden, 404, "no_such_number")


def test_a_long_list_is_read_page_by_page(api: Client) -> None:
    number = api.note(project="PC")
    for n in range(5):
        added(api, "registrar", number, content=b"text %d" % n, name="x.txt", key=f"k{n}")
    path, found = f"/clues/{number}/attachments?limit=2", []
    page = api.get("head", path)
    while True:
        found.append([one["attachment"] for one in page["attachments"]])
        if page["next"] is None:
            break
        page = api.get("head", f"{path}&cursor={page['next']}")
    assert found == [[1, 2], [3, 4], [5]]


def test_that_somebody_looked_is_on_record_as_on_the_page(api: Client) -> None:
    number = api.note(project="PC")
    added(api, "registrar", number)
    api.get("auditor", f"/clues/{number}/attachments")
    assert [(one.login, one.what, one.door) for one in rows(api, ReadLog)] == [("auditor", "file", "api")]


def test_that_another_body_read_one_is_in_the_history(api: Client) -> None:
    clue, round_ = in_round(api)
    added(api, "registrar", clue)
    answer = release(api, "leader", round_, clue, [1])
    assert answer.status_code == 201, answer.text
    api.ask("owner", "GET", f"/consultations/{round_}/attachments/1")
    api.ask("leader", "GET", f"/consultations/{round_}/attachments/1")
    read = [(one.actor, one.data["number"]) for one in rows(api, Event) if one.move == "attachment.read"]
    assert read == [("owner", 1)]


@pytest.mark.parametrize("key", ["0", "-1", "x", "99999999999999999999", "7", "%00"])
def test_an_attachment_that_is_none(api: Client, key: str) -> None:
    number = api.note(project="PC")
    added(api, "registrar", number)
    answer = api.ask("registrar", "GET", f"/clues/{number}/attachments/{key}")
    refused(answer, 404, "no_such_attachment")
    assert answer.content == api.ask("registrar", "GET", f"/clues/{number}/attachments/8").content


@pytest.mark.parametrize(
    "lang, said", [("en", "The file is missing or not the one"), ("zh", "附件原件缺失或已被改动")]
)
def test_a_damaged_file_is_not_handed_out_and_the_damage_is_on_record(
    api: Client, lang: str, said: str
) -> None:
    number = api.note(project="PC")
    api.work.evidence.place(added(api, "registrar", number)["sha256"]).write_bytes(b"other")
    answer = api.ask("head", "GET", f"/clues/{number}/attachments/1", headers={"Accept-Language": lang})
    assert said in refused(answer, 409, "attachment_damaged")["detail"]
    assert [one.move for one in rows(api, Event)].count("attachment.damaged") == 1


# ----------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "name, content, status, code",
    [("page.html", b"<html><script>1</script></html>", 422, "attachment_kind"), ("a.jpg", b"", 422, "attachment_empty"),
     ("bomb.docx", bad_files.bomb(), 422, "archive_bomb"), ("huge.png", bad_files.huge_png(), 422, "image_too_large")],
)  # fmt: skip
def test_a_bad_file_is_refused_in_both_languages_and_leaves_nothing(
    api: Client, name: str, content: bytes, status: int, code: str
) -> None:
    number = api.note(project="PC")
    said = {
        refused(add(api, "registrar", number, content, name=name, lang=lang), status, code)["detail"]
        for lang in ("en", "zh")
    }
    assert len(said) == 2
    assert (rows(api), blobs(api)) == ([], 0)


@pytest.mark.parametrize(
    "query, code",
    [("", "missing"), ("?name=", "empty"), (f"?name={'x' * 256}", "too_long"), ("?name=a&size=1", "unknown_field"),
     (f"?name=a.jpg&caption={'x' * 201}", "too_long"), ("?name=a.jpg&caption=%00", "bad_character"),
     ("?name=a&name=b", "given_twice")],
)  # fmt: skip
def test_a_name_or_caption_that_does_not_fit(api: Client, query: str, code: str) -> None:
    number = api.note(project="PC")
    headers = {"Idempotency-Key": "k", "Content-Type": BYTES}
    path = f"/clues/{number}/attachments{query}"
    refused(api.ask("registrar", "POST", path, headers=headers, content=PHOTOGRAPH), 422, code)
    assert rows(api) == []


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "image/jpeg", ""])
def test_a_form_of_a_page_is_not_taken_for_a_file(api: Client, kind: str) -> None:
    number = api.note(project="PC")
    refused(add(api, "registrar", number, kind=kind), 415, "not_this_type")
    assert rows(api) == []


def test_who_may_add_is_who_may_on_the_page(api: Client) -> None:
    number = api.note(project="PC")
    api.do("registrar", number, "register", managed_by="ours")
    found = {who: add(api, who, number, key=who).status_code for who in EVERYBODY}
    adding = {who for who, status in found.items() if status == 201}
    assert adding == {"supervisor", "registrar", "leader", "head"}
    assert {who for who, status in found.items() if status == 403} == {"auditor"}
    assert {found[who] for who in EVERYBODY if who not in adding and who != "auditor"} == {404}
    clue, round_ = in_round(api)
    refused(add(api, "owner", round_, plural="consultations", key="r"), 409, "only_released")
    refused(add(api, "registrar", clue, plural="tasks", key="t"), 404, "no_such_number")


# ---------------------------------------------------------------------- who asks is known before the body is read


def test_of_a_stranger_s_file_not_a_byte_is_read(api: Client) -> None:
    number = api.note(project="PC")
    with api.work.unit() as session:
        limited = tokens.issue(session, "registrar", at=NOON, scopes=["read"]).token
    for token, of, status in (
        ("nobody", number, 401), (limited, number, 403), (api.token("auditor"), number, 403),
        (api.token("owner"), number, 404), (api.token("registrar"), NOBODY_S, 404),
    ):  # fmt: skip
        body = Upload(5 << 20)
        assert upload(api, token, of, body)[0] == status
        assert body.taken == 0
    for path in ("/api/v1/ledger", "/api/v1/escalations/receive", "/api/v1/escalations/take-reply"):
        for token in ("nobody", limited):
            body = Upload(5 << 20)
            assert upload(api, token, "", body, path=path)[0] in (401, 403)
            assert body.taken == 0
    body = Upload(5 << 20)
    assert upload(api, api.token("officer"), "", body, path="/api/v1/ledger")[0] == 403
    assert body.taken == 0


@pytest.mark.parametrize("lang, said", [("en", b"larger than 20 MB"), ("zh", "超过 20 MB".encode())])
def test_a_file_that_is_too_long_is_read_no_further_than_it_may_be(
    api: Client, lang: str, said: bytes
) -> None:
    number = api.note(project="PC")
    told = Upload(30 << 20)
    status, text = upload(api, api.token("registrar"), number, told, told=True, lang=lang)
    assert (status, told.taken) == (413, 0)
    assert said in text
    untold = Upload(30 << 20)
    status, text = upload(api, api.token("registrar"), number, untold, lang=lang)
    assert (status, untold.taken) == (413, 21 << 20)
    assert said in text
    assert b"attachment_too_large" in text
    assert (rows(api), blobs(api)) == ([], 0)


def test_the_office_sets_how_large_a_file_may_be(home: Path) -> None:
    work = Work.open(Settings(api_per_minute=100_000, attachment_mb=1))
    api = Client(work)
    number = api.note(project="PC")
    assert add(api, "registrar", number, b"x" * (1 << 20), name="x.txt").status_code == 201
    answer = add(api, "registrar", number, b"x" * ((1 << 20) + 1), name="x.txt", key="l")
    refused(answer, 413, "attachment_too_large")
    work.engine.dispose()


def test_a_file_that_breaks_off_is_not_taken_in(api: Client) -> None:
    number = api.note(project="PC")
    status, text = upload(api, api.token("registrar"), number, Upload(3 << 20, breaks_off=True))
    assert (status, b"cut_off" in text) == (400, True)
    assert (rows(api), blobs(api)) == ([], 0)


@pytest.mark.parametrize("lang, said", [("en", "Nothing was changed"), ("zh", "什么也没有改变")])
def test_a_full_disk_is_said_to_be_one_wherever_it_is_noticed(
    api: Client, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    number = api.note(project="PC")

    def full(*_given: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/inside")

    for place in ("cases.evidence.os.fsync", "starlette.datastructures.UploadFile.write"):
        with monkeypatch.context() as patched:
            patched.setattr(place, full)
            answer = add(api, "registrar", number, lang=lang)
        assert said in refused(answer, 503, "file_trouble")["detail"]
        assert "somewhere" not in answer.text
    assert (rows(api), blobs(api)) == ([], 0)


def test_a_token_gone_wild_is_slowed_down_before_its_file_is_read(home: Path) -> None:
    work = Work.open(Settings(api_per_minute=3))
    api = Client(work)
    number = api.note(project="PC")
    for _ in range(3):
        api.ask("registrar", "GET", "/me")
    for lang, said in (("en", "Too many requests"), ("zh", "请求过于频繁")):
        body = Upload(5 << 20)
        status, text = upload(api, api.token("registrar"), number, body, lang=lang)
        assert (status, body.taken) == (429, 0)
        assert said in text.decode()
    work.engine.dispose()


# ------------------------------------------------------------------------------------------- once for each key


def test_the_same_request_again_adds_nothing(api_on: Client) -> None:
    api = api_on
    number = api.note(project="PC")
    first = add(api, "registrar", number, caption="a")
    again = add(api, "registrar", number, caption="a")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert len(rows(api)) == 1
    for other in (
        {"caption": "b"},
        {"content": b"other", "name": "a.jpg"},
        {"name": "b.jpg", "caption": "a"},
    ):
        refused(add(api, "registrar", number, **other), 422, "key_reused")
    assert add(api, "registrar", number, caption="a", key="other").json()["same_as"] == [1]
    assert len(rows(api)) == 2


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The office dies just as a key is to be kept, as long as this list holds something."""
    fails, remember = list[bool](), requests.remember

    def failing(*given: Any, **named: Any) -> None:
        if fails:
            raise RuntimeError("the power failed")
        remember(*given, **named)

    monkeypatch.setattr(requests, "remember", failing)
    return fails


def test_an_office_that_dies_before_the_key_is_kept_has_done_nothing(
    api_on: Client, fails: list[bool]
) -> None:
    """The key and what it did are one transaction: a retry does it once, whenever the first try ended."""
    clue, round_ = in_round(api_on)
    added(api_on, "registrar", clue, key="first")
    report = escalation(api_on, clue)
    asking: dict[str, Callable[[], Response]] = {
        "add": lambda: add(api_on, "registrar", clue, b"text", name="x.txt"),
        "release": lambda: release(api_on, "leader", round_, clue, [1], key="r"),
        "send": lambda: send(api_on, "registrar", report, [1], key="s"),
    }
    for name, ask in asking.items():
        before = len(rows(api_on)), len(rows(api_on, Event)), len(rows(api_on, Disclosure))
        fails.append(True)
        assert ask().status_code == 500, name
        assert (len(rows(api_on)), len(rows(api_on, Event)), len(rows(api_on, Disclosure))) == before
        fails.clear()
        first, again = ask(), ask()
        assert (first.status_code, again.content) == (201, first.content), (name, first.text)
        assert len(rows(api_on)) == before[0] + 1


@pytest.mark.parametrize("key", [None, "", "k" * 201])
def test_a_key_that_is_none_is_told_before_the_file_is_read(api: Client, key: str | None) -> None:
    number = api.note(project="PC")
    headers = {"Content-Type": BYTES} | ({} if key is None else {"Idempotency-Key": key})
    path = f"/clues/{number}/attachments?name=a.jpg"
    refused(api.ask("registrar", "POST", path, headers=headers, content=PHOTOGRAPH), 400, "bad_key")


# --------------------------------------------------------------------------------------------- released and sent


def release(
    api: Client, who: str, round_: str, clue: str, which: Any, *, key: str = "r", **more: Any
) -> Response:
    content = {"clue": clue, "attachments": which} | more
    return api.post(who, f"/consultations/{round_}/attachments/release", content, Idempotency_Key=key)


def send(api: Client, who: str, report: str, which: Any, *, key: str = "s") -> Response:
    return api.post(
        who, f"/escalations/{report}/attachments/send", {"attachments": which}, Idempotency_Key=key
    )


def escalation(api: Client, clue: str) -> str:
    """An escalation of the clue, not yet dispatched."""
    answer = api.do("registrar", clue, "escalate")
    assert answer.status_code == 200, answer.text
    return str(api.get("registrar", "/escalations")["escalations"][0]["number"])


def test_a_photograph_is_released_once_as_a_bare_copy_and_the_bodies_told_are_on_record(
    api_on: Client,
) -> None:
    api = api_on
    clue, round_ = in_round(api)
    added(api, "registrar", clue, caption="基床")
    answer = release(api, "leader", round_, clue, [1], caption="断面")
    assert answer.status_code == 201, answer.text
    (copy,) = answer.json()["released"]
    assert (answer.json()["number"], copy["number"], copy["attachment"]) == (round_, round_, 1)
    assert copy["name"] == f"{round_}-1.jpg"
    assert release(api, "leader", round_, clue, [1], caption="断面").content == answer.content
    refused(release(api, "leader", round_, clue, [1], key="again"), 409, "released_already")
    got = api.ask("owner", "GET", f"/consultations/{round_}/attachments/1")
    assert (got.status_code, got.headers["content-disposition"].split(";")[0]) == (200, "attachment")
    assert got.content != PHOTOGRAPH
    (line,) = api.get("owner", f"/consultations/{round_}/attachments")["attachments"]
    assert (line["caption"], line["how"]) == ("断面", "released")
    assert line["item"] == 1
    told = {one.told for one in rows(api, Disclosure) if "attachment/1" in one.fields}
    assert len(told) == 3


def test_what_cannot_be_released(api: Client) -> None:
    clue, round_ = in_round(api)
    added(api, "registrar", clue)
    added(api, "registrar", clue, content=b"text", name="x.txt", key="t")
    refused(release(api, "leader", round_, clue, [2]), 422, "not_a_photograph")
    refused(release(api, "leader", round_, clue, [7]), 422, "no_such_attachment")
    refused(release(api, "leader", round_, clue, []), 422, "empty")
    refused(release(api, "leader", round_, clue, ["1"]), 422, "not_a_number")
    refused(release(api, "leader", round_, clue, [0]), 422, "out_of_range")
    refused(release(api, "owner", round_, clue, [1]), 404, "no_such_number")
    refused(release(api, "leader", round_, NOBODY_S, [1]), 404, "no_such_number")
    refused(release(api, "leader", clue, clue, [1]), 404, "no_such_number")
    assert not [one for one in rows(api) if one.how == "released"]


def test_attachments_are_marked_once_for_an_escalation(api_on: Client) -> None:
    api = api_on
    clue, _ = in_round(api)
    added(api, "registrar", clue)
    report = escalation(api, clue)
    answer = send(api, "registrar", report, [1])
    assert answer.status_code == 201, answer.text
    assert [one["attachment"] for one in answer.json()["marked"]] == [1]
    assert send(api, "registrar", report, [1]).content == answer.content
    refused(send(api, "registrar", report, [1], key="again"), 409, "marked_already")
    refused(send(api, "auditor", report, [1], key="l"), 403, "not_your_role")
    refused(send(api, "owner", report, [1], key="o"), 404, "no_such_number")
    (line,) = api.get("registrar", f"/escalations/{report}/attachments")["attachments"]
    assert line["how"] == "marked"
    (original,) = api.get("registrar", f"/clues/{clue}/attachments")["attachments"]
    assert original["went_to"] == [report]


# ---------------------------------------------------------------------------------------------------- out of sight


def test_what_is_out_of_sight_is_answered_as_what_is_not_there(api: Client) -> None:
    clue, round_ = in_round(api)
    added(api, "registrar", clue)
    looked = 0
    for who in EVERYBODY:
        for plural in PLURALS.values():
            numbers = {line["number"] for line in api.get(who, f"/{plural}")[plural]}
            for number in {clue, round_} - numbers:
                for method, rest, more in ways(plural, clue):
                    found, absent = (
                        api.ask(who, method, f"/{plural}/{one}/attachments{rest}", **more) for one in (number, NOBODY_S)
                    )  # fmt: skip
                    assert (found.status_code, found.content) == (404, absent.content), (who, plural, rest)
                    looked += 1
    assert looked > 200
    assert rows(api, ReadLog) == []


def ways(plural: str, clue: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every way to the attachments of a matter; a test holds the list to the operations there are."""
    key = {"Idempotency-Key": "k"}
    found: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "", {}), ("GET", "/1", {}),
        ("POST", "?name=a.jpg", {"content": PHOTOGRAPH, "headers": key | {"Content-Type": BYTES}}),
    ]  # fmt: skip
    if plural == "consultations":
        found.append(("POST", "/release", {"json": {"clue": clue, "attachments": [1]}, "headers": key}))
    if plural == "escalations":
        found.append(("POST", "/send", {"json": {"attachments": [1]}, "headers": key}))
    return found


def test_the_ways_to_attachments_are_those_of_the_api(api: Client) -> None:
    there = {
        (one.method, one.path.replace("{id}", "1"))
        for one in door.operations(api.work)
        if "/attachments" in one.path
    }
    named = {(method, f"/{plural}/{{number}}/attachments{rest.partition('?')[0]}")
             for plural in PLURALS.values() for method, rest, _ in ways(plural, "")}  # fmt: skip
    assert there == named


def test_whoever_is_recused_meanwhile_gets_no_answer_to_an_old_key_either(api: Client) -> None:
    clue, round_ = in_round(api)
    added(api, "leader", clue)
    assert release(api, "leader", round_, clue, [1]).status_code == 201
    assert api.post("leader", f"/clues/{clue}/recusals", {"reason": "A relative."}).status_code == 201
    assert api.post("leader", f"/consultations/{round_}/recusals", {"reason": "A relative."}).status_code in (
        201,
        404,
    )
    for rest in ("", "/1"):
        refused(api.ask("leader", "GET", f"/clues/{clue}/attachments{rest}"), 404, "no_such_number")
    refused(add(api, "leader", clue), 404, "no_such_number")
    refused(release(api, "leader", round_, clue, [1]), 404, "no_such_number")
