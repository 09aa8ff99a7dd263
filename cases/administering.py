"""Who is here, in what roles, in which bodies: entered and changed by the operator, who sees no matter for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from cases import file_signs, invitations, journal, people, readings, recusing, risk_signs, second_factors
from cases.history import CLOCK
from cases.invitations import Made
from cases.office import Office
from cases.organisations import Organisation, Project, line_above
from cases.people import Person, Posting
from states.facts import ENGINE, Reason, Refused
from states.rulebook import Label

RESERVED = frozenset({ENGINE, CLOCK, journal.CONSOLE})  # names of actors that are nobody's
KINDS = ("commission", "owner", "contractor", "supervision", "regulator")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
_ADDRESS = re.compile(r"[^\s@<>,;\"']{1,64}@[^\s@<>,;\"']{1,189}")


def operators(session: Session, office: Office) -> Sequence[str]:
    """The active people who may enter and end others, by login."""
    role = office.rulebook().administers
    query = select(Posting.person).join(Person).where(Posting.role == role, col(Person.active))
    return sorted(set(session.exec(query).all()))


def entitled(session: Session, office: Office, actor: str | None) -> str:
    """The name under which `actor` administers. Without one it is the console, which may as long as there is no
    operator. Raises Refused."""
    found = operators(session, office)
    if actor is None and not found:
        return journal.CONSOLE
    if actor is None or actor not in found:
        raise _refused("not_your_role", "Only the operator does this.", "仅系统管理员可以办理。",
                       f"Ask an operator: {', '.join(found) or '-'}.",
                       f"请联系系统管理员：{'、'.join(found) or '—'}。")  # fmt: skip
    return actor


def add_person(
    session: Session, office: Office, *, actor: str | None, login: str, name: str, organisation: str,
    email: str | None, lang: str, at: datetime,
) -> Person:  # fmt: skip
    """Enter somebody. A login that was ever given is not given again. Raises Refused."""
    by = entitled(session, office, actor)
    name = name.strip()
    reasons = [*_person_faults(login, name, email), *_body_faults(session, organisation)]
    if session.get(Person, login) is not None:
        reasons.append(_reason("login_taken", f"The login {login} was given already; it is given once, for good.",
                               f"账号 {login} 已被使用，账号一经使用不再分配。", "Take another.",
                               "请另选账号。"))  # fmt: skip
    if reasons:
        raise Refused(reasons[0].code, tuple(reasons))
    person = Person(login=login, name=name, organisation=organisation, email=email or None, lang=lang)
    session.add(person)
    session.flush()
    journal.note(session, "added", actor=by, login=login, at=at, organisation=organisation)
    recusing.match_everything(session, office, at=at)  # a clue on file may be about them, or about their firm
    return person


def _person_faults(login: str, name: str, email: str | None) -> list[Reason]:
    found = []
    if not _LOGIN.fullmatch(login) or login in RESERVED:
        found.append(_reason("bad_login", f"{login[:80]!r} cannot be a login.", f"“{login[:80]}”不能用作账号。",
                             "Use 2 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a letter or digit.",
                             "请用 2 至 64 个小写字母、数字、点、横线或下划线，以字母或数字开头。"))  # fmt: skip
    if not name or len(name) > 100 or not name.isprintable():
        found.append(_reason("bad_name", "A name has 1 to 100 visible characters.", "姓名须为 1 至 100 个可见字符。",
                             "Write the name as on paper.", "请按证件填写姓名。"))  # fmt: skip
    if email and not _ADDRESS.fullmatch(email):
        found.append(_reason("bad_address", f"{email[:80]!r} is not a mail address.", f"“{email[:80]}”不是邮箱地址。",
                             "Write it as name@example.org, or leave it out.",
                             "请写成 name@example.org，或留空。"))  # fmt: skip
    return found


def _body_faults(session: Session, code: str) -> list[Reason]:
    if session.get(Organisation, code) is not None:
        return []
    return [_reason("unknown_reference", f"There is no organisation {code[:40]!r}.", f"没有单位“{code[:40]}”。",
                    "Enter it first: organisation add.", "请先登记单位：organisation add。")]  # fmt: skip


def post(
    session: Session, office: Office, *, actor: str | None, login: str, role: str, organisation: str,
    project: str | None, at: datetime,
) -> None:  # fmt: skip
    """Give somebody a role in a body, for one project or for all. Again, it changes nothing. Raises Refused."""
    by = entitled(session, office, actor)
    person = people.person(session, login)
    reasons = [*_role_faults(session, office, person.login, role), *_body_faults(session, organisation)]
    if project is not None and session.get(Project, project) is None:
        reasons.append(_reason("unknown_reference", f"There is no project {project[:40]!r}.", f"没有项目“{project[:40]}”。",
                               "Enter it first: project add.", "请先登记项目：project add。"))  # fmt: skip
    if reasons:
        raise Refused(reasons[0].code, tuple(reasons))
    if _posting(session, login, role, organisation, project) is None:
        session.add(Posting(person=login, role=role, organisation=organisation, project=project))
        entry = journal.note(session, "posted", actor=by, login=login, at=at, role=role, organisation=organisation,
                             project=project)  # fmt: skip
        risk_signs.of_duty(session, login, entry=entry, at=at)
        file_signs.of_duty(session, login, entry=entry, at=at)
        recusing.match_everything(session, office, at=at)  # before the posting lets them see anything


def _role_faults(session: Session, office: Office, login: str, role: str) -> list[Reason]:
    book = office.rulebook()
    if role not in book.roles:
        known = ", ".join(book.roles)
        return [_reason("unknown_reference", f"There is no role {role[:40]!r}.", f"没有角色“{role[:40]}”。",
                        f"Take one of: {known}.", f"请从中选择：{known}。")]  # fmt: skip
    held = {posting.role for posting in people.postings_of(session, login)} - {role}
    if held and (role == book.administers or book.administers in held):
        return [_reason("roles_apart", "Whoever administers holds no other role: the operator sees no matter.",
                        "系统管理员不得兼任其他角色：管理员不接触任何事项。",
                        "Enter a second account, or take the other role away first.",
                        "请另设账号，或先免去其他角色。")]  # fmt: skip
    return []


def unpost(
    session: Session, office: Office, *, actor: str | None, login: str, role: str, organisation: str,
    project: str | None, at: datetime,
) -> None:  # fmt: skip
    """Take a role away; it ends with the next request. Raises Refused: no such posting, or the last operator's."""
    by = entitled(session, office, actor)
    held = _posting(session, login, role, organisation, project)
    if held is None:
        raise _refused("no_such_posting", f"{login} does not hold that role there.", f"{login} 没有该任职。",
                       "See `people show`.", "请看 people show。")  # fmt: skip
    if role == office.rulebook().administers:
        check_not_last(session, office, login)
    session.delete(held)
    session.flush()
    entry = journal.note(session, "unposted", actor=by, login=login, at=at, role=role, organisation=organisation,
                         project=project)  # fmt: skip
    risk_signs.of_duty(session, login, entry=entry, at=at)
    file_signs.of_duty(session, login, entry=entry, at=at)
    readings.end_with_posting(session, office, login, by=by, at=at)


def check_not_last(session: Session, office: Office, login: str) -> None:
    """Raises Refused where `login` is the only operator: nobody could enter another."""
    if list(operators(session, office)) == [login]:
        raise _refused("last_operator", f"{login} is the only operator.", f"{login} 是唯一的系统管理员。",
                       "Enter another operator first.", "请先增设一名系统管理员。")  # fmt: skip


def _posting(
    session: Session, login: str, role: str, organisation: str, project: str | None
) -> Posting | None:
    query = select(Posting).where(
        Posting.person == login, Posting.role == role, Posting.organisation == organisation
    )
    here = col(Posting.project).is_(None) if project is None else Posting.project == project
    return session.exec(query.where(here)).first()


def invite(
    session: Session, office: Office, *, actor: str | None, login: str, clears_factor: bool, at: datetime
) -> Made:
    """A one-time link by which somebody chooses a password, the first or a new one: the operator never knows it.

    `clears_factor`: the phone and the recovery codes are lost. The account's owner sees in its record who did this.
    """
    by = entitled(session, office, actor)
    purpose = invitations.RESET if second_factors.enrolled(session, login) else invitations.INVITATION
    made = invitations.make(session, purpose, login=login, by=by, at=at, clears_factor=clears_factor)
    journal.note(session, "invited", actor=by, login=login, at=at, clears_factor=clears_factor)
    return made


def add_organisation(
    session: Session, office: Office, *, actor: str | None, code: str, kind: str, names: Mapping[str, str],
    parent: str | None, at: datetime,
) -> None:  # fmt: skip
    """Enter a body, with its names by language. Raises Refused."""
    by = entitled(session, office, actor)
    reasons = [*_code_faults(code), *(_body_faults(session, parent) if parent is not None else [])]
    if kind not in KINDS:
        reasons.append(_reason("not_a_choice", f"{kind[:40]!r} is no kind of organisation.", f"没有“{kind[:40]}”这类单位。",
                               f"Take one of: {', '.join(KINDS)}.", f"请从中选择：{'、'.join(KINDS)}。"))  # fmt: skip
    if any(not 0 < len(names[lang].strip()) <= 200 for lang in ("zh", "en")):
        reasons.append(_reason("bad_name", "A name has 1 to 200 characters, in both languages.",
                               "名称须为 1 至 200 个字符，中英文均须填写。", "Give both.",
                               "请填写中英文名称。"))  # fmt: skip
    if session.get(Organisation, code) is not None:
        reasons.append(_taken(code))
    if reasons:
        raise Refused(reasons[0].code, tuple(reasons))
    session.add(Organisation(code=code, kind=kind, name_zh=names["zh"].strip(), name_en=names["en"].strip(),
                             parent=parent))  # fmt: skip
    session.flush()
    journal.note(session, "organisation_added", actor=by, at=at, code=code, parent=parent)


def move_organisation(
    session: Session, office: Office, *, actor: str | None, code: str, parent: str | None, at: datetime
) -> None:
    """Put a body under another, or under none. What was sent up before stays with whom it was sent to. Raises Refused."""
    by = entitled(session, office, actor)
    reasons = [*_body_faults(session, code), *(_body_faults(session, parent) if parent is not None else [])]
    if parent is not None and not reasons:
        above = {parent, *(body.code for body in line_above(session, parent))}
        if code in above:
            reasons.append(_reason("circle", f"{parent} stands below {code}.", f"{parent} 是 {code} 的下级。",
                                   "A body cannot report to itself.", "单位不能隶属于自己的下级。"))  # fmt: skip
    if reasons:
        raise Refused(reasons[0].code, tuple(reasons))
    body = session.get_one(Organisation, code)
    before, body.parent = body.parent, parent
    session.add(body)
    session.flush()
    journal.note(session, "organisation_moved", actor=by, at=at, code=code, before=before, parent=parent)


def add_project(
    session: Session,
    office: Office,
    *,
    actor: str | None,
    code: str,
    name: str,
    organisation: str,
    at: datetime,
) -> None:
    """Enter a project under the commission that supervises it. Raises Refused."""
    by = entitled(session, office, actor)
    name = name.strip()
    reasons = [*_code_faults(code), *_body_faults(session, organisation)]
    if not 0 < len(name) <= 200:
        reasons.append(_reason("bad_name", "A name has 1 to 200 characters.", "名称须为 1 至 200 个字符。",
                               "Give its name.", "请填写名称。"))  # fmt: skip
    if session.get(Project, code) is not None:
        reasons.append(_taken(code))
    if session.exec(select(Project.code).where(Project.name == name)).first() is not None:
        reasons.append(_taken(name))
    if reasons:
        raise Refused(reasons[0].code, tuple(reasons))
    session.add(Project(code=code, name=name, organisation=organisation))
    session.flush()
    journal.note(session, "project_added", actor=by, at=at, code=code)


def listed(session: Session, *, ended: bool) -> list[dict[str, Any]]:
    """Everybody, by login, with their postings; those whose account has ended too, if asked for."""
    query = select(Person).order_by(col(Person.login))
    found = session.exec(query if ended else query.where(col(Person.active))).all()
    postings = session.exec(select(Posting).order_by(col(Posting.id))).all()
    return [{"login": one.login, "name": one.name, "organisation": one.organisation, "email": one.email,
             "lang": one.lang, "active": one.active,
             "postings": [{"role": held.role, "organisation": held.organisation, "project": held.project}
                          for held in postings if held.person == one.login]} for one in found]  # fmt: skip


def _code_faults(code: str) -> list[Reason]:
    if _CODE.fullmatch(code):
        return []
    return [_reason("bad_code", f"{code[:40]!r} cannot be a code.", f"“{code[:40]}”不能用作代码。",
                    "Use 1 to 32 of A-Z, 0-9 and dash.", "请用 1 至 32 个大写字母、数字或横线。")]  # fmt: skip


def _taken(what: str) -> Reason:
    return _reason(
        "taken", f"{what[:80]} is on file already.", f"{what[:80]} 已登记。", "Take another.", "请另选。"
    )


def _reason(code: str, en: str, zh: str, cure_en: str, cure_zh: str) -> Reason:
    return Reason(code, Label(en=en, zh=zh), Label(en=cure_en, zh=cure_zh))


def _refused(code: str, en: str, zh: str, cure_en: str, cure_zh: str) -> Refused:
    return Refused(code, (_reason(code, en, zh, cure_en, cure_zh),))
