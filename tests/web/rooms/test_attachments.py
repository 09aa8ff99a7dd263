"""Attachments on pages: added from a phone, refused with a reason, fetched by whoever sees the matter alone."""

from __future__ import annotations

import io

import pytest
from sqlmodel import select

from cases.reads import ReadLog
from tests.cases import bad_files
from tests.plumbline import exhibits
from tests.web.rooms.visiting import EVERYBODY, House, photograph


def add(house: House, who: str, number: str, name: str, data: bytes, **form: str) -> tuple[int, str]:
    path = f"/matters/{number}/attachments"
    answer = house.send(who, path, path, {"files": (name, io.BytesIO(data))}, **form)
    return answer.status_code, answer.text


def test_a_photograph_is_added_with_its_caption_and_got_as_it_was(house: House) -> None:
    number = house.site.clue(project="PC")
    data = bad_files.photograph()
    assert add(house, "registrar", number, "码头.jpg", data, caption="基床")[0] == 303
    page = house.page("registrar", f"/matters/{number}/attachments")
    assert "1 · 码头.jpg" in page
    assert "基床" in page
    assert 'capture="environment"' in page
    answer = house.get("registrar", f"/matters/{number}/attachments/1")
    assert answer.content == data
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_only_the_copy_made_here_is_shown_in_the_page(house: House) -> None:
    clue, number = house.convened()
    house.site.move("officer", number, "send_brief")
    house.released(clue, number)
    copy = house.get("owner", f"/matters/{number}/attachments/1")
    assert copy.headers["content-disposition"].startswith("inline;")
    assert copy.headers["content-type"] == "image/jpeg"
    assert house.get("owner", f"/matters/{clue}/attachments/1").status_code == 404


@pytest.mark.parametrize(
    "name,data,status",
    [("page.html", b"<html><script>1</script></html>", 422), ("empty.jpg", b"", 422),
     ("bomb.docx", bad_files.bomb(), 422), ("huge.png", bad_files.huge_png(), 422),
     ("x.exe", b"MZ\x90\x00" * 10, 422)],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_reason_and_leaves_nothing(
    house: House, name: str, data: bytes, status: int
) -> None:
    number = house.site.clue(project="PC")
    found, text = add(house, "registrar", number, name, data, caption="说明还在")
    assert found == status
    assert 'role="alert"' in text
    assert name in text
    assert "说明还在" in text
    assert exhibits.rows(house.site) == 0


def test_a_file_that_is_too_long_is_refused(house: House) -> None:
    number = house.site.clue(project="PC")
    data = bad_files.photograph() + bytes(house.office.work.evidence.most)
    status, text = add(house, "registrar", number, "long.jpg", data)
    assert status == 413
    assert "20 MB" in text


def test_a_form_that_is_longer_than_any_of_ours_is_not_read(house: House) -> None:
    number = house.site.clue(project="PC")
    browser = house.browser("registrar")
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(10**12),
               "origin": str(browser.client.base_url)}  # fmt: skip
    answer = browser.client.post(f"/matters/{number}/attachments", content=b"--x--", headers=headers)
    assert answer.status_code == 413


def test_a_file_without_the_forms_token_is_not_taken_in(house: House) -> None:
    number = house.site.clue(project="PC")
    path, browser = f"/matters/{number}/attachments", house.browser("registrar")
    for data, sent in (({}, photograph()), ({"csrf": "x"}, photograph())):
        answer = browser.client.post(
            path,
            data=data,
            files={"files": ("a.jpg", sent)},
            headers={"origin": str(browser.client.base_url)},
        )
        assert answer.status_code == 403
    plain = browser.client.post(path, content=b"x=1", headers={"content-type": "text/plain"})
    assert plain.status_code == 403
    assert exhibits.rows(house.site) == 0


def test_who_may_not_add_is_told_why_and_who_may_not_look_finds_nothing(house: House) -> None:
    clue, number = house.convened()
    assert "Add the photograph to the clue" in house.page("officer", f"/matters/{number}/attachments")
    assert add(house, "officer", number, "a.jpg", bad_files.photograph())[0] == 422
    seeing = {who for who in EVERYBODY if house.get(who, f"/matters/{clue}/attachments").status_code == 200}
    assert seeing == {"supervisor", "registrar", "officer", "leader", "head", "auditor"}


def test_that_somebody_looked_at_the_file_of_a_clue_is_on_record(house: House) -> None:
    number = house.site.clue(project="PC")
    house.page("auditor", f"/matters/{number}/attachments")
    assert [(one.login, one.door) for one in house.site.ask(select(ReadLog))] == [("auditor", "page")]


def test_photographs_are_released_to_a_round_and_files_marked_for_an_escalation(house: House) -> None:
    clue, number = house.convened()
    house.site.move("officer", number, "send_brief")
    exhibits.add(house.site, clue, caption="基床")
    path = f"/matters/{clue}/attachments"
    assert house.post("leader", f"{path}/release", path, to=number).status_code == 422
    sent = house.post("leader", f"{path}/release", path, to=number, **{"attachment-1": "1"})
    assert sent.status_code == 303
    assert "released copy" in house.page("owner", f"/matters/{number}/attachments")
    again = house.post("leader", f"{path}/release", path, to=number, **{"attachment-1": "1"})
    assert again.status_code == 422
    assert "无需重复发布" in again.text
    report = house.site.move("registrar", clue, "escalate").consequences[0].number
    assert (
        house.post("registrar", f"{path}/send", path, to=report, **{"attachment-1": "1"}).status_code == 303
    )
    assert "goes with the escalation" in house.page("registrar", f"/matters/{report}/attachments")
