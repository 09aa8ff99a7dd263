"""The one place that turns what went wrong into an answer: a code, a sentence, reasons with cures, an exit status.

Nobody who mistyped a number should read a traceback. What is the program's own fault is said too, and kept in a file.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plumbline.shell.words import said

Both = tuple[str, str]  # Chinese, English

REFUSED, USAGE, UNREACHABLE, INTERRUPTED = 1, 2, 3, 130


class WrongUsage(Exception):
    """The command was not asked for properly. `says` and `cure` are each in Chinese and English."""

    def __init__(self, code: str, says: Both, cure: Both = ("", "")) -> None:
        super().__init__(says[1])
        self.code, self.says, self.cure = code, says, cure


class NotReady(Exception):
    """Something the command needs is not there or cannot be reached. As above, in Chinese and English."""

    def __init__(self, code: str, says: Both, cure: Both = ("", "")) -> None:
        super().__init__(says[1])
        self.code, self.says, self.cure = code, says, cure


@dataclass(frozen=True, slots=True)
class Failure:
    """What to answer instead of a result."""

    status: int
    code: str
    message: str
    reasons: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The form of contract.md."""
        return {"error": self.code, "message": self.message, "reasons": self.reasons}

    def as_lines(self) -> list[str]:
        """For people: the sentence, then what would cure it."""
        if not self.reasons:
            return [self.message]
        cures = [(one["message"], one["cure"]) for one in self.reasons]
        if len(cures) == 1 and cures[0][0] == self.message:
            return [f"{self.message} {cures[0][1]}".strip()]
        return [self.message, *(f"  - {message} {cure}".rstrip() for message, cure in cures)]


def failure(fault: BaseException, lang: str) -> Failure | None:
    """The failure an exception amounts to; None for one that nobody foresaw."""
    for kind in type(fault).__mro__:
        answer = _ANSWERS.get(f"{kind.__module__}.{kind.__qualname__}")
        if answer is not None:
            return answer(fault, lang)
    return None


def unforeseen(fault: BaseException, lang: str, *, keep_in: Path) -> Failure:
    """For the program's own faults: one sentence, and the details in a file that only its owner can read."""
    kept = _keep(fault, keep_in)
    message = said(
        f"程序内部出错（{type(fault).__name__}）。",
        f"Something went wrong inside ({type(fault).__name__}).",
        lang,
    )
    where = said(f"详情见 {kept}。", f"The details are in {kept}.", lang) if kept else ""
    cure = said(
        "所做的修改没有保存；请把详情交给维护人员。",
        "Nothing was saved; hand the details to whoever maintains this.",
        lang,
    )
    return _one(UNREACHABLE, "internal", f"{message} {where}".strip(), cure)


def _keep(fault: BaseException, folder: Path) -> Path | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "last-fault.txt"
        path.touch(mode=0o600)
        path.write_text(
            "".join(traceback.format_exception(fault)), encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        return None
    return path


def _one(status: int, code: str, message: str, cure: str = "") -> Failure:
    return Failure(status, code, message, [{"code": code, "message": message, "cure": cure}])


def _in(lang: str, both: Both) -> str:
    return said(both[0], both[1], lang)


def _usage(fault: Any, lang: str) -> Failure:
    return _one(USAGE, fault.code, _in(lang, fault.says), _in(lang, fault.cure))


def _not_ready(fault: Any, lang: str) -> Failure:
    return _one(UNREACHABLE, fault.code, _in(lang, fault.says), _in(lang, fault.cure))


def _refused(fault: Any, lang: str) -> Failure:
    """By a rule: 1. When everything that is wrong is about what was typed: 2."""
    from states.refusals import about_input

    reasons = [reason.as_dict(lang) for reason in fault.reasons]
    typed = about_input(fault)
    message = (
        reasons[0]["message"]
        if len(reasons) == 1
        else said(f"不能办理，原因 {len(reasons)} 项。", f"Refused, for {len(reasons)} reasons.", lang)
    )
    return Failure(USAGE if typed else REFUSED, str(fault.code), message, reasons)


def _no_such_matter(fault: Any, lang: str) -> Failure:
    number = str(fault.number)[:80]
    message = said(f"没有您可查看的编号 {number!r}。", f"There is no {number!r} that you may see.", lang)
    cure = said("请用 list 查看您可见的事项。", "`list` shows what you may see.", lang)
    return _one(USAGE, "no_such_number", message, cure)


def _no_such_deadline(_fault: Any, lang: str) -> Failure:
    return _one(
        USAGE,
        "no_such_deadline",
        said("没有您可查看的这一时限。", "There is no deadline of this id that you may see.", lang),
        said("请用 deadlines list 查看。", "`deadlines list` gives the ids.", lang),
    )


def _not_a_ledger(fault: Any, lang: str) -> Failure:
    return _one(USAGE, "not_a_ledger", said(fault.message.zh, fault.message.en, lang))


def _not_dead(fault: Any, lang: str) -> Failure:
    return _one(
        REFUSED,
        "not_dead",
        said("只有已放弃的通知才能重新发送。", str(fault), lang),
        said("请用 notices list --status dead 查看。", "`notices list --status dead` shows which.", lang),
    )


def _key_reused(_fault: Any, lang: str) -> Failure:
    return _one(
        REFUSED,
        "key_reused",
        said("该请求键已用于另一请求。", "This key was already used for another request.", lang),
        said("每个新请求请用新的键。", "Take a new key for every new request.", lang),
    )


def _unknown_person(fault: Any, lang: str) -> Failure:
    login = str(fault)[:80]
    return _one(
        USAGE,
        "unknown_person",
        said(f"没有账号 {login!r}，或已停用。", f"There is no account {login!r}, or it has ended.", lang),
        said("请核对 --as 或 PLUMBLINE_USER。", "Check --as or PLUMBLINE_USER.", lang),
    )


def _token_refused(_fault: Any, lang: str) -> Failure:
    return _one(
        REFUSED,
        "token_refused",
        said(
            "令牌不能证明您的身份：未知、过期、已撤销、属于他人或用途受限。",
            "The token does not prove who acts: it is unknown, expired, revoked, somebody else's, or not for the shell.",
            lang,
        ),
        said(
            "请系统管理员运行 plumbline token issue。", "Ask the operator for `plumbline token issue`.", lang
        ),
    )


def _unusable(fault: Any, _lang: str) -> Failure:
    return _one(UNREACHABLE, "database_unusable", str(fault))


def _driver(fault: Any, lang: str) -> Failure | None:
    from plumbline.database_faults import trouble

    found = trouble(fault, lang)
    return _one(UNREACHABLE, found.code, found.message, found.cure) if found else None


def _faulty_rulebook(fault: Any, lang: str) -> Failure:
    return _not_loaded("rulebook", said("规则", "rulebook", lang), fault, lang)


def _faulty_checklist(fault: Any, lang: str) -> Failure:
    return _not_loaded("checklist", said("检查清单", "checklist", lang), fault, lang)


def _not_loaded(kind: str, name: str, fault: Any, lang: str) -> Failure:
    reasons = [{"code": f"{kind}_fault", "message": str(one), "cure": ""} for one in fault.faults]
    message = said(
        f"{name}有 {len(reasons)} 处错误，未载入。",
        f"The {name} has {len(reasons)} faults and was not loaded.",
        lang,
    )
    return Failure(USAGE, f"faulty_{kind}", message, reasons)


def _faulty_mapping(fault: Any, lang: str) -> Failure:
    reasons = [{"code": "mapping_fault", "message": str(one), "cure": ""} for one in fault.faults]
    message = said(f"对应表有 {len(reasons)} 处错误。", f"The mapping has {len(reasons)} faults.", lang)
    return Failure(USAGE, "faulty_mapping", message, reasons)


def _cannot_serve(fault: Any, _lang: str) -> Failure:
    return _one(UNREACHABLE, fault.code, fault.message, fault.cure)


def _sentence(status: int, code: str) -> Callable[[Any, str], Failure]:
    """For exceptions whose text is the sentence to show."""
    return lambda fault, _lang: _one(status, code, str(fault) or str(type(fault).__doc__).splitlines()[0])


def _file(fault: Any, lang: str) -> Failure:
    name = fault.filename or ""
    why = fault.strerror or type(fault).__name__
    return _one(
        UNREACHABLE,
        "file_trouble",
        f"{name}: {why}" if name else why,
        said(
            "请检查文件夹的权限和磁盘空间。",
            "Check the rights on the folder and the space on the disk.",
            lang,
        ),
    )


def _too_much(_fault: Any, lang: str) -> Failure:
    return _one(UNREACHABLE, "out_of_memory", said("内存不足。", "There is not enough memory.", lang))


_ANSWERS: dict[str, Callable[[Any, str], Failure | None]] = {
    "plumbline.shell.failures.WrongUsage": _usage,
    "plumbline.shell.failures.NotReady": _not_ready,
    "plumbline.key_files.UnusableKey": _sentence(UNREACHABLE, "unusable_key"),
    "plumbline.database.WrongKind": _sentence(USAGE, "wrong_kind_of_database"),
    "plumbline.database.UnusableDatabase": _unusable,
    "states.facts.Refused": _refused,
    "states.rulebook_file.RulebookFaults": _faulty_rulebook,
    "states.checklists.ChecklistFaults": _faulty_checklist,
    "states.rulebook_file.NoSuchRulebook": _sentence(USAGE, "no_such_rulebook"),
    "states.periods.NotAPeriod": _sentence(USAGE, "not_a_period"),
    "states.periods.HoursNeedAnInstant": _sentence(USAGE, "not_an_instant"),
    "states.due_answers.NotADay": _sentence(USAGE, "not_a_day"),
    "states.due_answers.NotAnInstantText": _sentence(USAGE, "not_an_instant"),
    "states.calendars.DayOutsideCalendar": _sentence(USAGE, "outside_calendar"),
    "cases.errors.NoSuchMatter": _no_such_matter,
    "cases.errors.KeyReused": _key_reused,
    "cases.due_dates.NoSuchDeadline": _no_such_deadline,
    "cases.ledger_guard.NotALedger": _not_a_ledger,
    "cases.ledger_sheets.NotWritable": _sentence(UNREACHABLE, "not_writable"),
    "plumbline.rehearsal.log.UnreadableLog": _sentence(USAGE, "unreadable_log"),
    "plumbline.rehearsal.mapping.MappingFaults": _faulty_mapping,
    "plumbline.rehearsal.store.UnusableStore": _sentence(UNREACHABLE, "unusable_store"),
    "plumbline.serve.faults.CannotServe": _cannot_serve,
    "plumbline.demo.play.NotTheDemos": _sentence(UNREACHABLE, "not_the_demos"),
    "plumbline.demo.story.StoryBroken": _sentence(UNREACHABLE, "story_broken"),
    "notifications.outbox.NotDead": _not_dead,
    "cases.rulebooks.NotSetUp": _sentence(UNREACHABLE, "not_set_up"),
    "cases.people.UnknownPerson": _unknown_person,
    "cases.tokens.TokenRefused": _token_refused,
    "cases.tokens.UnknownScope": _sentence(USAGE, "unknown_scope"),
    "cases.invitations.LinkRefused": _sentence(REFUSED, "link_refused"),
    "cases.rulebooks.AlreadyPublished": _sentence(REFUSED, "already_published"),
    "sqlalchemy.exc.DBAPIError": _driver,
    "sqlalchemy.exc.TimeoutError": _driver,
    "pysqlite3.dbapi2.Error": _driver,
    "sqlite3.Error": _driver,
    "psycopg.Error": _driver,
    "builtins.OSError": _file,
    "builtins.MemoryError": _too_much,
}
"""By the name of the exception, so that looking one up imports nothing; a test holds every name to the code."""
