"""What an installation sets from outside: the environment variables of docs/contract.md, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifications.channels.posting import checked_url
from notifications.channels.webhook import key_of
from notifications.quiet import read_hours


class Settings(BaseSettings):
    """PLUMBLINE_HOME and its companions. Every path the program writes to lies under `home`."""

    model_config = SettingsConfigDict(env_prefix="PLUMBLINE_", extra="ignore", frozen=True)

    home: Path = Path("var")
    database_url: str = ""
    lang: Literal["en", "zh"] = "en"
    user: str | None = None
    token: SecretStr | None = None
    calendar_file: Path | None = None  # newly decreed years, as the office entered them
    base_url: str = "http://127.0.0.1:8400"
    channel: Literal["folder", "smtp", "wecom", "dingtalk", "feishu", "webhook"] = "folder"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "plumbline@localhost"
    wecom_url: SecretStr | None = None  # whoever knows the address of a robot can post: it is a password
    dingtalk_url: SecretStr | None = None
    dingtalk_secret: SecretStr | None = None
    feishu_url: SecretStr | None = None
    feishu_secret: SecretStr | None = None
    webhook_url: SecretStr | None = None
    webhook_secret: SecretStr | None = None  # whsec_ and the base64 of 24 to 64 random bytes
    exchange_ca: Path | None = (
        None  # the certificates that other sites may show, PEM; without it the system's
    )
    templates: Path | None = None  # the office's own papers; what is not there is ours
    fonts: Path | None = None  # a folder with the office's fonts
    attachment_mb: int = Field(default=20, ge=1, le=40)  # that one file may have
    webhook_hosts: frozenset[str] = frozenset()  # on the office's own network, as JSON: ["bi.office.example"]
    api_per_minute: int = Field(default=1200, ge=1)  # requests of one token; more are answered 429
    web_processes: int = Field(default=1, ge=1, le=16)
    """Processes that answer pages and the API. One keeps one core busy; each more takes some 150 MB."""
    quiet: str = ""  # such as 20:00-07:30: messages wait for the morning of a working day; empty: at any hour
    urgent: frozenset[str] = frozenset({"escalation_report", "escalation_receipt", "escalation_answer"})
    """Kinds of message that do not wait; as JSON: ["escalation_report"]."""
    session_idle: int = Field(
        default=30, ge=1, le=24 * 60
    )  # minutes without a request; a setting, no law names it
    session_hours: int = Field(default=12, ge=1, le=24)  # at most, however busy; a setting as well
    second_factor: Literal["nobody", "operators", "everybody"] = "operators"
    """Who must have one; others may. A rehearsal asks nobody."""
    oidc_issuer: str = ""  # of the OpenID Connect provider, exactly as it calls itself
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_name: str = "OpenID Connect"  # what the button says

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        """A relative home means the folder the program was started in, also after somebody changed folder."""
        return value.expanduser().absolute()

    @field_validator("wecom_url", "dingtalk_url", "feishu_url", "webhook_url")
    @classmethod
    def _can_be_posted_to(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None:
            checked_url(value.get_secret_value(), secret=info.field_name != "webhook_url")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _can_sign(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            key_of(value.get_secret_value())
        return value

    @field_validator("quiet")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        if value:
            read_hours(value)
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_an_issuer(cls, value: str) -> str:
        """TLS, or this machine: whoever could answer in the provider's place could be anybody here."""
        parts = urlsplit(value)
        if value and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("the issuer of an OpenID Connect provider begins with https://")
        return value

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("PLUMBLINE_OIDC_ISSUER and PLUMBLINE_OIDC_CLIENT_ID go together")
        return self

    @model_validator(mode="after")
    def _channel_is_set_up(self) -> Self:
        """A robot without its address would fail every notice: better said at once."""
        if self.channel not in ("folder", "smtp") and getattr(self, f"{self.channel}_url") is None:
            raise ValueError(
                f"PLUMBLINE_CHANNEL is {self.channel}, so PLUMBLINE_{self.channel.upper()}_URL is needed"
            )
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("PLUMBLINE_WEBHOOK_URL is set, so PLUMBLINE_WEBHOOK_SECRET is needed")
        return self

    @property
    def url(self) -> str:
        """The database's URL: the given one, or a SQLite file under `home`."""
        return self.database_url or f"sqlite:///{self.home / 'plumbline.db'}"

    @property
    def evidence(self) -> Path:
        """Where the bytes of attachments are kept."""
        return self.home / "evidence"

    @property
    def notices(self) -> Path:
        """Where the folder channel lays its messages."""
        return self.home / "notices"
