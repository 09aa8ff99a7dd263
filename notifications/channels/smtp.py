"""Mail by SMTP. Only the server's own yes counts as delivered; what it says otherwise decides what happens next."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Literal

from notifications.channels import Receipt, Undeliverable, Unreachable
from notifications.channels.lines import LOOPBACK, TooSlow, clean, watched, words
from notifications.mail import BadAddress, Message, address

GREETING, DONE, FORWARDED = 220, 250, 251


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready for the wire, with both ends of its envelope."""

    sender: str
    to: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SmtpChannel:
    """A mail server. `total_for` is the time one attempt may take altogether, however busily the server drips.

    `trust` holds the certificates it may show; by default the system's. A password never travels in clear text.
    """

    host: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    total_for: timedelta = timedelta(seconds=30)
    trust: ssl.SSLContext | None = field(default=None, repr=False)

    def deliver(self, message: Message, *, at: datetime) -> Receipt:  # noqa: ARG002 - the protocol's
        """Returns when the server has taken the message. Raises Undeliverable, Unreachable."""
        letter = _letter(message)
        end_at = monotonic() + self.total_for.total_seconds()
        try:
            with self._line(end_at) as line, watched(line, end_at), closing(_session(letter)) as smtp:
                self._greet(smtp, line)
                return self._hand_over(smtp, letter)
        except (TooSlow, TimeoutError) as fault:
            limit = f"{self.total_for.total_seconds():g} seconds"
            raise Unreachable(f"{self._name} did not finish within {limit}.", for_all=True) from fault
        except (smtplib.SMTPException, OSError, ValueError) as fault:
            raise Unreachable(f"{self._name} broke off before it said yes ({_said(fault)}).") from fault

    @property
    def _name(self) -> str:
        return f"The mail server {self.host}:{self.port}"

    @contextmanager
    def _line(self, end_at: float) -> Iterator[socket.socket]:
        try:
            line = socket.create_connection((self.host, self.port), timeout=max(end_at - monotonic(), 0.001))
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as fault:
            raise Unreachable(f"{self._name} cannot be reached ({_said(fault)}).", for_all=True) from fault
        with closing(line):
            yield line

    def _greet(self, smtp: smtplib.SMTP, line: socket.socket) -> None:
        """The session up to the point where a letter can be handed over: greeting, encryption, login."""
        try:
            smtp.sock = self._encrypted(line) if self.security == "tls" else line
            self._expect(smtp.getreply(), GREETING, "did not greet")
            smtp.ehlo_or_helo_if_needed()
            if self.security == "starttls":
                self._start_tls(smtp, line)
            if self.user is not None:
                self._log_in(smtp)
        except (smtplib.SMTPException, ssl.SSLError) as fault:
            raise Unreachable(f"{self._name} cannot be used ({_said(fault)}).", for_all=True) from fault

    def _encrypted(self, line: socket.socket) -> ssl.SSLSocket:
        trust = self.trust or ssl.create_default_context()
        return trust.wrap_socket(line, server_hostname=self.host)

    def _start_tls(self, smtp: smtplib.SMTP, line: socket.socket) -> None:
        """Encrypt the line, and forget everything that was said on it before."""
        if not smtp.has_extn("starttls"):
            raise Unreachable(
                f"{self._name} does not offer STARTTLS, which the settings demand.", for_all=True
            )
        self._expect(smtp.docmd("STARTTLS"), GREETING, "refused STARTTLS")
        if smtp.file is not None:
            smtp.file.close()
        smtp.sock = self._encrypted(line)
        smtp.file = smtp.helo_resp = smtp.ehlo_resp = None
        smtp.esmtp_features, smtp.does_esmtp = {}, False
        smtp.ehlo_or_helo_if_needed()

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if self.security == "none" and self.host not in LOOPBACK:
            raise Unreachable(f"{self._name} would be sent the password in clear text: set PLUMBLINE_SMTP_SECURITY.",
                              for_all=True)  # fmt: skip
        smtp.login(self.user or "", self.password or "")

    def _hand_over(self, smtp: smtplib.SMTP, letter: Letter) -> Receipt:
        """One letter to one recipient. What is said to the sender's name concerns all; to the rest, this letter."""
        self._expect(smtp.mail(letter.sender), DONE, "does not take mail from us")
        _accepted(smtp.rcpt(letter.to), f"{self._name} refused the recipient")
        try:
            answer = smtp.data(letter.content)
        except smtplib.SMTPDataError as fault:
            answer = (fault.smtp_code, _bytes(fault.smtp_error))
        code, text = _accepted(answer, f"{self._name} refused the message")
        with suppress(smtplib.SMTPException, OSError):
            smtp.putcmd("QUIT")  # a courtesy: it has taken the message, and its goodbye is not waited for
        return Receipt(f"{code} {text}".strip())

    def _expect(self, answer: tuple[int, bytes], code: int, complaint: str) -> None:
        if answer[0] == -1:
            raise smtplib.SMTPServerDisconnected("it hung up")
        if answer[0] != code:
            raise Unreachable(f"{self._name} {complaint} ({answer[0]} {clean(answer[1])}).", for_all=True)


def _session(letter: Letter) -> smtplib.SMTP:
    """A session that is not connected yet. It greets with the sender's domain: no name is looked up for that."""
    return smtplib.SMTP(local_hostname=letter.sender.rpartition("@")[2])


def _letter(message: Message) -> Letter:
    if message.to is None:
        raise Undeliverable(f"{message.recipient} has no e-mail address: enter one in the person's account.")
    try:
        return Letter(address(message.sender).addr_spec, address(message.to).addr_spec, message.as_bytes())
    except BadAddress as fault:
        raise Undeliverable(str(fault)) from fault


def _accepted(answer: tuple[int, bytes], complaint: str) -> tuple[int, str]:
    """The server's yes; its later is Unreachable, its never is Undeliverable."""
    code, text = answer[0], clean(answer[1])
    if code in (DONE, FORWARDED):
        return code, text
    if code == -1:
        raise smtplib.SMTPServerDisconnected("it hung up")
    if 500 <= code <= 599:
        raise Undeliverable(f"{complaint}: {code} {text}")
    raise Unreachable(f"{complaint} for now: {code} {text}")


def _said(fault: BaseException) -> str:
    """What went wrong, in the server's or the system's words."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {clean(_bytes(fault.smtp_error))}"
    return words(fault)


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said
