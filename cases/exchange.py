"""What went to and came from other sites: every packet once, and a log of every file that was written, taken or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cases import checkpoints, people
from cases.history import Checkpoint
from cases.office import Office
from cases.organisations import Organisation
from cases.packets import Body, Witness, refused
from states.facts import Reason, Refused
from states.refusals import not_your_role
from states.rulebook import Exchange, Machine

OUT, IN = "out", "in"
BY_WIRE, BY_FOLDER, BY_MAIL = "wire", "folder", "mail"  # who brought or sent a file, where no person did
GATHERED_FOR = timedelta(days=1)
Seal = Callable[[str, dict[str, Any]], bytes]
"""Makes a signed file of a kind ("packet", "reply") and a content."""


class Exchanged(SQLModel, table=True):
    """A packet that left or came: one row, ever, for each sender, notice and edition.

    `text` is the file as it was signed; `taken` the digests of the reply's steps, in order: of a packet
    that left, those that were made here; of one that came, those its sender was told.
    """

    __tablename__ = "exchanged"
    __table_args__ = (UniqueConstraint("direction", "sender", "notice", "edition"),)

    id: int | None = Field(default=None, primary_key=True)
    direction: str = Field(max_length=3)
    sender: str = Field(max_length=32)
    notice: str = Field(max_length=200)
    edition: int
    sha256: str = Field(max_length=64)
    site: str = Field(max_length=32)  # whose file it is
    matter: int | None = Field(default=None, foreign_key="matter.id", index=True)
    text: str
    taken: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    at: datetime
    by: str = Field(max_length=64)


class ExchangeLog(SQLModel, table=True):
    """One file that was written, taken in, taken in again or refused. Of a refused one, only its hash is kept.

    What nobody brought by hand and was refused is gathered: a day's files of one site with the same reasons are one
    line, `times` many, the last at `last_at`, so that who floods us does not fill the disk. `site` is empty where no
    signature proved it.
    """

    __tablename__ = "exchange_log"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    by: str = Field(max_length=64)
    what: str = Field(max_length=16)  # packet, reply, site-key, file
    outcome: str = Field(
        max_length=16
    )  # written, taken, again, refused; mailed; refused_there: by the other site
    site: str = Field(default="", max_length=32)
    times: int = 1
    last_at: datetime | None = None
    file_sha256: str = Field(max_length=64)
    size: int
    number: str = Field(default="", max_length=64)
    reasons: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was handed in or written: what is noted of it."""

    what: str
    sha256: str
    size: int


def note(
    session: Session,
    file: File,
    *,
    outcome: str,
    by: str,
    at: datetime,
    number: str = "",
    reasons: Sequence[str] = (),
    site: str = "",
) -> None:
    """Put on record what became of a file. Refusals of what came by itself are gathered by the day."""
    known = {"by": by, "what": file.what, "outcome": outcome, "number": number, "site": site}
    if (
        outcome.startswith("refused")
        and by in (BY_WIRE, BY_FOLDER)
        and _gathered(session, file, known, reasons=list(reasons), at=at)
    ):
        return
    session.execute(insert(ExchangeLog).values(
        at=at, file_sha256=file.sha256, size=file.size, reasons=list(reasons), times=1, **known))  # fmt: skip


def _gathered(
    session: Session, file: File, known: dict[str, str], *, reasons: list[str], at: datetime
) -> bool:
    """Whether a line of the last day says the same; then it now counts this file too, and has its hash."""
    query = select(ExchangeLog).where(col(ExchangeLog.at) > at - GATHERED_FOR, col(ExchangeLog.at) <= at)
    alike = [getattr(ExchangeLog, name) == value for name, value in known.items()]
    for line in session.exec(query.where(*alike).order_by(col(ExchangeLog.id).desc())):
        if line.reasons == reasons:
            line.times, line.last_at = line.times + 1, at
            line.file_sha256, line.size = file.sha256, file.size
            session.add(line)
            session.flush()
            return True
    return False


def log(session: Session, *, limit: int = 100) -> Sequence[ExchangeLog]:
    """The newest lines of the log."""
    return session.exec(select(ExchangeLog).order_by(col(ExchangeLog.id).desc()).limit(limit)).all()


def sent(session: Session, *, sender: str, notice: str, edition: int) -> Exchanged | None:
    """The packet that left, locked for change; None if none did."""
    return session.exec(_one(OUT, sender, notice, edition)).first()


def _one(direction: str, sender: str, notice: str, edition: int) -> SelectOfScalar[Exchanged]:
    return (
        select(Exchanged)
        .where(Exchanged.direction == direction, Exchanged.sender == sender, Exchanged.notice == notice,
               Exchanged.edition == edition)
        .with_for_update()
    )  # fmt: skip


def claim(session: Session, values: dict[str, Any]) -> tuple[Exchanged, bool]:
    """The packet on file, and whether it was not there before. Of two at once, one waits and then finds it there."""
    fitting = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = (
        session.connection().execute(  # not by `rowcount`: PostgreSQL's driver does not tell it of an INSERT
            fitting(Exchanged)
            .values(taken=[], **values)
            .on_conflict_do_nothing()
            .returning(col(Exchanged.id))
        )
    )
    query = _one(values["direction"], values["sender"], values["notice"], values["edition"])
    return session.exec(query).one(), added.first() is not None


def newest(session: Session, direction: str, *, sender: str, notice: str) -> Exchanged | None:
    """The latest edition of a packet."""
    query = (
        select(Exchanged)
        .where(Exchanged.direction == direction, Exchanged.sender == sender, Exchanged.notice == notice)
        .order_by(col(Exchanged.edition).desc())
    )
    return session.exec(query).first()


def of_matter(session: Session, direction: str, matter: int) -> Exchanged | None:
    """The latest packet of a matter."""
    query = (
        select(Exchanged)
        .where(Exchanged.direction == direction, Exchanged.matter == matter)
        .order_by(col(Exchanged.edition).desc())
    )
    return session.exec(query).first()


def witness(session: Session, *, at: datetime) -> Witness:
    """This site's newest checkpoint, set now if anything happened since the last."""
    checkpoints.take(session, at=at)
    last = session.exec(select(Checkpoint).order_by(col(Checkpoint.id).desc())).first()
    if last is None:
        raise LookupError("A site that exchanges anything has a history, and so a checkpoint.")
    return Witness(code=last.hash[:20], hash=last.hash, at=last.at.isoformat())


def body(session: Session, code: str) -> Body:
    """An organisation as a file names it."""
    held = session.get(Organisation, code)
    return Body(code=code, zh=held.name_zh if held else code, en=held.name_en if held else code)


def rules_of(rules: Machine, number: str) -> Exchange:
    """How matters of this machine travel. Raises Refused where they do not."""
    if rules.exchange is None:
        raise refused("not_exchanged", f"“{rules.label.zh}”不在站点之间交换。",
                      f"A {rules.label.en} does not travel between sites.",
                      zh="请核对编号。", en=f"Check {number}.")  # fmt: skip
    return rules.exchange


def check_carrier(
    session: Session,
    office: Office,
    actor: str,
    *,
    roles: Sequence[str],
    organisation: str,
    carriers: Sequence[str],
) -> None:
    """Raises Refused("not_your_role") unless `actor` holds one of `roles` in the organisation, or carries files."""
    for held in people.postings_of(session, actor):
        if held.role in carriers or (held.role in roles and held.organisation == organisation):
            return
    refuse_role(office, (*roles, *carriers))


def refuse_role(office: Office, roles: Sequence[str]) -> None:
    """Raises Refused("not_your_role"), naming those who may."""
    reason: Reason = not_your_role(tuple(roles), office.rulebook().roles)
    raise Refused(reason.code, (reason,))
