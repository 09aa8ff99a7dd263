"""Who asks, from which database, at which instant.

In a rehearsal anybody may act as anybody, at any instant. In a real database the person is PLUMBLINE_USER, proved by
PLUMBLINE_TOKEN, and the instant is now.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from plumbline.shell.failures import WrongUsage
from plumbline.shell.words import chosen

if TYPE_CHECKING:
    from sqlmodel import Session

    from plumbline.settings import Settings
    from plumbline.work import Work

FIRST_YEAR, LAST_YEAR = 1980, 2100
AT_CURE = ("请写成 2026-03-05T09:30:00+08:00。", "Write it as 2026-03-05T09:30:00+08:00.")


@dataclass
class Asked:
    """How a command was asked for. What it costs something to find out is found out when a command wants to know."""

    as_: str | None = None
    at_: str | None = None
    json: bool = False

    @cached_property
    def settings(self) -> Settings:
        """What the environment says. Raises WrongUsage, naming the variable."""
        return read_settings()

    @property
    def lang(self) -> str:
        """The language to answer in."""
        return chosen()

    @cached_property
    def work(self) -> Work:
        """The database, ready for use. Raises NotReady; and WrongUsage for --as or --at on a real one."""
        from plumbline.shell import opening

        work = opening.open_work(self.settings)
        self._check_rehearsal(rehearsal=work.rehearsal)
        return work

    @cached_property
    def at(self) -> datetime:
        """The instant to act at: --at in a rehearsal, now otherwise."""
        from plumbline import clock

        if self.at_ is None:
            return clock.now()
        self._check_rehearsal(rehearsal=self.work.rehearsal)
        return read_instant(self.at_)

    @cached_property
    def actor(self) -> str:
        """The login of whoever asks, proved. Raises WrongUsage where nobody is named, UnknownPerson, TokenRefused."""
        from cases import people, tokens

        named = self.as_ if self.as_ is not None else self.settings.user
        if not named:
            raise _nobody(rehearsal=self.work.rehearsal)
        with self.work.reading() as session:
            try:
                login = people.person(session, named).login
            except people.UnknownPerson:
                if self.work.rehearsal:
                    raise _not_on_file(session, named) from None
                raise
            if not self.work.rehearsal:
                tokens.prove(session, login, self._token(), at=self.at)
        return login

    def check(self) -> None:
        """For commands that need no person and no instant: --as and --at still belong to a rehearsal."""
        if self.as_ is not None or self.at_ is not None:
            _ = self.work

    @property
    def rehearses(self) -> bool:
        """Whether a database was opened, and is a rehearsal."""
        work = self.__dict__.get("work")
        return work is not None and work.rehearsal

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        work = self.__dict__.get("work")
        if work is not None:
            work.engine.dispose()

    def _token(self) -> str:
        if self.settings.token is None:
            raise WrongUsage(
                "no_token",
                (
                    "真实数据库需要 PLUMBLINE_TOKEN 证明身份。",
                    "A real database wants PLUMBLINE_TOKEN, to prove who acts.",
                ),
                ("请系统管理员运行 plumbline token issue。", "Ask the operator for `plumbline token issue`."),
            )
        return self.settings.token.get_secret_value()

    def _check_rehearsal(self, *, rehearsal: bool) -> None:
        given = [name for name, value in (("--as", self.as_), ("--at", self.at_)) if value is not None]
        if given and not rehearsal:
            raise _rehearsal_only(" / ".join(given))


def read_settings() -> Settings:
    """PLUMBLINE_* as the settings. Raises WrongUsage, naming the variables that do not fit."""
    from pydantic import ValidationError

    from plumbline.settings import Settings

    try:
        return Settings()
    except ValidationError as fault:
        places = {"_".join(map(str, one["loc"])) for one in fault.errors()}
        names = sorted(f"PLUMBLINE_{place.upper()}" if place else "PLUMBLINE_*" for place in places)
        why = "; ".join(sorted({one["msg"].removeprefix("Value error, ") for one in fault.errors()}))
        raise WrongUsage(
            "bad_setting",
            (f"环境变量 {'、'.join(names)} 的值不合适：{why}。", f"{', '.join(names)} does not fit: {why}."),
            ("请改正后再试。", "Set it right, then try again."),
        ) from None


def read_instant(text: str) -> datetime:
    """An instant in ISO 8601 with its offset, in UTC. Raises WrongUsage."""
    shown = repr(text[:60])
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        says = (f"{shown} 不是时刻。", f"{shown} is not an instant.")
        raise WrongUsage("not_an_instant", says, AT_CURE) from None
    if instant.utcoffset() is None:
        raise WrongUsage(
            "timezone_required", (f"{shown} 缺少时区。", f"{shown} lacks its offset from UTC."), AT_CURE
        )
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:
        utc = datetime.min.replace(tzinfo=UTC)
    if not FIRST_YEAR <= utc.year <= LAST_YEAR:
        raise WrongUsage(
            "out_of_range", (f"{shown} 的年份超出允许范围。", f"{shown} has a year out of range."), AT_CURE
        )
    return utc


def _rehearsal_only(options: str) -> WrongUsage:
    return WrongUsage(
        "rehearsal_only",
        (
            f"{options} 只能用于演练库；这是真实数据库，办理人须以令牌证明，时间即为现在。",
            f"{options} works in a rehearsal only: in this real database a token proves who acts, and it is now.",
        ),
        (
            "请设置 PLUMBLINE_USER 和 PLUMBLINE_TOKEN，或用 init --rehearsal 另建演练库。",
            "Set PLUMBLINE_USER and PLUMBLINE_TOKEN, or make a rehearsal elsewhere: `plumbline init --rehearsal`.",
        ),
    )


def _nobody(*, rehearsal: bool) -> WrongUsage:
    cure = ("请加 --as 账号，或设置 PLUMBLINE_USER。", "Give --as NAME, or set PLUMBLINE_USER.")
    if not rehearsal:
        cure = ("请设置 PLUMBLINE_USER 和 PLUMBLINE_TOKEN。", "Set PLUMBLINE_USER and PLUMBLINE_TOKEN.")
    return WrongUsage("who_acts", ("没有说明由谁办理。", "Nobody is named as the one who acts."), cure)


def _not_on_file(session: Session, named: str) -> WrongUsage:
    """In a rehearsal the accounts are no secret: say which there are."""
    from sqlmodel import col, select

    from cases.people import Person

    logins = list(
        session.exec(select(Person.login).where(col(Person.active)).order_by(Person.login).limit(50))
    )
    close = difflib.get_close_matches(named[:64], logins, n=1)
    meant = (f"是否指 {close[0]}？", f"Did you mean {close[0]}? ") if close else ("", "")
    shown = repr(named[:64])
    return WrongUsage(
        "unknown_person",
        (f"没有账号 {shown}，或已停用。", f"There is no account {shown}, or it has ended."),
        (
            f"{meant[0]}本库账号：{'、'.join(logins) or '无'}。",
            f"{meant[1]}Accounts here: {', '.join(logins) or 'none'}.",
        ),
    )
