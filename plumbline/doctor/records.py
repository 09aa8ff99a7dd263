"""The database: whether it can be used, and whether what stands in it is cared for."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from cases import audit_evidence, carriages, due_kept, duty_runs, rulebooks, sites
from cases.attachments import Attachment
from cases.clocks import RUNNING
from cases.deadlines import Deadline
from cases.evidence import EvidenceRoom
from cases.file_leaves import FileLeaf
from cases.history import Checkpoint, Event
from notifications import notices
from plumbline import setup
from plumbline.database import PRAGMAS, UnusableDatabase, engine_for
from plumbline.doctor.findings import Check, ok, wrong
from plumbline.file_keys import FileKeys
from plumbline.key_files import UnusableKey
from plumbline.settings import Settings
from states.calendars import china
from states.rulebook import Label
from states.rulebook_file import shipped

SILENT_FOR = timedelta(minutes=30)  # the sweep runs every five minutes, delivery every minute
AHEAD_FOR = timedelta(minutes=5)
CHECKPOINTS_EVERY = timedelta(days=8)
MOST_READ = 500_000_000  # bytes of attachments, the newest; `audit verify` reads them all
DUTIES = ("sweep_deadlines", "deliver_notices")


def records(settings: Settings, *, at: datetime) -> Iterator[Check]:
    """Everything about the database; without one, only that."""
    missing = _missing(settings)
    if missing is not None:
        yield missing
        return
    try:
        engine = engine_for(settings.url)
        try:
            yield from _opened(settings, engine, at=at)
        finally:
            engine.dispose()
    except (DBAPIError, UnusableDatabase) as fault:
        why = str(getattr(fault, "orig", fault)).splitlines()[0]
        yield wrong(
            "database",
            f"打不开数据库：{why}",
            f"The database cannot be used: {why}",
            "请检查 PLUMBLINE_HOME 和 PLUMBLINE_DATABASE_URL。",
            "Check PLUMBLINE_HOME and PLUMBLINE_DATABASE_URL.",
        )


def _missing(settings: Settings) -> Check | None:
    path = _path(settings)
    if path is None or (path.is_file() and path.stat().st_size):
        return None
    return wrong(
        "database",
        f"{path} 处没有数据库。",
        f"There is no database at {path}.",
        "请运行 plumbline init。",
        "Run `plumbline init`.",
    )


def _path(settings: Settings) -> Path | None:
    """The SQLite file, if it is one."""
    if not settings.url.startswith("sqlite"):
        return None
    name = make_url(settings.url).database
    return Path(name) if name else None


def _opened(settings: Settings, engine: Engine, *, at: datetime) -> Iterator[Check]:
    with engine.connect().execution_options(reading=True) as connection, Session(connection) as session:
        schema = _schema(connection)
        yield schema
        if schema.wrong:
            return
        yield _triggers(connection)
        yield from _pragmas(connection)
        yield from _rights(settings)
        rehearsal = rulebooks.on_file(session).rehearsal
        for look in (_rulebook, _calendar, _clock, _duties, _outbox, _checkpoints, _exchange):
            yield look(session, at, rehearsal)
        yield from _file_key(session, settings)
        yield _evidence(session, EvidenceRoom(settings.evidence, settings.attachment_mb << 20))


def _schema(connection: Any) -> Check:
    scripts = ScriptDirectory.from_config(setup.configuration())
    found, newest = MigrationContext.configure(connection).get_current_revision(), scripts.get_current_head()
    if found == newest:
        return ok("schema", f"数据库结构为最新（{found}）", f"The schema is the newest ({found})")
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        return wrong(
            "schema",
            f"数据库结构 {found} 来自更新的版本。",
            f"The schema {found} is of a newer Plumbline.",
            "请升级程序。",
            "Upgrade the program.",
        )
    return wrong(
        "schema",
        f"数据库结构为 {found}，最新为 {newest}。",
        f"The schema is {found}; the newest is {newest}.",
        "请先备份，再运行 plumbline init。",
        "Back it up, then run `plumbline init`.",
    )


def _triggers(connection: Any) -> Check:
    """Whether the database still keeps by itself when matters are due."""
    lost = due_kept.lost(connection)
    if not lost:
        return ok("triggers", "到期日由数据库自动维护", "The database keeps when matters are due")
    named = ", ".join(lost)
    return wrong(
        "triggers",
        f"数据库缺少维护到期日的触发器：{named}",
        f"The database has lost triggers, and no longer keeps when matters are due: {named}",
        "请运行 plumbline init：重新建立触发器并重算到期日。",
        "Run `plumbline init`: it sets them up again and works the dates out anew.",
    )


def _pragmas(connection: Any) -> Iterator[Check]:
    """Read back from the connection in use: a setting that does not take says nothing."""
    if connection.dialect.name != "sqlite":
        return
    found = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in PRAGMAS}
    off = {name: value for name, value in found.items() if value != PRAGMAS[name]}
    shown = ", ".join(f"{name}={value}" for name, value in (off or found).items())
    if off:
        yield wrong(
            "settings",
            f"SQLite 设置不符：{shown}",
            f"SQLite runs with other settings: {shown}",
            "数据库须在本机磁盘上，不可放在网络盘。",
            "Keep the database on a local disk, not on a network share.",
        )
    else:
        yield ok("settings", shown, shown)


def _rights(settings: Settings) -> Iterator[Check]:
    path = _path(settings)
    if path is not None and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield Check(
            "rights",
            "note",
            Label(
                zh="本机所有用户都能读取数据库文件。", en="Every user of this machine can read the database."
            ),
            Label(zh=f"请运行 chmod 600 {path}。", en=f"Run `chmod 600 {path}`."),
        )


def _file_key(session: Session, settings: Settings) -> Iterator[Check]:
    """Whether the key opens the leaves of integrity files. Where there are none yet, none is needed."""
    newest = session.execute(select(col(FileLeaf.sealed)).order_by(col(FileLeaf.id).desc()).limit(1)).scalar()
    if newest is None:
        return
    try:
        opens = FileKeys(settings.home / "keys").opened(newest) is not None
    except UnusableKey:
        opens = False
    if opens:
        yield ok("file_key", "廉政档案密钥可用", "The key opens the leaves of integrity files")
    else:
        yield wrong(
            "file_key",
            "廉政档案密钥（keys/files.key）缺失或不符：材料不能查阅，也不能再归入。",
            "The key of integrity files (keys/files.key) is missing or another: no leaf can be read or put in.",
            "请从备份恢复该密钥文件。",
            "Restore the key file from its backup.",
        )


def _rulebook(session: Session, at: datetime, rehearsal: bool) -> Check:  # noqa: ARG001, FBT001 - one shape for all
    held = rulebooks.on_file(session)
    ours = shipped()
    here = held.rulebooks[held.current]
    if here.name == ours.name and here.version != ours.version:
        return Check(
            "rulebook",
            "note",
            Label(
                zh=f"现行规则 {held.current}；程序随附 {ours.key}。",
                en=f"In force is {held.current}; the program brings {ours.key}.",
            ),
            Label(
                zh="如需采用，请用 rulebook publish 发布。",
                en="`plumbline rulebook publish` puts a newer one in force.",
            ),
        )
    published = session.get_one(rulebooks.PublishedRulebook, held.current).sha256
    if (
        here.key == ours.key
        and published != hashlib.sha256(ours.model_dump_json(by_alias=True).encode()).hexdigest()
    ):
        return Check(
            "rulebook",
            "note",
            Label(
                zh=f"现行规则 {held.current} 与程序随附的同版规则内容不同。",
                en=f"{held.current} on file differs from the one the program brings.",
            ),
            Label(
                zh="在册事项仍按已发布的规则办理。",
                en="What is on file goes by the published one; give a changed rulebook a new version.",
            ),
        )
    return ok("rulebook", f"现行规则 {held.current}", f"In force: {held.current}")


def _calendar(session: Session, at: datetime, rehearsal: bool) -> Check:  # noqa: ARG001, FBT001
    """A year whose holidays are not decreed yet makes dates provisional; the notice comes each November."""
    calendar = china()
    last = session.execute(
        select(func.max(Deadline.due_on)).where(col(Deadline.status).in_(RUNNING))
    ).scalar()
    years = {at.year} | ({last.year} if last is not None else set())
    missing = sorted(year for year in range(min(years), max(years) + 1) if not calendar.is_decreed(year))
    provisional = session.execute(
        select(func.count())
        .select_from(Deadline)
        .where(col(Deadline.status).in_(RUNNING), col(Deadline.provisional))
    ).scalar_one()
    if not missing:
        return ok("calendar", f"日历 {calendar.version}", f"Calendar {calendar.version}")
    named = ", ".join(map(str, missing))
    says = Label(
        zh=f"{named} 年放假安排未录入，{provisional} 个到期日为暂定。",
        en=f"{named}: holidays not decreed yet, {provisional} dates are provisional.",
    )
    do = Label(
        zh="国务院办公厅公布后请更新日历。", en="Bring the calendar up to date once the notice is out."
    )
    return Check("calendar", "wrong" if at.year in missing else "note", says, do)


def _clock(session: Session, at: datetime, rehearsal: bool) -> Check:  # noqa: FBT001
    """A clock that was set back makes history run backwards; a rehearsal plays with time on purpose."""
    last = session.execute(select(Event.at).order_by(col(Event.id).desc()).limit(1)).scalar()  # type: ignore[call-overload]
    if last is None or rehearsal or last <= at + AHEAD_FOR:
        return ok("clock", f"系统时间 {at:%Y-%m-%d %H:%M} UTC", f"It is {at:%Y-%m-%d %H:%M} UTC here")
    return wrong(
        "clock",
        f"最近一条记录的时间 {last:%Y-%m-%d %H:%M} UTC 晚于系统时间。",
        f"The newest event is of {last:%Y-%m-%d %H:%M} UTC, later than this machine's clock.",
        "请校准系统时间（NTP）。",
        "Set this machine's clock right (NTP).",
    )


def _duties(session: Session, at: datetime, rehearsal: bool) -> Check:  # noqa: FBT001
    """Whether clocks fire and notices leave at all: silence is the fault nobody reports."""
    runs = duty_runs.last_runs(session)
    silent = sorted(duty for duty in DUTIES if duty not in runs or at - runs[duty] > SILENT_FOR)
    if not silent:
        return ok("duties", "时限与通知按时运行", "Clocks and delivery ran in the last half hour")
    named = ", ".join(
        f"{duty} ({runs[duty]:%Y-%m-%d %H:%M} UTC)" if duty in runs else f"{duty} (never)" for duty in silent
    )
    says = Label(zh=f"已超过半小时没有运行：{named}", en=f"Not run for half an hour: {named}")
    do = Label(
        zh="请启动 plumbline serve，或定时运行 plumbline tick。",
        en="Start `plumbline serve`, or run `plumbline tick` from cron.",
    )
    return Check("duties", "note" if rehearsal else "wrong", says, do)


def _outbox(session: Session, at: datetime, rehearsal: bool) -> Check:  # noqa: ARG001, FBT001
    dead, late = notices.counts(session)["dead"], notices.late(session, before=at - SILENT_FOR)
    stuck = len(notices.stuck(session, at=at)) - dead
    if not dead and not late and stuck <= 0:
        return ok("outbox", "发件箱正常", "Nothing is stuck in the outbox")
    return wrong(
        "outbox",
        f"已放弃 {dead} 条，滞留 {late} 条，多次失败 {max(stuck, 0)} 条。",
        f"{dead} notices were given up, {late} are waiting too long, {max(stuck, 0)} keep failing.",
        "请用 notices list 查看原因，修复后 notices revive。",
        "`plumbline notices list` says why; then `notices revive ID`.",
    )


def _checkpoints(session: Session, at: datetime, rehearsal: bool) -> Check:  # noqa: ARG001, FBT001
    newest = session.execute(select(func.max(Checkpoint.at))).scalar()
    events = session.execute(select(Event.id).limit(1)).scalar()  # type: ignore[call-overload]
    if events is None or (newest is not None and at - newest <= CHECKPOINTS_EVERY):
        return ok("checkpoints", "检查点齐全", "The history has a recent checkpoint, or nothing to check yet")
    says = Label(
        zh="八天内没有为历史设检查点。", en="No checkpoint was set on the history in the last eight days."
    )
    return Check(
        "checkpoints",
        "note",
        says,
        Label(
            zh="请运行 plumbline audit checkpoint，并抄存其散列值。",
            en="Run `plumbline audit checkpoint`, and note its hash down elsewhere.",
        ),
    )


def _exchange(session: Session, at: datetime, rehearsal: bool) -> Check:  # noqa: FBT001
    """Whether the other sites answer, and whether what goes to them gets through."""
    lines = carriages.lines(session)
    trusted = [one for one in sites.trusted(session) if one.revoked_at is None]
    down = [
        (one, line.down_since)
        for one in trusted
        if one.url and (line := lines.get(one.id)) and line.down_since and at - line.down_since > SILENT_FOR
    ]
    stuck = carriages.in_vain(session, before=at - SILENT_FOR)
    if not down and not stuck:
        return ok(
            "exchange",
            f"与 {len(trusted)} 个站点交换正常",
            f"Nothing is stuck on the way to {len(trusted)} other sites",
        )
    zh = [
        f"站点 {one.id}（{'、'.join(one.organisations)}）自 {since:%Y-%m-%d %H:%M} UTC 起无应答"
        for one, since in down
    ]
    en = [
        f"{one.id} ({', '.join(one.organisations)}) does not answer since {since:%Y-%m-%d %H:%M} UTC"
        for one, since in down
    ]
    if stuck:
        zh.append(f"{stuck} 件未能送达")
        en.append(f"{stuck} files do not get through")
    return Check(
        "exchange",
        "note" if rehearsal else "wrong",
        Label(zh="；".join(zh) + "。", en="; ".join(en) + "."),
        Label(
            zh="请与对方联系；原因见 site list 与 escalation show，也可用 escalation packet 写成文件送交。",
            en="Call them; `site list` and `escalation show` say why, and `escalation packet` writes a file to carry.",
        ),
    )


def _evidence(session: Session, room: EvidenceRoom) -> Check:
    """Whether attachments are there as they were handed in; and whether files lie there that belong to none."""
    known = set(session.execute(select(col(Attachment.sha256))).scalars())
    bad = list(audit_evidence.bytes_faults(session, room, at_most=MOST_READ))
    if bad:
        first = f"{bad[0].subject}: {bad[0].why.en}"
        return wrong(
            "evidence",
            f"{len(bad)} 个附件缺失或已被改动，如 {bad[0].subject}：{bad[0].why.zh}",
            f"{len(bad)} attachments are missing or altered, such as {first}",
            "请从备份恢复 evidence 文件夹，再运行 plumbline audit verify。",
            "Restore the folder `evidence` from its backup, then run `plumbline audit verify`.",
        )
    if unclaimed := room.unclaimed(known):
        says = Label(
            zh=f"{room.folder} 中有 {unclaimed} 个文件不属于任何附件。",
            en=f"{unclaimed} files in {room.folder} belong to no attachment.",
        )
        do = Label(
            zh="是中断的添加所留，服务停止时可以删除。",
            en="Additions that were broken off left them; delete them while nothing runs.",
        )
        return Check("evidence", "note", says, do)
    return ok(
        "evidence", f"附件文件 {len(known)} 个，完好", f"{len(known)} files of attachments, all as handed in"
    )
