"""Mail by SMTP, against a real server and against servers that behave as none should."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import perf_counter

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.channels import Undeliverable, Unreachable
from notifications.channels.smtp import SmtpChannel
from tests.notifications.conformance import LETTER
from tests.notifications.mail_servers import (
    LOCAL,
    Postbox,
    drips,
    drips_after_the_message,
    mail_server,
    odd_server,
    only,
    says,
    silent,
)
from tests.notifications.office import MORNING

SHORT = timedelta(seconds=0.4)


def deliver(port: int, **options: object) -> str:
    """Send the letter to this port; what the server answered."""
    return SmtpChannel(LOCAL, port, **options).deliver(LETTER, at=MORNING).answer  # type: ignore[arg-type]


def test_the_receipt_is_the_servers_own_word() -> None:
    with mail_server(Postbox()) as postbox:
        assert deliver(postbox.port) == "250 OK: queued as 7"
        assert postbox.envelopes == [("plumbline@example.org", ["officer@example.org"])]


@pytest.mark.parametrize("answer", ["550 no such user", "551 elsewhere", "553 bad name"])
def test_a_recipient_refused_for_good_needs_a_person(answer: str) -> None:
    with mail_server(Postbox(to_recipient=answer)) as postbox:
        with pytest.raises(Undeliverable, match=f"refused the recipient: {answer}"):
            deliver(postbox.port)
        assert postbox.taken == []


@pytest.mark.parametrize("answer", ["450 try later", "451 greylisted", "452 full"])
def test_a_recipient_refused_for_now_is_tried_later_and_the_server_is_not_down(answer: str) -> None:
    with mail_server(Postbox(to_recipient=answer)) as postbox:
        with pytest.raises(Unreachable, match=f"refused the recipient for now: {answer}") as refused:
            deliver(postbox.port)
        assert not refused.value.for_all


def test_a_message_refused_for_now_is_tried_later() -> None:
    with mail_server(Postbox(to_message="451 local error")) as postbox:
        with pytest.raises(Unreachable, match="refused the message for now: 451 local error") as refused:
            deliver(postbox.port)
        assert not refused.value.for_all


def test_a_message_refused_for_good_needs_a_person() -> None:
    with mail_server(Postbox(to_message="554 we do not like it")) as postbox:
        with pytest.raises(Undeliverable, match="refused the message: 554 we do not like it"):
            deliver(postbox.port)
        assert postbox.taken == []


@pytest.mark.parametrize("answer", ["550 who are you", "451 busy"])
def test_a_sender_refused_concerns_every_message_and_buries_none(answer: str) -> None:
    with mail_server(Postbox(to_sender=answer)) as postbox:
        with pytest.raises(Unreachable, match=f"does not take mail from us \\({answer}\\)") as refused:
            deliver(postbox.port)
        assert refused.value.for_all


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_line_dropped_before_the_yes_is_not_a_yes(when: str) -> None:
    with mail_server(Postbox(hang_up=when)) as postbox:
        with pytest.raises(Unreachable, match="broke off before it said yes") as refused:
            deliver(postbox.port)
        assert not refused.value.for_all


def test_a_copy_sent_after_a_lost_yes_can_be_told_by_its_id() -> None:
    with mail_server(Postbox(hang_up="after")) as postbox:
        with pytest.raises(Unreachable):
            deliver(postbox.port)
        postbox.hang_up = None
        deliver(postbox.port)
        first, second = postbox.taken
        assert first == second


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"421 too busy\r\n"])
def test_a_server_that_does_not_greet_is_down_for_all(greeting: bytes) -> None:
    with odd_server(says(greeting)) as port:
        with pytest.raises(Unreachable, match=f"did not greet \\({greeting.decode().strip()}\\)") as refused:
            deliver(port)
        assert refused.value.for_all


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\xff\xfe\x00\r\n", b"220 hello\r\n"]
)
def test_something_that_is_no_mail_server_is_said_in_a_sentence(greeting: bytes) -> None:
    with odd_server(says(greeting)) as port, pytest.raises(Unreachable) as refused:
        deliver(port)
    assert str(refused.value).endswith(".")
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("talk", [silent, drips, drips_after_the_message])
def test_a_server_that_drips_is_cut_off_when_the_time_is_over(talk: object) -> None:
    with odd_server(talk) as port:  # type: ignore[arg-type]
        began = perf_counter()
        with pytest.raises(Unreachable, match=r"did not finish within 0\.4 seconds") as refused:
            deliver(port, total_for=SHORT)
        assert refused.value.for_all
        assert perf_counter() - began >= 0.35


def test_the_limit_is_thirty_seconds_unless_somebody_says_otherwise() -> None:
    assert SmtpChannel(LOCAL).total_for == timedelta(seconds=30)


def test_who_has_no_address_cannot_be_mailed() -> None:
    with pytest.raises(Undeliverable, match="officer has no e-mail address: enter one"):
        SmtpChannel(LOCAL).deliver(replace(LETTER, to=None), at=MORNING)


def test_a_bad_host_name_is_a_sentence() -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        SmtpChannel("no such host\n", 25).deliver(LETTER, at=MORNING)


def test_a_password_is_not_shown_where_settings_are_printed() -> None:
    assert "secret" not in repr(SmtpChannel(LOCAL, user="u", password="secret"))


# ------------------------------------------------------------------------------------------ encryption and login


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOCAL))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def shown(certificate: Path) -> ssl.SSLContext:
    """What the server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    """What we trust: this very certificate."""
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def guarded(shown: ssl.SSLContext) -> Iterator[Postbox]:
    """A server that wants STARTTLS and a login."""
    login = only("plumbline", "right")
    with mail_server(Postbox(), tls_context=shown, require_starttls=True, authenticator=login) as postbox:
        yield postbox


def test_encrypted_and_logged_in_it_goes_through(guarded: Postbox, trust: ssl.SSLContext) -> None:
    deliver(guarded.port, security="starttls", user="plumbline", password="right", trust=trust)
    assert len(guarded.taken) == 1


def test_a_wrong_password_is_down_for_all_and_does_not_show_it(
    guarded: Postbox, trust: ssl.SSLContext
) -> None:
    with pytest.raises(Unreachable, match="cannot be used \\(535 ") as refused:
        deliver(guarded.port, security="starttls", user="plumbline", password="wrong", trust=trust)
    assert refused.value.for_all
    assert "wrong" not in str(refused.value)
    assert guarded.taken == []


def test_a_certificate_nobody_vouches_for_is_not_trusted(guarded: Postbox) -> None:
    with pytest.raises(Unreachable, match="certificate verify failed") as refused:
        deliver(guarded.port, security="starttls", user="plumbline", password="right")
    assert refused.value.for_all


def test_a_server_without_starttls_gets_nothing_where_the_settings_demand_it(trust: ssl.SSLContext) -> None:
    with mail_server(Postbox()) as postbox:
        with pytest.raises(Unreachable, match="does not offer STARTTLS, which the settings demand"):
            deliver(postbox.port, security="starttls", trust=trust)
        assert postbox.taken == []


def test_encrypted_from_the_first_byte(shown: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    with mail_server(Postbox(), tls=shown) as postbox:
        deliver(postbox.port, security="tls", trust=trust)
        assert len(postbox.taken) == 1


def test_a_server_that_drips_during_the_handshake_is_cut_off_too(trust: ssl.SSLContext) -> None:
    with odd_server(drips) as port, pytest.raises(Unreachable):
        deliver(port, security="tls", trust=trust, total_for=SHORT)
    with odd_server(silent) as port, pytest.raises(Unreachable, match="did not finish within"):
        deliver(port, security="tls", trust=trust, total_for=SHORT)


def test_a_password_never_travels_in_clear_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.channels.smtp.LOOPBACK", ())
    with mail_server(Postbox(), authenticator=only("u", "p"), auth_require_tls=False) as postbox:
        with pytest.raises(Unreachable, match="in clear text: set PLUMBLINE_SMTP_SECURITY"):
            deliver(postbox.port, user="u", password="p")
        assert postbox.taken == []
