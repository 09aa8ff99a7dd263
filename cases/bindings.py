"""Which account a subject of an OpenID Connect provider is. Bound by the operator, or once by a verified address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases import journal, people
from cases.people import Person


class LoginBinding(SQLModel, table=True):
    """That a provider's subject is an account here. A subject is one account's, an account has one at a provider."""

    __tablename__ = "login_binding"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("issuer", "login"))

    id: int | None = Field(default=None, primary_key=True)
    issuer: str = Field(max_length=500)
    subject: str = Field(max_length=255)
    login: str = Field(foreign_key="person.login", max_length=64)
    bound_by: str = Field(max_length=64)
    bound_at: datetime


class NotBound(Exception):
    """No account here belongs to this sign-in: the operator can bind it."""

    def __init__(self, subject: str) -> None:
        super().__init__(str(NotBound.__doc__))
        self.subject = subject


def account(session: Session, *, issuer: str, subject: str, verified_email: str | None, at: datetime) -> str:
    """The active account of a subject. A subject not seen before is bound by its verified address, if exactly one
    active account has that address and none of the provider's yet. Raises NotBound."""
    found = session.exec(
        select(LoginBinding).where(LoginBinding.issuer == issuer, LoginBinding.subject == subject)
    ).first()
    if found is not None:
        try:
            return people.person(session, found.login).login
        except people.UnknownPerson:
            raise NotBound(subject) from None
    login = _by_address(session, verified_email) if verified_email else None
    if login is None or _bound(session, issuer, login):
        raise NotBound(subject)
    bind(session, login, issuer=issuer, subject=subject, by=login, at=at)
    return login


def bind(session: Session, login: str, *, issuer: str, subject: str, by: str, at: datetime) -> None:
    """Bind a subject to an account, instead of what either was bound to. Raises UnknownPerson."""
    login = people.person(session, login).login
    either = (col(LoginBinding.subject) == subject) | (col(LoginBinding.login) == login)
    session.execute(delete(LoginBinding).where(col(LoginBinding.issuer) == issuer, either))
    session.add(LoginBinding(issuer=issuer, subject=subject, login=login, bound_by=by, bound_at=at))
    journal.note(session, "bound", actor=by, login=login, at=at, issuer=issuer, subject=subject)


def forget(session: Session, login: str) -> None:
    """The account can no longer be signed in to by a provider."""
    session.execute(delete(LoginBinding).where(col(LoginBinding.login) == login))


def _by_address(session: Session, address: str) -> str | None:
    same = func.lower(Person.email) == address.casefold()
    found = session.exec(select(Person.login).where(same, col(Person.active)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _bound(session: Session, issuer: str, login: str) -> bool:
    query = select(LoginBinding.id).where(LoginBinding.issuer == issuer, LoginBinding.login == login)
    return session.exec(query).first() is not None
