"""What an installation sets from outside: the environment variables of docs/contract.md, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    channel: Literal["folder", "smtp"] = "folder"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "plumbline@localhost"

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        """A relative home means the folder the program was started in, also after somebody changed folder."""
        return value.expanduser().absolute()

    @property
    def url(self) -> str:
        """The database's URL: the given one, or a SQLite file under `home`."""
        return self.database_url or f"sqlite:///{self.home / 'plumbline.db'}"

    @property
    def notices(self) -> Path:
        """Where the folder channel lays its messages."""
        return self.home / "notices"
