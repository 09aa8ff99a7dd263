"""The checklist of a round on a phone: item after item, photographs with an answer, two inspectors at once."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from cases import checklist_sheets
from tests.cases import bad_files
from tests.plumbline import exhibits
from tests.web.rooms.visiting import EVERYBODY, House, words

WORD = "青苔旧约zq"
PATH = "/inspections/{}/checklist"


@pytest.fixture
def number(house: House) -> str:
    """A round at the signing of contracts, under way: it is asked c08_1, c08_2 and c08_3."""
    return house.inspection(checklist="LINKS", link="c08_contract")


def card(page: str, item: str) -> str:
    """One item of the page."""
    return page.partition(f'id="item-{item}"')[2].partition('<li class="check')[0]


def held(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"(?: type="text")? value="([^"]*)"', page)
    assert found, name
    return found[1]


def photos(*pictures: bytes, name: str = "IMG") -> Any:
    return [("files", (f"{name}_{at}.jpg", io.BytesIO(one))) for at, one in enumerate(pictures)] or {
        "files": ("", b"")
    }


def answer(
    house: House, number: str, item: str, said: str = "in_order", *, who: str = "supervisor", page: str = "",
    files: Any = None, **form: str,
) -> Any:  # fmt: skip
    """Fill in the form of this item, as it stood on `page`, and send it."""
    path = PATH.format(number)
    opened = page or house.page(who, f"{path}?item={item}")
    sent = {
        "key": held(card(opened, item), "key"),
        "seen": held(card(opened, item), "seen"),
        "f_answer": said,
    } | form
    return house.send(who, f"{path}/{item}", path, files or photos(), **sent)


def line(house: House, number: str, item: str) -> dict[str, Any]:
    with house.office.work.reading() as session:
        found = checklist_sheets.sheet(
            session, house.office.work.office, number, actor="supervisor", lang="zh"
        )
    return next(one for one in found["items"] if one["item"] == item)


def test_item_after_item_each_saved_and_the_next_one_open(house: House, number: str) -> None:
    house.speak("supervisor", "en")
    page = house.page("supervisor", PATH.format(number))
    assert "0 of 3 answered" in page
    assert 'id="remark-c08_1"' in page, "the first item stands open"
    assert 'id="remark-c08_2"' not in page
    sent = answer(house, number, "c08_1")
    assert (sent.status_code, sent.headers["location"]) == (
        303, f"/inspections/{number}/checklist?saved=c08_1#item-c08_2")  # fmt: skip
    page = house.page("supervisor", sent.headers["location"].partition("#")[0])
    assert "c08_1 is saved: in order" in words(page)
    assert "1 of 3 answered" in page
    assert 'id="remark-c08_2"' in page
    answer(house, number, "c08_2", "not_applicable", f_remark=WORD)
    sent = answer(house, number, "c08_3", f_measured="8.5")
    assert sent.headers["location"].endswith("#progress")
    page = house.page("supervisor", PATH.format(number))
    assert "Nothing that has to be answered is open." in page
    assert (line(house, number, "c08_3")["answer"]["measured"], line(house, number, "c08_3")["answer"]["unit"]) == (
        "8.5", "%")  # fmt: skip


def test_what_to_look_at_and_what_it_rests_on(house: House, number: str) -> None:
    page = card(house.page("supervisor", PATH.format(number)), "c08_3")
    assert "The performance bond exceeds 10% of the contract price" in page
    assert "招标投标法实施条例" in page
    assert "has to be answered" in page


def test_a_photograph_posted_with_an_answer_is_stored_and_linked_to_it(house: House, number: str) -> None:
    picture = bad_files.photograph()
    sent = answer(house, number, "c08_2", "finding", f_remark=WORD,
                  files=photos(picture, bad_files.photograph(colour="blue")))  # fmt: skip
    assert sent.status_code == 303
    kept = exhibits.listed(house.site, number, who="supervisor")
    assert [(one["attachment"], one["caption"][:5]) for one in kept] == [(1, "c08_2"), (2, "c08_2")]
    assert kept[0]["added_by"] == "supervisor"
    assert exhibits.content(house.site, number, 1, who="supervisor") == picture
    assert line(house, number, "c08_2")["answer"]["photographs"] == [1, 2]
    assert f"/matters/{number}/attachments/1" in card(house.page("auditor", PATH.format(number)), "c08_2")
    assert house.site.sound()


def test_a_refused_answer_comes_back_with_its_words_and_its_photographs(house: House, number: str) -> None:
    sent = answer(
        house, number, "c08_3", f_measured="101", f_remark=WORD, files=photos(bad_files.photograph())
    )
    assert sent.status_code == 422
    assert 'role="alert"' in sent.text
    back = card(sent.text, "c08_3")
    assert "101" in held(back, "f_measured")
    assert WORD in back
    assert 'name="photograph-1" value="1" checked' in back, "nobody takes it again"
    sent = answer(house, number, "c08_3", page=sent.text, f_measured="10", **{"photograph-1": "1"})
    assert sent.status_code == 303
    assert line(house, number, "c08_3")["answer"]["photographs"] == [1]


@pytest.mark.parametrize("file, said", [
    (b"<svg/>", "文件内容不是可接收的类型"), (b"%PDF-1.7\n", "这不是完好的照片"),
    (b"\xff\xd8\xff" + b"0" * 64, "这不是完好的照片"), (b"\xff\xd8\xff" + b"0" * (20 << 20), "文件超过 20 MB"),
], ids=["markup", "paper", "damaged", "too large"])  # fmt: skip
def test_what_is_no_photograph_is_refused_in_a_sentence_and_the_words_stay(
    house: House, number: str, file: bytes, said: str
) -> None:
    sent = answer(house, number, "c08_2", "finding", f_remark=WORD, files=photos(file))
    assert sent.status_code in (413, 422)
    assert "IMG_0.jpg" in sent.text
    assert said in sent.text
    assert WORD in card(sent.text, "c08_2")
    assert line(house, number, "c08_2")["answer"] is None
    assert exhibits.listed(house.site, number, who="supervisor") == []


def test_more_photographs_than_one_form_takes_are_named(house: House, number: str) -> None:
    many = [bad_files.photograph(size=(8 + at, 8)) for at in range(8)]
    sent = answer(house, number, "c08_2", "finding", f_remark=WORD, files=photos(*many))
    assert sent.status_code == 422
    assert "IMG_6.jpg, IMG_7.jpg" in sent.text
    assert len(exhibits.listed(house.site, number, who="supervisor")) == 6


def test_two_inspectors_on_one_item_the_second_is_told_and_loses_nothing(house: House, number: str) -> None:
    first, second = (
        house.page(who, f"{PATH.format(number)}?item=c08_2") for who in ("registrar", "supervisor")
    )
    assert (
        answer(
            house, number, "c08_2", "finding", who="registrar", page=first, f_remark="补充协议"
        ).status_code
        == 303
    )
    told = answer(house, number, "c08_2", page=second, f_remark=WORD)
    assert told.status_code == 409
    assert "registrar 已于" in told.text
    back = card(told.text, "c08_2")
    assert WORD in back
    assert "补充协议" in back, "and sees what the other wrote"
    assert answer(house, number, "c08_2", page=told.text, f_remark=WORD).status_code == 303
    assert [one["answer"] for one in line(house, number, "c08_2")["earlier"]] == ["finding"]


def test_refused_for_another_reason_a_stale_form_is_still_told(house: House, number: str) -> None:
    stale = house.page("supervisor", f"{PATH.format(number)}?item=c08_2")
    answer(house, number, "c08_2", who="registrar")
    back = answer(house, number, "c08_2", "finding", page=stale, f_remark="")
    assert back.status_code == 422
    assert answer(house, number, "c08_2", "finding", page=back.text, f_remark=WORD).status_code == 409


def test_sent_twice_it_is_one_answer_with_one_photograph(house: House, number: str) -> None:
    page = house.page("supervisor", f"{PATH.format(number)}?item=c08_1")
    picture = bad_files.photograph()
    sent = [answer(house, number, "c08_1", page=page, files=photos(picture)).status_code for _ in range(2)]
    assert sent == [303, 303]
    assert line(house, number, "c08_1")["earlier"] == []
    assert len(exhibits.listed(house.site, number, who="supervisor")) == 1
    changed = answer(house, number, "c08_1", "finding", page=page, f_remark=WORD)
    assert (changed.status_code, WORD in changed.text) == (409, True)


def test_words_for_a_round_that_is_over_meanwhile_can_still_be_copied(house: House, number: str) -> None:
    page = house.page("supervisor", f"{PATH.format(number)}?item=c08_2")
    for item in ("c08_1", "c08_3"):
        answer(house, number, item)
    answer(house, number, "c08_2", who="registrar")
    house.site.move("registrar", number, "end_looking")
    house.site.move("registrar", number, "report")
    told = answer(house, number, "c08_2", page=page, f_remark=WORD, files=photos(bad_files.photograph()))
    assert (told.status_code, WORD in told.text) == (409, True)
    assert exhibits.listed(house.site, number, who="supervisor") == [], (
        "no file is kept for what cannot be answered"
    )


def test_who_sees_it_reads_and_who_may_answer_has_a_form(house: House, number: str) -> None:
    path = PATH.format(number)
    seeing = {who for who in EVERYBODY if house.get(who, path).status_code == 200}
    assert seeing == {"supervisor", "registrar", "leader", "head", "auditor"}
    filling = {who for who in sorted(seeing) if 'name="f_answer"' in house.page(who, path)}
    assert filling == {"supervisor", "registrar"}
    sent = {"key": "k", "seen": "0", "f_answer": "in_order"}
    assert house.send("auditor", f"{path}/c08_1", "/account", photos(), **sent).status_code == 409
    assert house.send("owner", f"{path}/c08_1", "/account", photos(), **sent).status_code == 404
    assert house.send("supervisor", f"{path}/c15_1", "/account", photos(), **sent).status_code == 404
    assert line(house, number, "c08_1")["answer"] is None


def test_an_inspector_at_work_finds_it_on_the_desk_and_on_the_pages_of_the_round(
    house: House, number: str
) -> None:
    link = f'href="{PATH.format(number)}"'
    for path in ("/", f"/inspections/{number}", f"/matters/{number}"):
        assert link in house.page("supervisor", path), path
    bare = house.inspection()
    assert PATH.format(bare) not in house.page("supervisor", f"/inspections/{bare}")
    assert house.get("supervisor", PATH.format(bare)).status_code == 422


def test_a_script_gets_the_item_the_next_one_and_the_count_and_no_page(house: House, number: str) -> None:
    path = PATH.format(number)
    page = house.page("supervisor", path)
    browser = house.browser("supervisor")
    data = {
        "csrf": browser.token(path),
        "key": held(card(page, "c08_1"), "key"),
        "seen": "0",
        "f_answer": "in_order",
    }
    answer_ = browser.client.post(f"{path}/c08_1", data=data, files=photos(),
                                  headers={"hx-request": "true", "origin": str(browser.client.base_url)})  # fmt: skip
    assert answer_.status_code == 200
    assert "<html" not in answer_.text
    assert 'id="item-c08_1" data-next="item-c08_2"' in answer_.text
    assert 'id="item-c08_2" hx-swap-oob="true"' in answer_.text
    assert 'id="item-c08_3"' not in answer_.text
    assert 'hx-swap-oob="innerHTML:#progress-now"' in answer_.text


def test_a_session_that_ended_on_the_quay_gives_the_words_back_to_copy(house: House, number: str) -> None:
    path = PATH.format(number)
    browser = house.browser("supervisor")
    page = browser.get(path).text
    house.office.clock.later(minutes=31)
    data = {
        "csrf": held(page, "csrf"),
        "key": held(page, "key"),
        "seen": "0",
        "f_answer": "finding",
        "f_remark": WORD,
    }
    headers = {"origin": str(browser.client.base_url), "accept": "text/html"}
    told = browser.client.post(
        f"{path}/c08_1", data=data, files=photos(bad_files.photograph()), headers=headers
    )
    assert (told.status_code, WORD in told.text, "IMG_0" in told.text) == (401, True, False)
    assert line(house, number, "c08_1")["answer"] is None


class TestMakingSomethingOfIt:
    @pytest.fixture
    def found(self, house: House, number: str) -> str:
        """The round with a finding at c08_3."""
        assert answer(house, number, "c08_3", "finding", f_measured="12", f_remark=WORD).status_code == 303
        return number

    def form(self, house: House, number: str, move: str) -> str:
        there = f"/matters/{number}/moves/{move}?item=c08_3"
        page = card(house.page("supervisor", PATH.format(number)), "c08_3")
        assert f'href="{there}"' in page
        return house.page("supervisor", there)

    def made(self, house: House, number: str, move: str, **form: str) -> str:
        page = self.form(house, number, move)
        path = f"/matters/{number}/moves/{move}"
        sent = house.post(
            "supervisor", path, path, key=held(page, "key"), version=held(page, "version"), **form
        )
        assert sent.status_code == 303, words(sent.text)[-1500:]
        assert sent.headers["location"] == f"/inspections/{number}/checklist?made=c08_3#item-c08_3"
        page = card(house.page("supervisor", sent.headers["location"].partition("#")[0]), "c08_3")
        (there,) = line(house, number, "c08_3")["led_to"]
        assert f'href="/matters/{there["number"]}"' in page
        return str(there["number"])

    def test_a_task_in_one_step_from_a_form_that_knows_what_was_found(self, house: House, found: str) -> None:
        page = self.form(house, found, "order_cure")
        assert f"{WORD} (12 %)" in page
        assert held(page, "f_item") == "c08_3"
        assert '<option value="c08_contract" selected>' in page
        task = self.made(
            house, found, "order_cure", f_item="c08_3", f_found=WORD, f_responsible_unit="QJN",
            f_task_owner="contractor", f_measure="退还超额部分", f_due_on="2026-09-30", f_proof="退款凭证",
        )  # fmt: skip
        seen = house.page("contractor", f"/matters/{task}")
        assert WORD in seen
        assert "退款凭证" in seen
        assert f'href="/matters/{found}"' in house.page("supervisor", f"/matters/{task}"), "and the way back"

    def test_a_clue_in_one_step_from_a_form_that_knows_what_was_found(self, house: House, found: str) -> None:
        page = self.form(house, found, "record_finding")
        assert held(page, "f_title").startswith("The performance bond")
        clue = self.made(house, found, "record_finding", f_item="c08_3", f_title="保证金超比例", f_problem=WORD,
                         f_link="c08_contract", f_received_on="2026-09-01", f_source="inspection")  # fmt: skip
        assert f'href="/matters/{found}"' in house.page("supervisor", f"/matters/{clue}")

    def test_a_refused_form_keeps_what_was_typed_and_says_who_belongs_there(
        self, house: House, found: str
    ) -> None:
        page = self.form(house, found, "order_cure")
        path = f"/matters/{found}/moves/order_cure"
        sent = house.post("supervisor", path, path, key=held(page, "key"), version=held(page, "version"),
                          f_item="c08_3", f_found=WORD, f_responsible_unit="QJN", f_task_owner="owner",
                          f_measure="退还", f_due_on="2026-09-30", f_proof="凭证")  # fmt: skip
        assert sent.status_code == 422
        assert "或指定该单位人员：contractor" in sent.text
        assert WORD in sent.text

    def test_where_nothing_was_found_nothing_is_offered(self, house: House, found: str) -> None:
        assert "/moves/order_cure" not in card(house.page("supervisor", PATH.format(found)), "c08_1")
        assert "/moves/order_cure" not in house.page("auditor", PATH.format(found))
