"""The pages as a browser and a probe see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from plumbline import clock, duties
from plumbline.settings import Settings
from plumbline.work import Work
from states.rulebook import Label
from tests.plumbline.shell import NOON, Shell
from web import app, words

Visit = Callable[..., TestClient]
WELL = (True, Label(zh="Prefect 正在调度。", en="Prefect works."))
ILL = (False, Label(zh="Prefect 服务没有应答。", en="Prefect is silent."))


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """A browser on the database that PLUMBLINE_HOME names, at noon."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    opened: list[Work] = []

    def start(scheduler: app.Scheduler | None = None) -> TestClient:
        opened.append(Work.open(Settings()))
        return TestClient(app.create(opened[-1], scheduler=scheduler))

    yield start
    for work in opened:
        work.engine.dispose()


def test_the_page_of_a_rehearsal_says_so_in_both_languages(home: Path, visit: Visit) -> None:
    browser = visit()
    assert "演练数据，不是真实案件。" in browser.get("/status?lang=zh").text
    assert "Rehearsal data, no real case." in browser.get("/status?lang=en").text


def test_the_page_of_a_real_office_speaks_of_no_rehearsal(real_home: Path, visit: Visit) -> None:
    page = visit().get("/status?lang=en")
    assert page.status_code == 200
    assert "ehearsal" not in page.text


@pytest.mark.parametrize(
    "asked, browser, shown",
    [
        ("?lang=zh", "en", "zh"),
        ("?lang=en", "zh-CN,zh;q=0.9", "en"),
        ("", "zh-CN,zh;q=0.9", "zh"),
        ("", "en-GB", "en"),
        ("", "fr", "en"),
        ("?lang=fr", "zh", "zh"),
    ],
)
def test_which_language(asked: str, browser: str, shown: str, home: Path, visit: Visit) -> None:
    page = visit().get(f"/status{asked}", headers={"Accept-Language": browser})
    assert page.headers["content-language"] == {"zh": "zh-CN", "en": "en"}[shown]
    assert words.TEXTS[shown]["outbox"] in page.text


def test_both_languages_have_the_same_texts() -> None:
    assert words.TEXTS["zh"].keys() == words.TEXTS["en"].keys()


def test_nothing_of_a_clue_is_on_the_page(shell: Shell, visit: Visit) -> None:
    number = shell.register(title="金丝雀标题")
    browser = visit(lambda: WELL)
    for path in ("/status", "/status?lang=zh", "/metrics", "/readyz"):
        text = browser.get(path).text
        assert number not in text
        assert "金丝雀" not in text


def test_a_page_loads_nothing_from_elsewhere_and_runs_no_script(home: Path, visit: Visit) -> None:
    page = visit(lambda: WELL).get("/status")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    assert not re.search(r"<script(?! src=\"/static/)", page.text)
    assert "style=" not in page.text
    assert not re.search(r"https?://", page.text)


def test_what_a_page_refers_to_is_there(home: Path, visit: Visit) -> None:
    browser = visit()
    links = re.findall(r'<link[^>]+href="([^"]+)"', browser.get("/status").text)
    assert links
    for link in links:
        found = browser.get(link)
        assert found.status_code == 200
        told = re.sub(r"/\*.*?\*/", "", found.text, flags=re.DOTALL)
        assert not re.search(r"https?://(?!www\.w3\.org/)", told)


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/metrics", "/static/plumbline.css", "/nothing"]
)
def test_every_answer_is_guarded(path: str, home: Path, visit: Visit) -> None:
    answer = visit().get(path)
    assert {name: answer.headers.get(name) for name in app.HEADERS} == app.HEADERS


def test_prefect_is_shown_as_it_answers(home: Path, visit: Visit) -> None:
    assert "All is well" in visit(lambda: WELL).get("/status?lang=en").text
    ill = visit(lambda: ILL).get("/status?lang=en").text
    assert "Something needs doing" in ill
    assert "Prefect is silent." in ill
    assert "Prefect" not in visit().get("/status?lang=en").text


def test_a_tick_is_seen_at_once(home: Path, visit: Visit) -> None:
    browser = visit()
    assert browser.get("/status?lang=en").text.count("waits for its first run") == 6
    work = Work.open(Settings())
    duties.tick(work, at=NOON)
    work.engine.dispose()
    page = browser.get("/status?lang=en").text
    assert page.count("waits for its first run") == 2, "the digest and the reconciliation are not the tick's"
    assert "2026-09-01 12:00" in page


def test_a_ready_office(home: Path, visit: Visit) -> None:
    answer = visit().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "up", "schema": "current"}


def test_an_office_with_an_old_schema_is_not_ready(home: Path, visit: Visit) -> None:
    browser = visit()
    work = Work.open(Settings())
    with work.unit() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    work.engine.dispose()
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["schema"]) == (503, "not migrated")
    assert "run `plumbline init`" in browser.get("/status?lang=en").text


def test_an_office_without_its_database_lives_but_is_not_ready(home: Path, visit: Visit) -> None:
    browser = visit()
    work = Work.open(Settings())
    with work.unit() as session:
        session.connection().exec_driver_sql("DROP TABLE notice")
    work.engine.dispose()
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").json() == {"ready": False, "database": "down", "schema": "unknown"}
    page = browser.get("/status?lang=en")
    assert page.status_code == 503
    assert "The database cannot be read. Run `plumbline doctor` on the server." in page.text
    assert "plumbline_database_up 0" in browser.get("/metrics").text


def test_there_is_no_documentation_to_browse(home: Path, visit: Visit) -> None:
    assert {visit().get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}
