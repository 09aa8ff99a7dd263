"""The commands every machine of the rulebook has: form, register, list, show, moves, advance, history."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from plumbline.shell import given, matter_texts
from plumbline.shell.acting import Asked
from plumbline.shell.failures import WrongUsage
from plumbline.shell.output import Answer
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from sqlmodel import Session

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=said("编号。", "Its number."))]
Move = Annotated[
    str, typer.Argument(metavar="MOVE", help=said("步骤名，见 moves。", "The move's name; see `moves`."))
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help=said(
            "表单字段，可重复；值 @文件 表示读取文本文件，@@ 表示以 @ 开头。",
            "A field of the form, repeatable; @FILE reads a text file, @@ begins a value with @.",
        ),
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help=said(
            "请求键：重复同一请求只办一次。",
            "Makes the request safe to repeat: the same key, the same answer.",
        ),
    ),
]
Expect = Annotated[
    int | None,
    typer.Option(
        "--expect",
        metavar="VERSION",
        min=1,
        help=said("仅当版本仍为此数时办理。", "Only if it is still at this version."),
    ),
]
State = Annotated[
    str | None,
    typer.Option("--state", metavar="STATE", help=said("只列此状态。", "Only those in this state.")),
]
Mine = Annotated[
    bool, typer.Option("--mine", help=said("只列由我办理或参与的。", "Only those I handle or sit on."))
]
Overdue = Annotated[
    bool, typer.Option("--overdue", help=said("只列已逾期的。", "Only those with a clock that is late."))
]
Tab = Annotated[
    Literal["todo", "handled", "done", "passed", "copied", "late", "all"] | None,
    typer.Option(
        "--tab",
        metavar="TAB",
        help=said(
            "我的待办、承办、已办、已转出、抄送给我、超期或全部。",
            "To do, handled, done, passed on by me, put before me, late, or all.",
        ),
    ),
]
Limit = Annotated[
    int,
    typer.Option(
        "--limit", metavar="N", min=1, max=1_000_000, help=said("最多列出多少条。", "At most so many.")
    ),
]

LONGEST_KEY = 200


def machine_app(machine: str, plural: str, help_: str) -> typer.Typer:
    """The commands of one machine; `plural` is the key its lists answer with."""
    app = noun(help_)
    verb(
        app,
        "form",
        said("登记表单的字段及示例。", "The fields of registering, each with an example that would pass."),
    )(_form(machine))
    verb(app, "register", said("登记一项。", "Open one by hand."))(_register(machine))
    verb(app, "list", said("列出可见事项。", "Those you may see, the most urgent first."))(
        _list(machine, plural)
    )
    verb(app, "show", said("查看一项。", "One in full, as you may see it."))(_show(machine))
    verb(app, "moves", said("可办与不可办的步骤。", "What may be done next, and what may not, and why."))(
        _moves(machine)
    )
    verb(app, "advance", said("办理一步。", "Make a move."))(_advance(machine))
    verb(app, "history", said("办理经过。", "Everything that happened to it."))(_history(machine))
    return app


def _form(machine: str) -> Callable[..., Answer]:
    def form(asked: Asked) -> Answer:
        from cases import surveys

        _check_machine(asked, machine)
        with asked.work.reading() as session:
            fields = surveys.opening_form(session, asked.work.office, machine, at=asked.at, lang=asked.lang,
                                          actor=asked.as_ or asked.settings.user or "")  # fmt: skip
        return Answer({"machine": machine, "fields": fields}, matter_texts.form(fields))

    return form


def _register(machine: str) -> Callable[..., Answer]:
    def register(asked: Asked, sets: Sets = None, key: Key = None) -> Answer:
        from cases import opening

        _check_machine(asked, machine)
        form, actor = given.fields(sets), asked.actor
        with asked.work.unit() as session:
            moved = opening.open_matter(
                session, asked.work.office, machine, actor=actor, at=asked.at, fields=form, key=_checked(key)
            )
        document = {"number": moved.number, "state": moved.to, "version": moved.version, "event": moved.event}
        return Answer(
            document,
            [said(f"已登记 {moved.number}：{moved.to}。", f"{moved.number} is on file: {moved.to}.")],
        )

    return register


def _list(machine: str, plural: str) -> Callable[..., Answer]:
    def list_(
        asked: Asked,
        state: State = None,
        mine: Mine = False,
        overdue: Overdue = False,
        tab: Tab = None,
        limit: Limit = 500,
    ) -> Answer:
        from cases import listing

        _check_state(asked, machine, state)
        with asked.work.reading() as session:
            page = listing.matters(
                session,
                asked.work.office,
                machine,
                actor=asked.actor,
                at=asked.at,
                state=state,
                mine=mine,
                overdue=overdue,
                tab=tab,
                limit=limit,
            )
            missed = _missed(asked, session, machine)
        lines = [line.as_dict() for line in page.lines]
        text = matter_texts.listed(asked, machine, lines, page.total)
        count = len(missed.get("missed", ()))
        text += [said(f"漏检 {count} 期。", f"{count} rounds were missed.")] if count else []
        return Answer({plural: lines, "total": page.total} | missed, text)

    return list_


def _missed(asked: Asked, session: Session, machine: str) -> dict[str, Any]:
    """A round that nobody opened on its day is visible beside those that were."""
    if machine != "inspection":
        return {}
    from cases import listing

    return {"missed": listing.missed_rounds(session, asked.work.office, actor=asked.actor)}


def _show(machine: str) -> Callable[..., Answer]:
    def show(asked: Asked, number: Number) -> Answer:
        from cases import listing, reads

        with asked.work.reading() as session:
            actor = asked.actor
            listing.check_machine(session, number, machine)
            found = listing.shown(session, asked.work.office, number, actor=actor)
        _note_read(asked, machine, number, reads.FILE)
        return Answer(found | {"rehearsal": asked.work.rehearsal}, matter_texts.shown(asked, found))

    return show


def _moves(machine: str) -> Callable[..., Answer]:
    def moves(asked: Asked, number: Number) -> Answer:
        from cases import listing, surveys

        with asked.work.reading() as session:
            actor = asked.actor
            listing.check_machine(session, number, machine)
            survey = surveys.moves(session, asked.work.office, number, actor=actor, at=asked.at)
        document = survey.as_dict(asked.lang)
        return Answer(document, matter_texts.moves(document))

    return moves


def _advance(machine: str) -> Callable[..., Answer]:
    def advance(
        asked: Asked, number: Number, move: Move, sets: Sets = None, expect: Expect = None, key: Key = None
    ) -> Answer:
        from cases import listing
        from plumbline.attaching import Attaching

        form, actor = given.fields(sets), asked.actor
        moved = Attaching(asked.work).advance(
            number,
            move,
            actor=actor,
            at=asked.at,
            expected_version=expect,
            key=_checked(key),
            fields=form,
            check=lambda session: listing.check_machine(session, number, machine),
        )
        return Answer(moved.as_dict(), matter_texts.moved(moved))

    return advance


def _history(machine: str) -> Callable[..., Answer]:
    def history(asked: Asked, number: Number) -> Answer:
        from cases import listing, reads

        with asked.work.reading() as session:
            actor = asked.actor
            listing.check_machine(session, number, machine)
            events = listing.history(session, asked.work.office, number, actor=actor)
        _note_read(asked, machine, number, reads.HISTORY)
        return Answer({"number": number, "events": list(events)}, matter_texts.history(asked, events))

    return history


def _note_read(asked: Asked, machine: str, number: str, what: str) -> None:
    """Whoever is shown the file on a person is on record, before they are shown it."""
    from cases import reads

    if machine in reads.LOGGED:
        with asked.work.unit() as session:
            reads.note(session, number, login=asked.actor, what=what, door="shell", at=asked.at)


def _check_machine(asked: Asked, machine: str) -> None:
    if machine not in asked.work.office.rulebook().machines:
        raise WrongUsage(
            "no_such_machine",
            (f"现行规则没有 {machine}。", f"The rulebook in force has no {machine}."),
            ("请检查所发布的规则。", "See which rulebook was published."),
        )


def _check_state(asked: Asked, machine: str, state: str | None) -> None:
    """A misspelt state would answer with an empty list, which looks like good news."""
    _check_machine(asked, machine)
    known = {
        name
        for book in asked.work.office.rulebooks.values()
        if machine in book.machines
        for name in book.machines[machine].states
    }
    if state is None or state in known:
        return
    close = difflib.get_close_matches(state[:64], sorted(known), n=1)
    there = ", ".join(sorted(known))
    cure = (
        (f"是否指 {close[0]}？", f"Did you mean {close[0]}?")
        if close
        else (f"可用：{there}。", f"There are: {there}.")
    )
    shown = repr(state[:64])
    raise WrongUsage("unknown_state", (f"没有状态 {shown}。", f"There is no state {shown}."), cure)


def _checked(key: str | None) -> str | None:
    if key is not None and not (key.strip() and key.isprintable() and len(key) <= LONGEST_KEY):
        raise WrongUsage(
            "bad_key", ("请求键须为 1 至 200 个可见字符。", "A key is 1 to 200 visible characters.")
        )
    return key
