"""People of the rehearsal in the rooms: signed in once each, in the language they are shown."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2 as httpx

from cases import opening, risk_raising, surveys
from cases.people import Person
from plumbline.exchange import Exchanger
from plumbline.sample import PEOPLE
from tests.cases import bad_files
from tests.plumbline import exhibits
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site
from tests.web.browsing import Browser, Office

EVERYBODY = [one[0] for one in PEOPLE]


@dataclass
class House:
    """The rehearsal, its people's browsers, and its matters as the shell's people move them."""

    office: Office
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return Site(self.office.work, Exchanger.of(self.office.work))

    def browser(self, who: str) -> Browser:
        if who not in self.browsers:
            browser = self.office.browser()
            answer = browser.post("/rehearsal", login=who)
            assert answer.status_code == 303, answer.text
            self.browsers[who] = browser
        return self.browsers[who]

    def get(self, who: str, path: str) -> httpx.Response:
        return self.browser(who).get(path)

    def page(self, who: str, path: str) -> str:
        """A page that must be there, in English."""
        answer = self.get(who, path + ("&" if "?" in path else "?") + "lang=en")
        assert answer.status_code == 200, (who, path, answer.status_code, answer.text[-600:])
        return unescape(answer.text)

    def post(self, who: str, path: str, page: str, /, **form: str) -> httpx.Response:
        """A form of `page`, sent with the token that stands there."""
        return self.browser(who).post(path, page, **form)

    def send(self, who: str, path: str, page: str, files: Any, /, **form: str) -> httpx.Response:
        """A form with files."""
        browser = self.browser(who)
        data = {"csrf": browser.token(page)} | form
        headers = {"origin": str(browser.client.base_url), "accept": "text/html"}
        return browser.client.post(path, data=data, files=files, headers=headers)

    def later(self, **passed: float) -> None:
        """Time passes, and everybody signs in anew."""
        self.office.clock.later(**passed)
        self.browsers.clear()

    def speak(self, who: str, lang: str) -> None:
        with self.office.work.unit() as session:
            session.get_one(Person, who).lang = lang

    def convened(self) -> tuple[str, str]:
        """A clue, and its round with three members."""
        return self.convened_with()

    def convened_with(self, *, brief: str = "基床验收影像缺失。", **clue_says: Any) -> tuple[str, str]:
        """The same with these words in them."""
        clue = self.site.clue(project="PC", **clue_says)
        self.site.move("registrar", clue, "propose_assignment")
        self.site.move("head", clue, "approve_assignment", handler="officer")
        self.site.move("officer", clue, "sign_for")
        moved = self.site.move("officer", clue, "convene", seats=["owner", "contractor", "overseer"],
                               brief=brief, proposed="rectify")  # fmt: skip
        return clue, moved.consequences[0].number

    def in_session(self) -> tuple[str, str]:
        clue, number = self.convened()
        self.site.move("officer", number, "send_brief")
        self.site.move("leader", number, "open_session")
        return clue, number

    def inspection(self, **says: str) -> str:
        """An inspection under way."""
        work = self.office.work
        with work.unit() as session:
            form = surveys.opening_form(
                session, work.office, "inspection", at=NOON, lang="en", actor="supervisor"
            )
            fields = (
                {one["name"]: one["example"] for one in form if one["required"]} | {"project": "PC"} | says
            )
            found = opening.open_matter(
                session, work.office, "inspection", actor="supervisor", at=NOON, fields=fields
            )
        self.site.move("supervisor", found.number, "begin")
        return found.number

    def risk(self, **clue_says: Any) -> str:
        """A risk point that was in force and a clue with these words raised; its number."""
        work = self.office.work
        fields = {"title": "隐蔽工程验收签认", "aspect": "post", "place": "质量专责岗", "project": "PC",
                  "link": "c15_quality", "problem": "一人签认即可覆盖。", "holder": "officer2"}  # fmt: skip
        with work.unit() as session:
            found = opening.open_matter(
                session, work.office, "risk", actor="registrar", at=NOON, fields=fields
            )
        self.site.move("registrar", found.number, "grade_by_consequence", consequence="crime")
        self.site.move("registrar", found.number, "set_measures", review_on="2026-12-01")
        self.site.move("leader", found.number, "put_in_force")
        self.site.clue(project="PC", link="c15_quality", **clue_says)
        risk_raising.sweep(work.unit, work.office, at=NOON)
        return found.number

    def decision(self) -> str:
        """A decision that one of seven took; its number."""
        work = self.office.work
        fields = {"decided": "3号泊位地基处理设计变更", "category": "large_funds", "project": "PC",
                  "deciding_body": "建设单位党委会"}  # fmt: skip
        with work.unit() as session:
            found = opening.open_matter(
                session, work.office, "decision", actor="registrar", at=NOON, fields=fields
            )
        self.site.move("registrar", found.number, "hold_meeting", entitled=7, chair="书记")
        self.site.move("registrar", found.number, "note_attendance", attendee="书记", attendance="present")
        self.site.move("registrar", found.number, "note_view", attendee="书记", view="agree")
        self.site.move("registrar", found.number, "decide", result="approved")
        return found.number

    def appointment(self) -> str:
        """A supervisor of a project whose letter of appointment is not issued yet; its number."""
        work = self.office.work
        fields = {"title": "港口中心项目廉洁监督员聘任", "supervisor": "supervisor", "project": "PC",
                  "ends_on": "2027-06-30"}  # fmt: skip
        with work.unit() as session:
            found = opening.open_matter(
                session, work.office, "appointment", actor="registrar", at=NOON, fields=fields
            )
        return found.number

    def person_file(self, says: str = "", account: str = "") -> str:
        """The file of a works manager, or of somebody with an account; with a leaf that says so much. Its number."""
        if account:
            return self._opened("registrar", "person_file", subject="沈洁", subject_unit="恒泰监理公司",
                                subject_post="专业监理工程师", account=account, keeper="registrar")  # fmt: skip
        fields = {
            "subject": "郑海峰",
            "subject_unit": "港口工程公司",
            "subject_post": "工程部经理",
            "keeper": "registrar",
        }
        number = self._opened("registrar", "person_file", **fields)
        if says:
            self.site.move("registrar", number, "put_in_own", leaf_part="gifts", leaf_text=says, leaf_signed_by="郑海峰",
                           leaf_signed_on="2026-09-01")  # fmt: skip
        return number

    def project_file(self) -> str:
        """The file of a project; its number."""
        return self._opened(
            "registrar", "project_file", title="港口中心项目廉政档案", project="PC", keeper="registrar"
        )

    def sheet(self, who: str) -> str:
        """A sheet that somebody is to fill in for their file; its number."""
        return self._opened(
            "registrar", "own_sheet", title="2026年度收入填报", filler=who, sheet_part="income"
        )

    def asks_to_read(self, who: str = "officer", **whose: str) -> str:
        """A request to read all of the works manager's file, or of another's; its number."""
        said = {"subject": "郑海峰", "subject_unit": "港口工程公司"} | whose
        return self._opened(
            who,
            "file_reading",
            title="任前廉政审核",
            read_parts="all_parts",
            read_why="拟任人选审核。",
            **said,
        )

    def _opened(self, who: str, machine: str, **fields: str) -> str:
        work = self.office.work
        with work.unit() as session:
            return opening.open_matter(
                session, work.office, machine, actor=who, at=NOON, fields=fields
            ).number

    def released(self, clue: str, number: str, caption: str = "基床表面") -> None:
        exhibits.add(self.site, clue, caption=caption)
        newest = max(one["attachment"] for one in exhibits.listed(self.site, clue, who="registrar"))
        exhibits.release(self.site, number, clue, newest)


def hidden(page: str, name: str, item: int | None = None) -> str:
    """What a hidden field of a form holds; of several forms, the one whose value ends with the item."""
    found = re.findall(rf'name="{name}" value="([^"]*)"', page)
    if item is not None:
        found = [one for one in found if one.endswith(f"-{item}")]
    assert found, name
    return unescape(found[0])


def photograph() -> io.BytesIO:
    return io.BytesIO(bad_files.photograph())


def words(page: str) -> str:
    """A page without its tags."""
    return re.sub(r"<[^>]*>", "", page)
