"""What was copied to somebody, on the pages: there while it lasts, gone once it was withdrawn, and on record for others."""

from __future__ import annotations

import pytest

from tests.web.browsing import Office
from tests.web.test_matter import form, send
from tests.web.test_today import assigned, move, seat

PATHS = ("/", "/lists/clue?tab=copied", "/search?q=2026", "/calendar", "/board/clue", "/lists/clue?tab=late")


@pytest.mark.parametrize(
    "lang, ended, heading", [("zh", "已撤回", "抄送、委派、会签"), ("en", "taken back", "Put before")]
)
def test_a_copy_that_was_withdrawn_is_on_no_page(office: Office, lang: str, ended: str, heading: str) -> None:
    number = assigned(office)
    move(office, "officer", number, "sign_for")
    officer, other = seat(office, "officer", "officer2")
    move(office, "officer", number, "copy_to", copied_to=["officer2"])
    assert any(number in other.get(path).text for path in PATHS)
    assert heading not in other.get(f"/matters/{number}?lang={lang}").text
    path = f"/matters/{number}/moves/withdraw_copy?lang={lang}"
    answer = send(
        officer, path, form(officer, path) | {"f_no_longer_copied": "officer2", "f_reason": "已无需了解"}
    )
    assert answer.status_code == 303
    assert other.get(f"/matters/{number}").status_code == 404
    assert other.get(f"/matters/{number}/moves/copy_to").status_code == 404
    for path in PATHS:
        assert number not in other.get(path).text, path
    page = officer.get(f"/matters/{number}?lang={lang}").text
    assert heading in page
    assert ended in page


def test_whoever_gives_delegated_work_back_stands_at_the_desk(office: Office) -> None:
    number = assigned(office)
    move(office, "officer", number, "sign_for")
    move(office, "officer", number, "delegate", delegate="officer2")
    [other] = seat(office, "officer2")
    path = f"/matters/{number}/moves/report_back?lang=en"
    answer = send(other, path, form(other, path) | {"f_delegated_result": "Done."})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?gone={number}")
    assert other.get(f"/matters/{number}").status_code == 404
