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

from plumbline.shell.failures import NotReady, WrongUsage
from plumbline.shell.words import chosen, said

if TYPE_CHECKING:
    from plumbline.settings import Settings
    from plumbline.work import Work

FIRST_YEAR, LAST_YEAR = 1980, 2100


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

        work = opening.open_work(self.settings, lang=self.lang)
        self._check_rehearsal(rehearsal=work.rehearsal)
        return work

    @cached_property
    def at(self) -> datetime:
        """The instant to act at: --at in a rehearsal, now otherwise."""
        from plumbline import clock

        if self.at_ is None:
            return clock.now()
        self._check_rehearsal(rehearsal=self.work.rehearsal)
        return read_instant(self.at_, lang=self.lang)

    @cached_property
    def actor(self) -> str:
        """The login of whoever asks, proved. Raises WrongUsage where nobody is named, UnknownPerson, TokenRefused."""
        named = self._named()
        if named is None:
            raise _nobody(self.lang, rehearsal=self.work.rehearsal)
        with self.work.reading() as session:
            from cases import people, tokens

            try:
                login = people.person(session, named).login
            except people.UnknownPerson:
                if self.work.rehearsal:
                    raise _not_on_file(session, named, self.lang) from None
                raise
            if not self.work.rehearsal:
                tokens.prove(session, login, self._token(), at=self.at)
        return login

    def check(self) -> None:
        """For commands that need no person and no instant: --as and --at still belong to a rehearsal."""
        if self.as_ is not None or self.at_ is not None:
            _ = self.work

    def _named(self) -> str | None:
        return self.as_ if self.as_ is not None else self.settings.user or None

    def _token(self) -> str:
        if self.settings.token is None:
            raise WrongUsage("no_token", said("真实数据库需要 PLUMBLINE_TOKEN 证明身份。",
                                              "A real database wants PLUMBLINE_TOKEN, to prove who acts.", self.lang),
                             said("请系统管理员运行 plumbline token issue。", "Ask the operator for `plumbline token issue`.",
                                  self.lang))  # fmt: skip
        return self.settings.token.get_secret_value()

    def _check_rehearsal(self, *, rehearsal: bool) -> None:
        given = [name for name, value in (("--as", self.as_), ("--at", self.at_)) if value is not None]
        if given and not rehearsal:
            options = " / ".join(given)
            raise WrongUsage("rehearsal_only",
                             said(f"{options} 只能用于演练库；这是真实数据库，办理人须以令牌证明，时间即为现在。",
                                  f"{options} works in a rehearsal only. This is a real database: whoever acts is proved "
                                  "by a token, and the time is now.", self.lang),
                             said("请设置 PLUMBLINE_USER 和 PLUMBLINE_TOKEN，或用 init --rehearsal 另建演练库。",
                                  "Set PLUMBLINE_USER and PLUMBLINE_TOKEN, or make a rehearsal elsewhere: "
                                  "`plumbline init --rehearsal`.", self.lang))  # fmt: skip


def read_settings() -> Settings:
    """PLUMBLINE_* as the settings. Raises WrongUsage, naming the variables that do not fit."""
    from pydantic import ValidationError

    from plumbline.settings import Settings

    try:
        return Settings()
    except ValidationError as fault:
        names = sorted({f"PLUMBLINE_{'_'.join(map(str, one['loc'])).upper()}" for one in fault.errors()})
        why = "; ".join(sorted({one["msg"] for one in fault.errors()}))
        raise WrongUsage("bad_setting",
                         said(f"环境变量 {'、'.join(names)} 的值不合适：{why}。", f"{', '.join(names)} does not fit: {why}."),
                         said("请改正后再试。", "Set it right, then try again.")) from None  # fmt: skip


def read_instant(text: str, *, lang: str) -> datetime:
    """An instant in ISO 8601 with its offset, in UTC. Raises WrongUsage."""
    shown = text[:60]
    cure = said("请写成 2026-03-05T09:30:00+08:00。", "Write it as 2026-03-05T09:30:00+08:00.", lang)
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise WrongUsage("not_an_instant", said(f"{shown!r} 不是时刻。", f"{shown!r} is not an instant.", lang), cure) from None
    if instant.utcoffset() is None:
        raise WrongUsage("timezone_required", said(f"{shown!r} 缺少时区。", f"{shown!r} lacks its offset from UTC.", lang), cure)
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:
        utc = datetime.min.replace(tzinfo=UTC)
    if not FIRST_YEAR <= utc.year <= LAST_YEAR:
        raise WrongUsage("out_of_range", said(f"{shown!r} 的年份超出允许范围。", f"{shown!r} has a year out of range.", lang), cure)
    return utc


def _nobody(lang: str, *, rehearsal: bool) -> WrongUsage:
    cure = (
        said("请加 --as 账号，或设置 PLUMBLINE_USER。", "Give --as NAME, or set PLUMBLINE_USER.", lang)
        if rehearsal
        else said("请设置 PLUMBLINE_USER 和 PLUMBLINE_TOKEN。", "Set PLUMBLINE_USER and PLUMBLINE_TOKEN.", lang)
    )
    return WrongUsage("who_acts", said("没有说明由谁办理。", "Nobody is named as the one who acts.", lang), cure)


def _not_on_file(session: object, named: str, lang: str) -> WrongUsage:
    """In a rehearsal the accounts are no secret: say which there are."""
    from sqlmodel import Session, col, select

    from cases.people import Person

    assert isinstance(session, Session)
    logins = list(session.exec(select(Person.login).where(col(Person.active)).order_by(Person.login).limit(50)))
    close = difflib.get_close_matches(named[:64], logins, n=1)
    meant = said(f"是否指 {close[0]}？", f"Did you mean {close[0]}?", lang) if close else ""
    here = said(f"本库账号：{'、'.join(logins) or '无'}。", f"Accounts here: {', '.join(logins) or 'none'}.", lang)
    return WrongUsage("unknown_person",
                      said(f"没有账号 {named[:64]!r}，或已停用。", f"There is no account {named[:64]!r}, or it has ended.", lang),
                      f"{meant} {here}".strip())  # fmt: skip


def no_database(lang: str) -> NotReady:
    """There is nothing at the place the settings name."""
    return NotReady("no_database", said("这里还没有数据库。", "There is no database here yet.", lang),
                    said("请运行 plumbline init，或检查 PLUMBLINE_HOME / PLUMBLINE_DATABASE_URL。",
                         "Run `plumbline init`, or check PLUMBLINE_HOME and PLUMBLINE_DATABASE_URL.", lang))  # fmt: skip
