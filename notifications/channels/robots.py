"""What robots of group chats have in common: they answer 200 whatever happens, and the truth is a code in the body.

Only the code 0 is a yes. What nobody foresaw is tried again: a message that was not taken does no harm the second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import orjson

from notifications.channels import Receipt, Undeliverable, Unreachable
from notifications.channels.lines import clean
from notifications.channels.posting import Answered, Mailbox
from notifications.mail import BadAddress, Message

TOO_MANY = 429
FOR_GOOD = (400, 401, 403, 404, 405, 410, 411, 413, 414, 415, 422)
"""HTTP statuses that will not change by themselves; without a code in the body they are all there is to go by."""

_JSON = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "plumbline"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a kind of robot answers: under which key, with which codes for "later" and for "never"; and its limit."""

    key: str
    words: str
    later: frozenset[int]
    never: frozenset[int]
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot in a group chat, behind its mailbox. Kinds of robots differ in dialect, body and signature."""

    mailbox: Mailbox

    dialect: ClassVar[Dialect]

    def body(self, text: str) -> dict[str, Any]:
        """The message as this kind of robot takes it."""
        return {"msgtype": "text", "text": {"content": text}}

    def signature(self, *, at: datetime) -> tuple[Mapping[str, Any], str]:  # noqa: ARG002 - most need none
        """What proves who sends: what is added to the body, and to the query of the URL."""
        return {}, ""

    def deliver(self, message: Message, *, at: datetime) -> Receipt:
        """Returns when the robot has said that it posted the message. Raises Undeliverable, Unreachable."""
        try:
            message.check()
        except BadAddress as fault:
            raise Undeliverable(str(fault)) from fault
        added, query = self.signature(at=at)
        content = orjson.dumps({**added, **self.body(text_of(message, self.dialect.most_bytes))})
        answered = self.mailbox.post(content, headers=_JSON, query=query)
        return receipt(answered, dialect=self.dialect, name=self.mailbox.name)


def text_of(message: Message, most_bytes: int) -> str:
    """What is posted: for whom, subject, text, and the mark by which a second copy is known.

    Too long a text is cut between two characters, and then ends with the link. `most_bytes` counts UTF-8.
    """
    to = f"收件人：{message.recipient}" if message.lang == "zh" else f"To: {message.recipient}"
    whole = f"{message.subject}\n{to}\n\n{message.text.strip()}"
    end = f"\n〔{message.mark[-12:]}〕"
    if len((whole + end).encode()) > most_bytes:
        end = f"…\n{message.link}{end}" if message.link else f"…{end}"
        whole = cut(whole, most_bytes - len(end.encode()))
    return whole + end


def cut(text: str, most_bytes: int) -> str:
    """As many whole characters of the text as fit into so many bytes of UTF-8."""
    return text.encode()[: max(most_bytes, 0)].decode(errors="ignore")


def receipt(answered: Answered, *, dialect: Dialect, name: str) -> Receipt:
    """The robot's yes. Raises Unreachable for its later, Undeliverable for its never."""
    code, said = _code(answered.body, dialect)
    if answered.status == 200 and code == 0:
        return Receipt(f"{dialect.key} 0 {said}".strip())
    told = f"{answered.status} {f'{dialect.key} {code} {said}' if code is not None else 'without a code'}".strip()
    if answered.status == TOO_MANY or code in dialect.later:
        raise Unreachable(f"{name} takes no more for the moment ({told}).", for_all=True)
    if code in dialect.never or (code is None and answered.status in FOR_GOOD):
        raise Undeliverable(
            f"{name} refused the message for good ({told}): set it right, then revive the notice."
        )
    if 300 <= answered.status <= 399:
        raise Unreachable(f"{name} wants to send us elsewhere ({answered.status}), and we do not go there.")
    raise Unreachable(f"{name} did not say that it took the message ({told}).")


def _code(body: bytes, dialect: Dialect) -> tuple[int | None, str]:
    """The code and the words in an answer; None for what is no such answer. `false` and "0" are no zero."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None, ""
    found = answer.get(dialect.key) if isinstance(answer, dict) else None
    if type(found) is not int:
        return None, ""
    return found, clean(str(answer.get(dialect.words, "")).encode(errors="replace"))
