"""What every channel promises. A test module for a channel inherits this and says how to look into its postbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from notifications.channels import Channel, Undeliverable, Unreachable
from notifications.mail import Message
from tests.notifications.office import MORNING

LETTER = Message(
    message_id=f"<notice-{'0' * 31}1@plumbline.invalid>",
    sender="plumbline@example.org",
    to="officer@example.org",
    recipient="officer",
    lang="zh",
    subject="【演练】MGJ-2026-0001：工作提示函，2026年9月8日到期",
    text="编号：MGJ-2026-0001\n\n请登录查看：\n\n.\n..点开头的一行\nhttps://clues.example.org/matters/MGJ-2026-0001\n",
    dated_at=MORNING,
)
ANOTHER = replace(
    LETTER, message_id=f"<notice-{'0' * 31}2@plumbline.invalid>", subject="MGJ-2026-0002：交办函"
)


@dataclass(frozen=True)
class Arrived:
    """A message as the other side has it. `mark` is what tells it from others; `text` holds the subject too."""

    mark: str
    text: str


class ChannelConformance:
    """The suite. `channel` is one that works, `down` one that cannot work; both are fixtures of the subclass."""

    def arrived(self, channel: Any) -> list[Arrived]:
        """The messages as the other side has them, oldest first, second copies included where the way keeps them."""
        raise NotImplementedError

    def test_the_other_side_has_what_was_taken(self, channel: Channel) -> None:
        receipt = channel.deliver(LETTER, at=MORNING)
        (found,) = self.arrived(channel)
        assert receipt.answer
        assert LETTER.subject in found.text
        assert LETTER.text.strip() in found.text

    def test_a_second_copy_is_the_same_message(self, channel: Channel) -> None:
        channel.deliver(LETTER, at=MORNING)
        channel.deliver(LETTER, at=MORNING + timedelta(minutes=30))
        assert len(set(self.arrived(channel))) == 1

    def test_two_messages_are_two(self, channel: Channel) -> None:
        channel.deliver(LETTER, at=MORNING)
        channel.deliver(ANOTHER, at=MORNING)
        marks = {found.mark for found in self.arrived(channel)}
        assert len(marks) == 2
        assert all(marks)

    def test_nobody_smuggles_in_a_header(self, channel: Channel) -> None:
        with pytest.raises(Undeliverable, match="line break"):
            channel.deliver(replace(LETTER, subject="MGJ-2026-0001\r\nBcc: all@example.org"), at=MORNING)
        assert self.arrived(channel) == []

    def test_a_channel_that_is_down_says_so_for_all_and_in_a_sentence(self, down: Channel) -> None:
        with pytest.raises(Unreachable) as refused:
            down.deliver(LETTER, at=MORNING)
        assert refused.value.for_all
        assert str(refused.value).endswith(".")
        assert "\n" not in str(refused.value)


class MailConformance(ChannelConformance):
    """What a channel promises besides whose messages travel as mail."""

    def received(self, channel: Any) -> list[EmailMessage]:
        """The messages as mail programs read them, oldest first."""
        raise NotImplementedError

    def arrived(self, channel: Any) -> list[Arrived]:
        return [
            Arrived(mail["Message-ID"], f"{mail['Subject']}\n{mail.get_content()}".replace("\r\n", "\n"))
            for mail in self.received(channel)
        ]

    def test_what_was_taken_has_arrived(self, channel: Channel) -> None:
        receipt = channel.deliver(LETTER, at=MORNING)
        (found,) = self.received(channel)
        assert receipt.answer
        assert found["Message-ID"] == LETTER.message_id
        assert found["Subject"] == LETTER.subject
        assert found["From"] == "plumbline@example.org"
        assert found["To"] == "officer@example.org"
        assert found["Date"].datetime == MORNING
        assert found["Auto-Submitted"] == "auto-generated"
        assert found["Content-Language"] == "zh-CN"

    def test_the_text_arrives_whole_and_readable(self, channel: Channel) -> None:
        channel.deliver(LETTER, at=MORNING)
        (found,) = self.received(channel)
        assert found.get_content_type() == "text/plain"
        assert found.get_content().replace("\r\n", "\n") == LETTER.text

    def test_a_second_copy_is_the_same_bytes(self, channel: Channel) -> None:
        channel.deliver(LETTER, at=MORNING)
        channel.deliver(LETTER, at=datetime(2026, 9, 9, tzinfo=UTC))
        copies = self.received(channel)
        assert {copy["Message-ID"] for copy in copies} == {LETTER.message_id}
        assert len({copy.as_bytes() for copy in copies}) == 1

    @pytest.mark.parametrize(
        "given", ["officer@example.org\r\nBcc: all@example.org", "a@b@c", "officer", "", "a@"]
    )
    def test_a_bad_address_is_refused_for_good_and_nothing_leaves(self, channel: Channel, given: str) -> None:
        with pytest.raises(Undeliverable, match="is not an e-mail address: correct it"):
            channel.deliver(replace(LETTER, to=given), at=MORNING)
        assert self.received(channel) == []

    def test_a_domain_in_chinese_is_reached(self, channel: Channel) -> None:
        channel.deliver(replace(LETTER, to="officer@例子.公司"), at=MORNING)
        (found,) = self.received(channel)
        assert found["To"] == "officer@xn--fsqu00a.xn--55qx5d"
