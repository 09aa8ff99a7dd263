"""One's own settings: by which channel, in which language and at which address one is told."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.failures import WrongUsage
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from cases.people import Person

app = noun(said("本人设置：通知渠道、语言、邮箱。", "How you are told: channel, language, address."))

OFFICE = "office"  # in place of a channel: as the office tells everybody
NEVER = frozenset({"none", "off", "no", "never", "mute", "-", ""})


class Lang(StrEnum):
    """A language."""

    ZH = "zh"
    EN = "en"


Channel = Annotated[
    str,
    typer.Argument(metavar="CHANNEL", help=said("渠道，或 office（随机关）。", "A channel, or `office`.")),
]
Language = Annotated[Lang, typer.Argument(metavar="LANG", help=said("zh 或 en。", "zh or en."))]
Address = Annotated[
    str, typer.Argument(metavar="EMAIL", help=said("邮箱；- 表示删去。", "An address; - removes it."))
]
For = Annotated[
    str | None,
    typer.Option(
        "--for", metavar="LOGIN", help=said("代他人设置（系统管理员）。", "Somebody else's (operators only).")
    ),
]


@verb(app, "show", said("查看设置及最近的修改。", "The settings, and what was changed last."))
def show(asked: Asked, for_: For = None) -> Answer:
    from cases import own_settings

    login = for_ or asked.actor
    with asked.work.reading() as session:
        held = own_settings.of(session, login, actor=asked.actor)
        document = _document(asked, held)
        document["changes"] = [
            {"what": one.what, "before": one.before, "after": one.after, "by": one.by, "at": one.at.isoformat()}
            for one in own_settings.changes(session, login)
        ]  # fmt: skip
    rows = [[one["at"], one["what"], one["before"], one["after"], one["by"]] for one in document["changes"]]
    headings = [said("时间", "at"), said("设置", "setting"), said("原为", "was"), said("改为", "is"),
                said("经办", "by")]  # fmt: skip
    return Answer(document, [*_lines(document), *([Table(headings, rows)] if rows else [])])


@verb(app, "channel", said("选择通知渠道。", "Choose the channel by which you are told."))
def channel(asked: Asked, channel: Channel, for_: For = None) -> Answer:
    there = sorted(asked.work.channels)
    if channel.strip().lower() in NEVER:
        raise WrongUsage(
            "cannot_be_switched_off",
            ("法定时限和办理通知不能关闭。", "Statutory notices cannot be switched off."),
            (f"可选渠道：{'、'.join(there)}，或 office。", f"Choose one of {', '.join(there)}, or `office`."),
        )
    if channel != OFFICE and channel not in there:
        raise WrongUsage(
            "channel_not_set_up",
            (f"本站点没有开通渠道 {channel[:32]!r}。", f"The channel {channel[:32]!r} is not set up here."),
            (
                f"已开通：{'、'.join(there)}；或 office（随机关）。",
                f"Set up are: {', '.join(there)}; or `office`.",
            ),
        )
    return _change(asked, for_, "channel", None if channel == OFFICE else channel)


@verb(app, "lang", said("选择通知语言。", "Choose the language in which you are told."))
def lang(asked: Asked, lang: Language, for_: For = None) -> Answer:
    return _change(asked, for_, "lang", lang.value)


@verb(app, "address", said("设置邮箱。", "Set your e-mail address."))
def address(asked: Asked, address: Address, for_: For = None) -> Answer:
    return _change(asked, for_, "email", None if address == "-" else _checked(address))


def _checked(given: str) -> str:
    """The address as it was typed, if mail can be sent to it; a domain in Chinese is fine. Raises WrongUsage."""
    from notifications.mail import BadAddress, sendable

    try:
        return sendable(given)
    except BadAddress:
        raise WrongUsage(
            "bad_address",
            (f"{given[:60]!r} 不是可用的邮箱地址。", f"{given[:60]!r} is not an e-mail address."),
            (
                "如 he.min@example.org；不得含换行或空格。",
                "Such as he.min@example.org; no blanks, no line breaks.",
            ),
        ) from None


def _change(asked: Asked, login: str | None, what: str, value: str | None) -> Answer:
    from cases import own_settings

    whose = login or asked.actor
    with asked.work.unit() as session:
        changed = own_settings.change(session, whose, what, value, actor=asked.actor, at=asked.at)
        document = _document(asked, own_settings.of(session, whose, actor=asked.actor))
    document["changed"] = changed
    return Answer(document, _lines(document))


def _document(asked: Asked, held: Person) -> dict[str, Any]:
    from notifications import outbox

    work = asked.work
    told_by = outbox.way(held.channel, office=work.settings.channel, has_address=bool(held.email),
                         set_up=work.channels)  # fmt: skip
    return {"login": held.login, "name": held.name, "organisation": held.organisation, "channel": held.channel,
            "lang": held.lang, "email": held.email, "told_by": told_by, "channels": sorted(work.channels)}  # fmt: skip


def _lines(document: dict[str, Any]) -> list[str]:
    chosen = document["channel"] or said("随机关", "as the office")
    lines = [
        f"{document['login']} · {document['name']} · {document['organisation']}",
        said(f"渠道：{chosen}；实际经由：{document['told_by']}", f"channel: {chosen}; told by: {document['told_by']}"),
        said(f"语言：{document['lang']}　邮箱：{document['email'] or '无'}",
             f"language: {document['lang']}, address: {document['email'] or 'none'}"),
    ]  # fmt: skip
    if document["channel"] not in (None, document["told_by"]):
        lines.append(said(f"所选渠道 {document['channel']} 目前不能送达，改经 {document['told_by']}。",
                          f"{document['channel']} cannot reach you for now, so it is {document['told_by']}."))  # fmt: skip
    lines.append(said("法定时限和办理通知不能关闭，只能选择渠道。",
                      "Statutory notices cannot be switched off; only their way can be chosen."))  # fmt: skip
    return lines
