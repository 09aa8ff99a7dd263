"""The engine and the unit of work: one session, one transaction, one commit at the edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session

from cases import rulebooks
from cases.evidence import EvidenceRoom
from cases.office import Occurred, Office
from cases.rulebooks import OnFileRulebooks
from notifications import outbox, webhooks
from notifications.channels import Channel
from notifications.channels.dingtalk import DingTalkRobot
from notifications.channels.feishu import FeishuRobot
from notifications.channels.folder import FolderChannel
from notifications.channels.posting import Mailbox
from notifications.channels.smtp import SmtpChannel
from notifications.channels.webhook import Webhook
from notifications.channels.wecom import WeComRobot
from notifications.messages import Letterhead
from notifications.quiet import Hours, QuietHours, at_any_hour, read_hours
from plumbline.database import Writers, engine_for
from plumbline.file_keys import FileKeys
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

    def unit(self) -> AbstractContextManager[Session]:
        """A session to write in: committed once at the end, or rolled back as a whole."""
        return self._writers.unit()

    @cached_property
    def _writers(self) -> Writers:
        return Writers(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read in: it takes no lock and never commits."""
        with (
            self.engine.connect().execution_options(reading=True) as connection,
            Session(connection) as session,
        ):
            yield session
            session.rollback()

    @property
    def evidence(self) -> EvidenceRoom:
        """Where the bytes of attachments are kept."""
        return EvidenceRoom(self.settings.evidence, self.settings.attachment_mb << 20)

    @property
    def hours(self) -> Hours:
        """When messages may go out."""
        return hours_of(self.settings, calendar=self.office.calendar, zone=self.office.zone)

    @property
    def letterhead(self) -> Letterhead:
        """What every message of this installation has in common."""
        return Letterhead(self.office, self.rehearsal, self.settings.base_url, self.settings.mail_from)


def office_of(held: OnFileRulebooks, settings: Settings) -> Office:
    """The office these rulebooks make, on its own calendar if it has one, telling people by the channel of the
    settings."""
    calendar = calendar_of(settings)
    zone = ZoneInfo(held.rulebooks[held.current].zone)
    people = partial(outbox.plan, channel=settings.channel, installation=held.uid,
                     hours=hours_of(settings, calendar=calendar, zone=zone),
                     set_up=frozenset(channels_of(settings)))  # fmt: skip

    def tell(session: Session, office: Office, events: Sequence[Occurred]) -> int:
        webhooks.plan(session, office, events)
        return people(session, office, events)

    return Office(held.rulebooks, held.current, calendar, tell, FileKeys(settings.home / "keys"))


def calendar_of(settings: Settings) -> Calendar:
    """The shipped calendar, with the years the office added. Raises FaultyCalendarFile with every fault at once."""
    return china() if settings.calendar_file is None else load_calendar(settings.calendar_file)


def hours_of(settings: Settings, *, calendar: Calendar, zone: ZoneInfo) -> Hours:
    """When messages may go out: the quiet hours of the settings, on this calendar; without any, at any hour."""
    if not settings.quiet:
        return at_any_hour
    return QuietHours(*read_hours(settings.quiet), calendar, zone, settings.urgent)


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The channels that are set up, by name. The folder is always there: it reaches those who have no address."""
    found: dict[str, Channel] = {"folder": FolderChannel(settings.notices)}
    if settings.channel == "smtp" or "smtp_host" in settings.model_fields_set:
        found["smtp"] = SmtpChannel(settings.smtp_host, settings.smtp_port, settings.smtp_security,
                                    settings.smtp_user, _told(settings.smtp_password))  # fmt: skip
    found.update(_posted_to(settings))
    return found


def _posted_to(settings: Settings) -> Iterator[tuple[str, Channel]]:
    if url := _told(settings.wecom_url):
        yield "wecom", WeComRobot(Mailbox("The WeCom robot", url))
    if url := _told(settings.dingtalk_url):
        yield "dingtalk", DingTalkRobot(Mailbox("The DingTalk robot", url), _told(settings.dingtalk_secret))
    if url := _told(settings.feishu_url):
        yield "feishu", FeishuRobot(Mailbox("The Feishu robot", url), _told(settings.feishu_secret))
    if (url := _told(settings.webhook_url)) and (secret := _told(settings.webhook_secret)):
        yield "webhook", Webhook(Mailbox("The webhook", url), secret)


def _told(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
