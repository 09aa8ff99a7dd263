"""The engine and the unit of work: one session, one transaction, one commit at the edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session

from cases import rulebooks
from cases.office import Office
from cases.rulebooks import OnFileRulebooks
from notifications import outbox
from notifications.channels import Channel
from notifications.channels.folder import FolderChannel
from notifications.channels.smtp import SmtpChannel
from notifications.messages import Letterhead
from plumbline.database import engine_for
from plumbline.settings import Settings
from states.calendars import Calendar, china, load_calendar


@dataclass(frozen=True)
class Work:
    """Everything an edge needs to act: the office's rules, and units of work on its database."""

    settings: Settings
    engine: Engine
    office: Office
    rehearsal: bool
    uid: str
    channels: Mapping[str, Channel]

    @classmethod
    def open(cls, settings: Settings) -> Work:
        """Work on the database these settings name.

        Raises UnusableDatabase where it is not ready for use, FaultyCalendarFile for a calendar that cannot be read.
        """
        engine = engine_for(settings.url)
        with engine.connect().execution_options(reading=True) as connection, Session(connection) as session:
            held = rulebooks.on_file(session)
        return cls(settings, engine, office_of(held, settings), held.rehearsal, held.uid,
                   channels_of(settings))  # fmt: skip

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A session to write in: committed once at the end, or rolled back as a whole."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read in: it takes no lock and never commits."""
        with self.engine.connect().execution_options(reading=True) as connection, Session(connection) as session:
            yield session
            session.rollback()

    @property
    def letterhead(self) -> Letterhead:
        """What every message of this installation has in common."""
        return Letterhead(self.office, self.rehearsal, self.settings.base_url, self.settings.mail_from)


def office_of(held: OnFileRulebooks, settings: Settings) -> Office:
    """The office these rulebooks make, on its own calendar if it has one, telling people by the channel of the
    settings."""
    tell = partial(outbox.plan, channel=settings.channel, installation=held.uid)
    return Office(held.rulebooks, held.current, calendar_of(settings), tell)


def calendar_of(settings: Settings) -> Calendar:
    """The shipped calendar, with the years the office added. Raises FaultyCalendarFile with every fault at once."""
    return china() if settings.calendar_file is None else load_calendar(settings.calendar_file)


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The channels by name. The folder is always there: it reaches those who have no address."""
    found: dict[str, Channel] = {"folder": FolderChannel(settings.notices)}
    if settings.channel == "smtp":
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        found["smtp"] = SmtpChannel(settings.smtp_host, settings.smtp_port, settings.smtp_security,
                                    settings.smtp_user, password)  # fmt: skip
    return found
