"""Every channel that ships keeps what channels promise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from notifications.channels import Unreachable
from notifications.channels.folder import FolderChannel
from notifications.channels.recorder import RecorderChannel
from notifications.channels.smtp import SmtpChannel
from notifications.mail import Message
from tests.notifications.conformance import MailConformance
from tests.notifications.mail_servers import LOCAL, Postbox, free_port, mail_server, read


class TestFolder(MailConformance):
    @pytest.fixture
    def channel(self, tmp_path: Path) -> FolderChannel:
        return FolderChannel(tmp_path / "notices")

    @pytest.fixture
    def down(self, tmp_path: Path) -> FolderChannel:
        (tmp_path / "file").write_text("in the way")
        return FolderChannel(tmp_path / "file")

    def received(self, channel: FolderChannel) -> list[EmailMessage]:
        return [read(path.read_bytes()) for path in sorted(channel.folder.glob("*.eml"))]


class TestSmtp(MailConformance):
    @pytest.fixture
    def postbox(self) -> Iterator[Postbox]:
        with mail_server(Postbox()) as postbox:
            yield postbox

    @pytest.fixture
    def channel(self, postbox: Postbox) -> SmtpChannel:
        self.at_the_server = postbox
        return SmtpChannel(LOCAL, postbox.port)

    @pytest.fixture
    def down(self) -> SmtpChannel:
        return SmtpChannel(LOCAL, free_port(), total_for=timedelta(seconds=5))

    def received(self, channel: SmtpChannel) -> list[EmailMessage]:  # noqa: ARG002 - the suite's
        return self.at_the_server.messages


def _refuses(_message: Message) -> None:
    raise Unreachable("The recorder is switched off.", for_all=True)


class TestRecorder(MailConformance):
    @pytest.fixture
    def channel(self) -> RecorderChannel:
        return RecorderChannel()

    @pytest.fixture
    def down(self) -> RecorderChannel:
        return RecorderChannel(_refuses)

    def received(self, channel: RecorderChannel) -> list[EmailMessage]:
        return [read(message.as_bytes()) for _, message in channel.taken]
