"""Signing in, step by step, as an edge asks for it. Passwords are hashed with no transaction open, two at a time."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import BoundedSemaphore

from sqlmodel import Session

from cases import (
    administering,
    attempts,
    invitations,
    journal,
    passwords,
    people,
    second_factors,
    sessions,
)
from cases.attempts import Tried
from cases.invitations import FIRST, Made, OneTimeLink
from cases.organisations import Organisation
from cases.people import Person
from cases.sessions import Begun, Lasting, WebSession
from plumbline.account_keys import AccountKeys
from plumbline.work import Work

_HASHING = BoundedSemaphore(2)  # a hash takes 46 MiB and a processor: more at once would stop everything else


class NotProved(Exception):
    """The name or the password is not right."""


class WrongCode(Exception):
    """The code is not right, was used already, or is no longer valid."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as it is known before they sign in: from where, and what their browser shows and says of itself."""

    source: str
    device: str | None = None
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session begun, and what makes the browser known from now on."""

    login: str
    begun: Begun
    device: str | None


@dataclass(frozen=True)
class Accounts:
    """Accounts on one database."""

    work: Work

    @cached_property
    def keys(self) -> AccountKeys:
        """The key that seals and names."""
        return AccountKeys(self.work.settings.home / "keys")

    @cached_property
    def lasting(self) -> Lasting:
        """How long sessions last."""
        settings = self.work.settings
        return Lasting(timedelta(minutes=settings.session_idle), timedelta(hours=settings.session_hours))

    def new_visit(self) -> str:
        """What the browser of somebody not signed in holds, for its forms to be told from others'."""
        return secrets.token_urlsafe(32)

    # ----------------------------------------------------------------------------------------------- sign in

    def sign_in(self, login: str, password: str, visitor: Visitor, *, at: datetime) -> SignedIn:
        """Sign in with a password. The same work is done and the same is said whether there is such an account or not.

        Raises NotProved, TooManyTries.
        """
        login = login.strip().casefold()
        with self.work.unit() as session:
            device = attempts.known(session, visitor.device, login, at=at)
            attempt = attempts.reserve(session, self._tried("password", login, visitor, device), at=at)
            held = passwords.held(session, login)
        if not _proves(password, held):
            raise NotProved(str(NotProved.__doc__))
        with self.work.unit() as session:
            if passwords.held(session, login) != held:
                raise NotProved(str(NotProved.__doc__))  # changed, or ended, meanwhile
            attempts.succeeded(session, attempt)
            return self._begin(session, login, sessions.PASSWORD, visitor, at=at)

    def signed_in_by(
        self, session: Session, login: str, proved: str, visitor: Visitor, *, at: datetime
    ) -> SignedIn:
        """Begin a session of somebody who proved it another way (a provider, a one-time link, a rehearsal's choice)."""
        return self._begin(session, people.person(session, login).login, proved, visitor, at=at)

    def _begin(
        self, session: Session, login: str, proved: str, visitor: Visitor, *, at: datetime
    ) -> SignedIn:
        waits = proved != sessions.REHEARSAL and second_factors.enrolled(session, login)
        begun = sessions.begin(session, login, proved=proved, waits=waits, at=at, lasting=self.lasting,
                               user_agent=visitor.user_agent)  # fmt: skip
        if waits or proved == sessions.REHEARSAL:
            return SignedIn(login, begun, None)
        return SignedIn(login, begun, attempts.remember(session, visitor.device, login, at=at))

    def give_code(self, token: str, code: str, visitor: Visitor, *, at: datetime) -> SignedIn:
        """The second factor: a code of the phone, or a recovery code. The session is begun anew, under another token.

        Raises SessionOver, WrongCode, TooManyTries.
        """
        with self.work.unit() as session:
            waiting = sessions.current(session, token, at=at, lasting=self.lasting, waits=True).held
            device = attempts.known(session, visitor.device, waiting.login, at=at)
            attempt = attempts.reserve(session, self._tried("code", waiting.login, visitor, device), at=at)
            proved = self._proved_by(session, waiting.login, code, at=at)
            if proved is not None:
                attempts.succeeded(session, attempt)
                sessions.end(session, int(waiting.id or 0), login=waiting.login, at=at)
                begun = sessions.begin(session, waiting.login, proved=proved, waits=False, at=at, lasting=self.lasting,
                                       user_agent=visitor.user_agent)  # fmt: skip
                known = attempts.remember(session, visitor.device, waiting.login, at=at)
                return SignedIn(waiting.login, begun, known)
            sessions.wrong_code(session, int(waiting.id or 0), at=at)
        raise WrongCode(str(WrongCode.__doc__))

    def _proved_by(self, session: Session, login: str, code: str, *, at: datetime) -> str | None:
        if second_factors.proves(session, login, code, self.keys, at=at):
            return sessions.CODE
        if second_factors.recovers(session, login, code, at=at):
            journal.note(session, "recovery_used", actor=login, login=login, at=at)
            return sessions.RECOVERY
        return None

    def _tried(self, what: str, login: str, visitor: Visitor, device: int | None) -> Tried:
        return Tried(self.keys.named(what, login), self.keys.named("source", visitor.source), device)

    # ------------------------------------------------------------------------------------------ one's own

    def change_password(
        self, session_: WebSession, old: str, new: str, visitor: Visitor, *, at: datetime
    ) -> None:
        """Change one's own password, knowing the old one; every other session of the account ends.

        Raises NotProved, TooManyTries, and Refused for what speaks against the new one.
        """
        login = session_.login
        self._prove_again(login, old, visitor, at=at)
        with self.work.reading() as session:
            passwords.check(people.person(session, login), new, about=_bodies(session, login))
        hash_ = _hashed(new)
        with self.work.unit() as session:
            passwords.keep(session, login, hash_, at=at)
            sessions.end_all(session, login, at=at, but=session_.id)
            journal.note(session, "password_changed", actor=login, login=login, at=at)

    def _prove_again(self, login: str, password: str, visitor: Visitor, *, at: datetime) -> None:
        """The password once more, before what matters. Raises NotProved, TooManyTries."""
        with self.work.unit() as session:
            device = attempts.known(session, visitor.device, login, at=at)
            attempt = attempts.reserve(session, self._tried("password", login, visitor, device), at=at)
            held = passwords.held(session, login)
        if not _proves(password, held):
            raise NotProved(str(NotProved.__doc__))
        with self.work.unit() as session:
            attempts.succeeded(session, attempt)

    def enrol(self, session_: WebSession, *, at: datetime) -> tuple[str, str]:
        """The secret for one's phone and the address that holds it; until it is confirmed, always the same."""
        with self.work.unit() as session:
            secret = second_factors.begin(session, session_.login, self.keys, at=at)
        return secret, second_factors.address(secret, session_.login)

    def confirm_factor(self, session_: WebSession, code: str, *, at: datetime) -> Sequence[str]:
        """Confirm the phone with its first code; the recovery codes, this once. Raises WrongCode."""
        with self.work.unit() as session:
            codes = second_factors.confirm(session, session_.login, code, self.keys, at=at)
            if codes:
                sessions.end_all(session, session_.login, at=at, but=session_.id)
                journal.note(session, "factor_confirmed", actor=session_.login, login=session_.login, at=at)
        if not codes:
            raise WrongCode(str(WrongCode.__doc__))
        return codes

    def renew_codes(
        self, session_: WebSession, code: str, visitor: Visitor, *, at: datetime
    ) -> Sequence[str]:
        """New recovery codes, for who has the phone. Raises WrongCode, TooManyTries."""
        self._prove_factor(session_.login, code, visitor, at=at)
        with self.work.unit() as session:
            journal.note(session, "codes_renewed", actor=session_.login, login=session_.login, at=at)
            return second_factors.new_codes(session, session_.login, at=at)

    def remove_factor(self, session_: WebSession, code: str, visitor: Visitor, *, at: datetime) -> None:
        """Ask for no code any more. Raises WrongCode, TooManyTries."""
        self._prove_factor(session_.login, code, visitor, at=at)
        with self.work.unit() as session:
            second_factors.forget(session, session_.login)
            journal.note(session, "factor_removed", actor=session_.login, login=session_.login, at=at)

    def _prove_factor(self, login: str, code: str, visitor: Visitor, *, at: datetime) -> None:
        with self.work.unit() as session:
            device = attempts.known(session, visitor.device, login, at=at)
            attempt = attempts.reserve(session, self._tried("code", login, visitor, device), at=at)
            good = self._proved_by(session, login, code, at=at) is not None
            if good:
                attempts.succeeded(session, attempt)
        if not good:
            raise WrongCode(str(WrongCode.__doc__))

    def needs_factor(self, session: Session, login: str) -> bool:
        """Whether this account must have a second factor and has none yet."""
        wanted = self.work.settings.second_factor
        if self.work.rehearsal or wanted == "nobody" or second_factors.enrolled(session, login):
            return False
        return wanted == "everybody" or login in administering.operators(session, self.work.office)

    # ---------------------------------------------------------------------------------------- one-time links

    def first_link(self, *, at: datetime) -> Made | None:
        """The link by which the first administrator comes in; None once there is an operator, and in a rehearsal."""
        if self.work.rehearsal:
            return None
        with self.work.unit() as session:
            if administering.operators(session, self.work.office):
                return None
            return invitations.make(session, FIRST, login=None, by=journal.CONSOLE, at=at)

    def first_address(self, *, at: datetime, served_at: str | None = None) -> str | None:
        """The same as an address to open: under PLUMBLINE_BASE_URL or, if that is not set, where it is served."""
        made, settings = self.first_link(at=at), self.work.settings
        given = served_at is None or "base_url" in settings.model_fields_set
        base = settings.base_url if given else served_at
        return f"{str(base).rstrip('/')}/welcome/{made.token}" if made is not None else None

    def accept(self, token: str, password: str, visitor: Visitor, *, at: datetime) -> SignedIn:
        """Use an invitation or reset: the account's owner chooses the password; every session before ends.

        Raises LinkRefused, and Refused for what speaks against the password; the link then stays good.
        """
        with self.work.reading() as session:
            link = invitations.look(session, token, at=at)
            if link.login is None:
                raise invitations.LinkRefused(str(invitations.LinkRefused.__doc__))
            passwords.check(people.person(session, link.login), password, about=_bodies(session, link.login))
        hash_ = _hashed(password)
        with self.work.unit() as session:
            return self._accepted(session, invitations.use(session, token, at=at), hash_, visitor, at=at)

    def accept_first(
        self, token: str, person: Person, body: Organisation, password: str, visitor: Visitor, *, at: datetime
    ) -> SignedIn:
        """Use the first administrator's link: the account, its body and its one role are made.

        Raises LinkRefused, Refused.
        """
        with self.work.reading() as session:
            invitations.look(session, token, at=at)
            passwords.check(person, password, about=(body.name_zh, body.name_en, body.code))
        hash_, office = _hashed(password), self.work.office
        with self.work.unit() as session:
            link = invitations.use(session, token, at=at)
            if link.purpose != FIRST or administering.operators(session, office):
                raise invitations.LinkRefused(str(invitations.LinkRefused.__doc__))
            if session.get(Organisation, body.code) is None:
                administering.add_organisation(session, office, actor=None, code=body.code, kind=body.kind, at=at,
                                               names={"zh": body.name_zh, "en": body.name_en}, parent=None)  # fmt: skip
            administering.add_person(session, office, actor=None, login=person.login, name=person.name, at=at,
                                     organisation=body.code, email=person.email, lang=person.lang)  # fmt: skip
            administering.post(session, office, actor=None, login=person.login, role=office.rulebook().administers,
                               organisation=body.code, project=None, at=at)  # fmt: skip
            link.login = person.login
            return self._accepted(session, link, hash_, visitor, at=at)

    def _accepted(
        self, session: Session, link: OneTimeLink, hash_: str, visitor: Visitor, *, at: datetime
    ) -> SignedIn:
        login = str(link.login)
        if link.clears_factor:
            second_factors.forget(session, login)
        passwords.keep(session, login, hash_, at=at)
        sessions.end_all(session, login, at=at)
        journal.note(session, "link_used", actor=login, login=login, at=at, made_by=link.made_by)
        return self._begin(session, login, sessions.LINK, visitor, at=at)


def _bodies(session: Session, login: str) -> Sequence[str]:
    body = session.get(Organisation, people.person(session, login).organisation)
    return (body.name_zh, body.name_en) if body is not None else ()


def _proves(password: str, held: str | None) -> bool:
    with _HASHING:
        return passwords.proves(password, held)


def _hashed(password: str) -> str:
    with _HASHING:
        return passwords.hashed(password)
