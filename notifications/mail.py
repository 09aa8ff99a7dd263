"""A message in the form that mail has: RFC 5322 headers and a plain text. The same message is the same bytes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal
from unicodedata import category

NOWHERE = "plumbline.invalid"  # a domain that cannot exist (RFC 2606)
UNFIT = ("Cc", "Cs", "Zl", "Zp")  # control characters, halves of characters, and whatever else breaks a line
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
_MARK = re.compile(r"<notice-([0-9a-f]{32})@")


class BadAddress(ValueError):
    """This is not an e-mail address a message can be sent to."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a message."""

    name: str
    kind: str  # such as application/json
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `to` is an e-mail address, or None where the person has none.

    `dated_at` is when it was planned, not when it is sent: a second copy must be the same message. `link` leads to what
    it is about, for channels that must shorten the text.
    """

    message_id: str
    sender: str
    to: str | None
    recipient: str
    lang: str
    subject: str
    text: str
    dated_at: datetime
    link: str = ""
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def mark(self) -> str:
        """32 hexadecimal digits that tell this message from every other, the same in every copy of it."""
        found = _MARK.match(self.message_id)
        return found.group(1) if found else hashlib.sha256(self.message_id.encode()).hexdigest()[:32]

    def check(self) -> None:
        """Raises BadAddress for line breaks in what becomes a header: nobody writes headers of their own."""
        for header in (self.message_id, self.subject, self.recipient):
            if any(category(character) in UNFIT for character in header):
                raise BadAddress(
                    "A line break or control character stands in a header: the message was not sent."
                )

    def as_bytes(self, *, encoding: Literal["8bit", "base64"] = "base64") -> bytes:
        """The message as it travels: base64 passes every server, 8bit can be read with the naked eye.

        Raises BadAddress, also for what `check` finds.
        """
        self.check()
        mail = EmailMessage(policy=SMTP)
        mail["From"] = address(self.sender)
        mail["To"] = address(self.to) if self.to is not None else _nobody(self.recipient)
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(self.dated_at)
        mail["Message-ID"] = self.message_id
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in answer
        mail.set_content(self.text, charset="utf-8", cte=encoding)
        mail["Content-Language"] = "zh-CN" if self.lang == "zh" else "en"
        for one in self.enclosures:
            main, _, sub = one.kind.partition("/")
            mail.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name, cte="base64")
        if self.enclosures:  # by itself it is invented anew for every copy
            mail.set_boundary(f"=_{self.mark}")
        return mail.as_bytes()


def address(given: str) -> Address:
    """The address as it may stand in a header and in SMTP, its domain in ASCII. Raises BadAddress."""
    try:
        found = Address(addr_spec=given)
        domain = found.domain.encode("idna").decode("ascii")
        found.username.encode("ascii")
    except (MessageError, ValueError, IndexError) as fault:
        raise BadAddress(
            f"{given!r} is not an e-mail address: correct it in the person's account."
        ) from fault
    if not (found.username and domain) or len(given) > LONGEST_ADDRESS:
        raise BadAddress(f"{given!r} is not an e-mail address: correct it in the person's account.")
    return Address(username=found.username, domain=domain)


def sendable(given: str) -> str:
    """An address as a person types it, without blanks around it, if a message can be sent to it. Raises BadAddress."""
    text = given.strip(" ")
    if any(category(sign) in UNFIT or sign.isspace() for sign in text):
        raise BadAddress(f"{given!r} is not an e-mail address: it holds blanks or line breaks.")
    found = address(text)
    if found.domain.rpartition(".")[0] == "" or len(text) > LONGEST_ADDRESS:
        raise BadAddress(f"{given!r} is not an e-mail address: its domain has no dot.")
    return text


def _nobody(login: str) -> Address:
    return Address(display_name=login, username="no-address", domain=NOWHERE)
