"""The Port Centre sample: the organisations, projects and people a rehearsal is played with. All names are invented."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, select

from cases import inspections
from cases.inspections import Programme
from cases.organisations import Organisation, Project
from cases.people import Person, Posting

CITY, DISTRICT, COMMISSION, OWNER, CONTRACTOR, SUPERVISION = "SJW", "BHJ", "MGJ", "GKJ", "QJN", "HTJ"

ORGANISATIONS: tuple[tuple[str, str, str, str, str | None], ...] = (
    (CITY, "commission", "市纪委监委", "City Commission", None),
    (DISTRICT, "commission", "滨海新区纪工委监察专员办", "Binhai New Area Commission", CITY),
    (COMMISSION, "commission", "港口集团纪委", "Port Group Discipline Commission", DISTRICT),
    (OWNER, "owner", "港口集团工程建设公司", "Port Group Construction Company (owner)", COMMISSION),
    (CONTRACTOR, "contractor", "第七工程局南方公司", "Seventh Engineering Bureau South (contractor)", None),
    (SUPERVISION, "supervision", "恒泰监理公司", "Hengtai Supervision (supervision company)", None),
)

PROJECTS = (
    ("PC", "港口中心项目"),
    ("BR", "滨海新区市政道路工程"),
    ("BW", "博贺新港区通用码头工程"),
)

PEOPLE: tuple[tuple[str, str, str, str, str | None], ...] = (
    # login, name, organisation, role, project
    ("supervisor", "周正", COMMISSION, "supervisor", "PC"),
    ("registrar", "何敏", COMMISSION, "registrar", None),
    ("officer", "李明", COMMISSION, "officer", None),
    ("officer2", "王芳", COMMISSION, "officer", None),
    ("officer3", "陈静", COMMISSION, "officer", None),
    ("leader", "郑毅", COMMISSION, "leader", None),
    ("head", "孙岩", COMMISSION, "head", None),
    ("owner", "吴刚", OWNER, "member", None),
    ("contractor", "冯涛", CONTRACTOR, "member", None),
    ("overseer", "沈洁", SUPERVISION, "member", None),
    ("overseer2", "许静", SUPERVISION, "member", None),
    ("district", "韩冰", DISTRICT, "district", None),
    ("district2", "赵岚", DISTRICT, "district", None),
    ("city", "林峰", CITY, "district", None),
    ("auditor", "杨光", COMMISSION, "auditor", None),
    ("operator", "蒋平", COMMISSION, "operator", None),
)

PROGRAMMES = (
    # code, kind, title, recurrence, project
    ("PC-WEEKLY", "daily", "港口中心项目每周巡查", "FREQ=WEEKLY;BYDAY=MO", "PC"),
    ("PC-QUARTER", "special", "港口中心项目季度集中排查", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=10", "PC"),
)


def load(session: Session, *, on: date) -> None:
    """Put the sample on file; what is there already stays as it is. Its inspection programmes begin on the day `on`."""
    bodies = _there(session, Organisation.code)
    session.add_all(
        Organisation(code=code, kind=kind, name_zh=name_zh, name_en=name_en, parent=parent)
        for code, kind, name_zh, name_en, parent in ORGANISATIONS if code not in bodies
    )  # fmt: skip
    session.flush()  # after each kind: the next one refers to it
    known = _there(session, Project.code)
    session.add_all(
        Project(code=code, name=name, organisation=COMMISSION) for code, name in PROJECTS if code not in known
    )
    session.flush()
    for code, kind, title, rule, project in PROGRAMMES:
        if session.get(Programme, code) is None:
            inspections.plan(session, Programme(
                code=code, kind=kind, title=title, rule=rule, organisation=COMMISSION, project=project,
                inspectors=["supervisor"], starts_on=on))  # fmt: skip
    _load_people(session)


def _load_people(session: Session) -> None:
    there = _there(session, Person.login)
    new = [one for one in PEOPLE if one[0] not in there]
    session.add_all(
        Person(login=login, name=name, organisation=organisation, email=f"{login}@example.org")
        for login, name, organisation, *_ in new
    )
    session.flush()
    session.add_all(
        Posting(person=login, role=role, organisation=organisation, project=project)
        for login, _, organisation, role, project in new
    )
    session.flush()


def _there(session: Session, key: str) -> set[str]:
    """Which of these are on file already."""
    return set(session.exec(select(key)))
