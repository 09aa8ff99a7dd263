"""One person, one file: which files a body keeps of whom, and that nobody has a second one that is live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import select
from sqlmodel import Session, col

from cases import file_refusals, gathering
from cases.errors import NoSuchMatter
from cases.file_refusals import refused
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation
from cases.people import Person
from states.facts import Reason
from states.file_rules import ACCOUNT, KEEPER, SUBJECT, UNIT
from states.names import Name, of_firm, of_person, same
from states.rulebook import Machine, Rulebook, StateKind

MACHINE = "person_file"


class Born(Protocol):
    """What of a new matter tells whose file it is."""

    @property
    def organisation(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def values(self) -> Any: ...


def check_the_only_one(session: Session, office: Office, machine: Machine, birth: Born) -> None:
    """Raises Refused where the person has a live file in this body already, or the account is somebody else's. Its number is
    told to those who may see it. Asked once the number was taken: of two who open one at once, the second waits till here.
    """
    if machine.file is None:
        return
    values = birth.values
    _check_account(session, values)
    if found := keeps_their_own(session, values, values):
        raise refused(found[0])
    for row in live(session, office, birth.organisation):
        if is_of(session, row, values):
            seen = in_sight(session, office, row.number, birth.actor)
            raise refused(file_refusals.second_of_person(seen))


def _check_account(session: Session, values: Any) -> None:
    account = session.get(Person, values.get(ACCOUNT) or "")
    if account is not None and not same(of_person(account.name), of_person(str(values[SUBJECT]))):
        raise refused(file_refusals.ACCOUNT_OF_ANOTHER)


def keeps_their_own(session: Session, values: Any, form: Any) -> list[Reason]:
    """What is wrong with the keeper whom a form names: that it is the person themselves."""
    keeper = session.get(Person, form.get(KEEPER) or "")
    if keeper is None:
        return []
    own = (
        values.get(ACCOUNT) == keeper.login
        if values.get(ACCOUNT)
        else same(of_person(keeper.name), of_person(str(values.get(SUBJECT) or "")))
    )
    return [file_refusals.KEEPER_IS_THE_PERSON] if own else []


def in_sight(session: Session, office: Office, number: str, actor: str) -> str | None:
    """The number, for somebody who may see it."""
    try:
        gathering.load(session, office, number, login=actor, for_change=False)
    except NoSuchMatter:
        return None
    return number


def live(session: Session, office: Office, organisation: str) -> Iterator[Matter]:
    """The files of persons that a body keeps and that are not over."""
    query = select(Matter).where(col(Matter.machine) == MACHINE, col(Matter.organisation) == organisation)
    for row in session.execute(query.order_by(col(Matter.id))).scalars():
        if is_live(office.rulebook(row.rulebook), row):
            yield row


def keepers(session: Session) -> Sequence[str]:
    """The bodies that keep files of persons, by code."""
    query = select(col(Matter.organisation)).where(col(Matter.machine) == MACHINE).distinct()
    return sorted(session.execute(query).scalars())


def is_live(book: Rulebook, row: Any) -> bool:
    """Whether a matter is not over."""
    return book.machines[row.machine].states[row.state].kind is not StateKind.FINAL


def is_of(session: Session, row: Matter, values: Any) -> bool:
    """Whether a file is of whom these values name: by account, or by name and unit, each of them certainly the same. Two
    persons of one name in two units are two."""
    account, other = row.values.get(ACCOUNT), values.get(ACCOUNT)
    if account and other:
        return bool(account == other)
    if not same(of_person(str(row.values.get(SUBJECT, ""))), of_person(str(values.get(SUBJECT) or ""))):
        return False
    ours, theirs = (units(session, str(one.get(UNIT) or "")) for one in (row.values, values))
    return any(same(one, each) for one in ours for each in theirs)


def may_be_of(session: Session, row: Matter, values: Any) -> bool:
    """Whether a file is of whom these values name, who need not have given a unit."""
    return is_of(session, row, values) or (
        not values.get(UNIT)
        and same(of_person(str(row.values.get(SUBJECT, ""))), of_person(str(values.get(SUBJECT) or "")))
    )


def units(session: Session, said: str) -> Sequence[Name]:
    """What a unit is called: as it was written, and by its other names where it is a body on file."""
    written = of_firm(said)
    if not written.texts:
        return []
    for body in session.execute(select(Organisation)).scalars():
        known = [of_firm(one) for one in (body.code, body.name_zh, body.name_en)]
        if any(same(one, written) for one in known):
            return [written, *known]
    return [written]
