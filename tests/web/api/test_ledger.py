"""The ledger through the API: out as one may see it and on record, in row by row, bad rows back in the answer."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from httpx2 import Response
from sqlmodel import select

from cases import ledger_guard, requests
from cases.disclosures import Disclosure
from cases.export_log import EVERYTHING, ExportLog
from plumbline import clock, sample
from tests.cases import bad_files, ledgers
from tests.web.api.client import Client, refused

EVERYBODY = tuple(row[0] for row in sample.PEOPLE)
AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
BYTES = "application/octet-stream"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock stands at the day the ledger is from."""
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Three rows, the second without a date and the third with a number of its own."""
    path = ledgers.workbook(
        tmp_path_factory.mktemp("ledgers") / "a.xlsx", ledgers.HEADER, ledgers.row(),
        ledgers.row(number="MGJ-2026-0002", received_on="2026-02-30"), ledgers.row(number="MGJ-2026-0003", problem="围标"),
    )  # fmt: skip
    return path.read_bytes()


def take_in(
    api: Client, who: str, content: bytes, *, name: str = "台账.xlsx", key: str = "k", rest: str = "", lang: str = "en"
) -> Response:  # fmt: skip
    headers = {"Idempotency-Key": key, "Content-Type": BYTES, "Accept-Language": lang}
    return api.ask(who, "POST", f"/ledger?name={quote(name)}{rest}", headers=headers, content=content)


def exports(api: Client) -> list[tuple[str, str, int, str]]:
    with api.work.reading() as session:
        return [(one.by, one.which, one.count, one.sha256) for one in session.exec(select(ExportLog)).all()]


def clues(api: Client) -> int:
    return int(api.get("registrar", "/clues")["total"])


# ------------------------------------------------------------------------------------------------------------- in


def test_good_rows_land_and_bad_rows_come_back_as_from_the_shell(api_on: Client) -> None:
    api, content = api_on, ledgers.GIVEN.read_bytes()
    dry = take_in(api, "registrar", content, rest="&dry_run=true")
    assert dry.status_code == 200, dry.text
    assert (dry.json()["created"], dry.json()["would_create"], clues(api)) == (0, 211, 0)
    answer = take_in(api, "registrar", content)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["read"], told["good"], told["created"]) == (243, len(ledgers.EXPECTED["good"]), 211)
    assert [(one["row"], one["column"], one["why"]) for one in told["bad"]] == [
        (one["row"], one["column"], one["why"]) for one in ledgers.EXPECTED["bad"]
    ]
    assert told["repeats"] == ledgers.EXPECTED["repeats"]
    assert told["more_bad"] == 0
    assert {one["row"] for one in told["errors"]["rows"]} == {one["row"] for one in told["bad"]}
    assert clues(api) == 211
    again = take_in(api, "registrar", content, key="another").json()
    assert (again["created"], again["already"], clues(api)) == (0, 211, 211)


def test_a_bad_row_comes_back_as_it_stood_there(api: Client, small: bytes) -> None:
    told = take_in(api, "registrar", small, lang="zh").json()
    (bad,) = told["bad"]
    assert (bad["row"], bad["column"], bad["value"]) == (3, "received_on", "2026-02-30")
    assert not bad["why"].isascii()
    assert told["errors"]["titles"] == list(ledgers.HEADER)
    (line,) = told["errors"]["rows"]
    assert line["row"] == 3
    assert line["cells"][:3] == ["MGJ-2026-0002", "2026-02-30", "主体结构违规再分包"]


def test_the_link_of_an_import_gives_its_bad_rows_as_a_workbook_that_can_be_corrected(
    api: Client, small: bytes, tmp_path: Path
) -> None:
    told = take_in(api, "registrar", small, name="台账 2026.xlsx").json()
    link = told["errors_workbook"].removeprefix("/api/v1")
    headers = {"Content-Type": BYTES, "Accept-Language": "zh"}
    answer = api.ask("registrar", "POST", link, headers=headers, content=small)
    assert (answer.status_code, answer.headers["plumbline-rows"]) == (200, "1")
    assert answer.headers["content-disposition"].endswith("%E5%8F%B0%E8%B4%A6%202026-errors.xlsx")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    (title, *_), titles, line = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)
                                 if any(row)]  # fmt: skip
    assert "待更正的 1 行" in str(title)
    assert titles[-2:] == ["原文件行号", "原因"]
    assert line[:3] == ["MGJ-2026-0002", "2026-02-30", "主体结构违规再分包"]
    path = tmp_path / "back.xlsx"
    path.write_bytes(answer.content)
    back = openpyxl.load_workbook(path)
    back.worksheets[0].cell(4, 2).value = "2026-02-28"
    back.save(path)
    assert take_in(api, "registrar", path.read_bytes(), key="corrected").json()["created"] == 1
    assert take_in(api, "registrar", path.read_bytes(), key="again").json()["errors_workbook"] is None


def test_the_workbook_of_bad_rows_takes_nothing_in_and_is_for_whoever_may_import(
    api: Client, small: bytes
) -> None:
    path, headers = "/ledger/errors?name=a.xlsx", {"Content-Type": BYTES}
    assert api.ask("registrar", "POST", path, headers=headers, content=small).status_code == 200
    assert clues(api) == 0
    refused(api.ask("officer", "POST", path, headers=headers, content=small), 403)
    refused(
        api.ask("registrar", "POST", f"{path}&columns=x", headers=headers, content=small), 422, "not_a_column"
    )
    refused(api.ask("registrar", "POST", path, headers=headers, content=b"x"), 422)
    good = "线索编号,收到时间,问题\nMGJ-2026-0001,2026-03-05,主体结构违规再分包\n".encode()
    refused(
        api.ask("registrar", "POST", "/ledger/errors?name=a.csv", headers=headers, content=good),
        404,
        "no_bad_rows",
    )


def test_a_number_that_is_taken_comes_back_too(api: Client, small: bytes, tmp_path: Path) -> None:
    assert take_in(api, "registrar", small).json()["created"] == 2
    path = ledgers.workbook(tmp_path / "b.xlsx", ledgers.HEADER, ledgers.row(received_on="2026-03-06"))
    told = take_in(api, "registrar", path.read_bytes(), key="b").json()
    assert (told["good"], told["created"], told["bad"][0]["column"]) == (0, 0, "number")
    (line,) = told["errors"]["rows"]
    assert line["cells"][:2] == ["MGJ-2026-0001", "2026-03-06"]


def test_the_same_request_again_is_answered_the_same_and_does_nothing(api_on: Client, small: bytes) -> None:
    first, again = (take_in(api_on, "registrar", small) for _ in range(2))
    assert (first.status_code, again.content) == (200, first.content)
    assert first.json()["created"] == 2
    refused(take_in(api_on, "registrar", ledgers.GIVEN.read_bytes()), 422, "key_reused")
    assert clues(api_on) == 2


def test_an_office_that_dies_before_the_key_is_kept_has_taken_in_nothing(
    api_on: Client, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as patched:
        patched.setattr(requests, "remember", dies)
        assert take_in(api_on, "registrar", small).status_code == 500
    assert clues(api_on) == 0
    assert take_in(api_on, "registrar", small).json()["created"] == 2


def test_a_text_file_and_headers_of_one_s_own(api: Client) -> None:
    text = "号,日期,事项\nMGJ-2026-0001,2026-03-05,主体结构违规再分包\n".encode()
    columns = quote("number=号;received_on=日期;problem=事项")
    answer = take_in(api, "registrar", text, name="a.csv", rest=f"&columns={columns}")
    assert (answer.status_code, answer.json().get("created")) == (200, 1), answer.text
    for bad in ("number", "=x", "number=号;", "number=号;number=日期"):
        told = refused(take_in(api, "registrar", text, rest=f"&columns={quote(bad)}"), 422, "not_a_column")
        assert told["reasons"][0]["field"] == "columns"
    refused(
        take_in(api, "registrar", text, name="a.csv", rest="&columns=number%3Dx", key="x"),
        422,
        "not_a_ledger",
    )


def test_a_very_long_list_of_faults_is_cut_and_says_so(
    api: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.api import ledger  # noqa: PLC0415 - only here

    monkeypatch.setattr(ledger, "MOST_TOLD", 2)
    rows = [ledgers.row(number=f"MGJ-2026-000{n}", received_on="x") for n in range(1, 6)]
    path = ledgers.workbook(tmp_path / "b.xlsx", ledgers.HEADER, *rows)
    told = take_in(api, "registrar", path.read_bytes()).json()
    assert (len(told["bad"]), told["more_bad"], len(told["errors"]["rows"])) == (2, 3, 2)


@pytest.mark.parametrize(
    "name, content",
    [("empty.xlsx", b""), ("letter.xlsx", b"a letter " * 100), ("bomb.xlsx", bad_files.bomb()),
     ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)), ("../../" + "长" * 120 + ".csv", b"a,b\n1,2\n")],
)  # fmt: skip
def test_what_is_no_ledger_is_refused_in_both_languages(api: Client, name: str, content: bytes) -> None:
    said = {refused(take_in(api, "registrar", content, name=name, lang=lang), 422, "not_a_ledger")["detail"]
            for lang in ("en", "zh")}  # fmt: skip
    assert len(said) == 2
    assert tempfile.gettempdir() not in "".join(said)
    assert clues(api) == 0


def test_a_ledger_that_is_too_long_is_not_read(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_guard, "LARGEST_FILE", 1 << 20)
    content = b"x" * ((1 << 20) + 1)
    said = {
        refused(take_in(api, "registrar", content, lang=lang), 413, "too_large")["detail"]
        for lang in ("en", "zh")
    }
    assert len(said) == 2
    assert all("1 MB" in one for one in said)


def test_who_may_import_is_asked_before_the_file_is_read(api: Client, small: bytes) -> None:
    """What is sent is no ledger: whoever is told so was let in."""
    let_in = set()
    for who in EVERYBODY:
        answer = take_in(api, who, b"no ledger")
        if answer.status_code == 422:
            let_in.add(who)
        else:
            assert "registrar" in refused(answer, 403, "not_your_role")["reasons"][0]["cure"]
    assert let_in == {who for who in EVERYBODY if take_in(api, who, small, key="y").status_code == 200}
    assert "registrar" in let_in
    assert "officer" not in let_in


# ------------------------------------------------------------------------------------------------------------ out


def rows_of(answer: Response) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    return [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[1]]


def test_the_ledger_goes_out_as_a_workbook_and_is_on_record(api_on: Client, small: bytes) -> None:
    api = api_on
    take_in(api, "registrar", small)
    answer = api.ask("registrar", "GET", "/ledger", headers={"Accept-Language": "zh"})
    assert answer.status_code == 200, answer.text
    mark = hashlib.sha256(answer.content).hexdigest()
    assert answer.headers["content-type"] == WORKBOOK
    assert answer.headers["content-disposition"] == 'attachment; filename="ledger-20261125.xlsx"'
    assert answer.headers["etag"] == f'"{mark}"'
    assert (answer.headers["plumbline-clues"], answer.headers["plumbline-shortened"]) == ("2", "0")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [row[1] for row in rows_of(answer)] == ["MGJ-2026-0001", "MGJ-2026-0003"]
    assert exports(api) == [("registrar", EVERYTHING, 2, mark)]
    back = take_in(api, "registrar", answer.content, key="back").json()
    assert (back["created"], back["already"], back["bad"]) == (0, 2, [])


def test_an_export_is_the_filter_of_the_page_and_says_so_on_record(api: Client, small: bytes) -> None:
    take_in(api, "registrar", small)
    for query, count in (("q=0003", 1), ("state=archived", 0), ("received_from=2026-03-05&received_until=2026-03-05", 2),
                         ("received_until=2026-03-04", 0), ("tab=late", None), ("project=none", 0)):  # fmt: skip
        answer = api.ask("registrar", "GET", f"/ledger?{query}")
        assert answer.status_code == 200, answer.text
        if count is not None:
            assert int(answer.headers["plumbline-clues"]) == len(rows_of(answer)) == count, query
        assert query.partition("&")[0] in exports(api)[-1][1]


@pytest.mark.parametrize(
    "query, code",
    [("state=registred", "unknown_state"), ("tab=mine", "not_a_choice"), ("machine=task", "unknown_field"),
     ("received_from=2026-02-30", "no_such_date"), ("due_until=0001-01-01", "out_of_range"), ("q=%00", "bad_character"),
     ("limit=3", "unknown_field"), ("received_from=tomorrow", "not_a_date")],
)  # fmt: skip
def test_a_filter_that_does_not_fit_exports_nothing(api: Client, query: str, code: str) -> None:
    refused(api.ask("registrar", "GET", f"/ledger?{query}"), 422, code)
    assert exports(api) == []


def test_everybody_exports_what_they_see_and_no_more(api: Client, small: bytes) -> None:
    take_in(api, "registrar", small)
    assert api.post("leader", "/clues/MGJ-2026-0001/recusals", {"reason": "A relative."}).status_code == 201
    for who in EVERYBODY:
        seen = {line["number"] for line in api.get(who, "/clues")["clues"]}
        assert {row[1] for row in rows_of(api.ask(who, "GET", "/ledger"))} == seen, who
    assert {row[1] for row in rows_of(api.ask("leader", "GET", "/ledger"))} == {"MGJ-2026-0003"}
    with api.work.reading() as session:
        assert session.exec(select(Disclosure)).all() == [], (
            "an export is a line of its own log, as on the page"
        )


@pytest.mark.parametrize("lang, said", [("en", "Nothing was changed"), ("zh", "什么也没有改变")])
def test_a_full_disk_is_said_to_be_one(
    api: Client, monkeypatch: pytest.MonkeyPatch, small: bytes, lang: str, said: str
) -> None:
    def full(*_given: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/inside")

    headers = {"Accept-Language": lang}
    with monkeypatch.context() as patched:
        patched.setattr("cases.ledger_sheets.xlsxwriter.Workbook.close", full)
        answer = api.ask("registrar", "GET", "/ledger", headers=headers)
    assert said in refused(answer, 503, "file_trouble")["detail"]
    assert "somewhere" not in answer.text
    with monkeypatch.context() as patched:
        patched.setattr("web.api.ledger.shutil.copyfileobj", full)
        refused(take_in(api, "registrar", small, lang=lang), 503, "file_trouble")
    assert (exports(api), clues(api)) == ([], 0)


def test_what_cannot_be_put_on_record_does_not_leave(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from cases import export_log  # noqa: PLC0415 - only here

    def fails(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(export_log, "note", fails)
    answer = api.ask("registrar", "GET", "/ledger")
    assert answer.status_code == 500
    assert answer.content[:2] != b"PK"


def test_the_import_is_in_no_way_smaller_than_the_shell_s(api: Client, small: bytes) -> None:
    told = take_in(api, "registrar", small).json()
    named = {
        "read", "good", "bad", "repeats", "created", "would_create", "already", "linked", "dry_run", "sheet", "header_row",
        "columns", "unknown_headers", "unread_sheets", "encoding", "unknown_handlers", "unmatched", "new_projects",
        "skipped",
    }  # fmt: skip
    assert named <= told.keys()
    assert told["columns"]["number"] == "线索编号"
