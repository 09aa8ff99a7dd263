"""Making a database fit for use: its schema, the rulebook it works by, and for rehearsals the Port Centre sample."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import Session

import migrations
from cases import checklists, due_kept, rulebooks
from cases.rulebooks import Installation
from plumbline import sample
from plumbline.database import UnusableDatabase, WrongKind, engine_for
from plumbline.settings import Settings
from states.checklists import shipped as shipped_checklist
from states.rulebook_file import shipped

SETUP = "setup"  # in whose name what comes with the program is put on file


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `init` found or made."""

    created: bool
    rehearsal: bool
    rulebook: str
    sample: bool


def prepare(settings: Settings, *, rehearsal: bool, with_sample: bool, at: datetime) -> Prepared:
    """Create the database or bring it up to date. Run twice, it changes nothing.

    Raises UnusableDatabase for a folder that cannot be written or a newer schema, and WrongKind where a rehearsal or the
    sample is asked of a real database.
    """
    _writable(settings.home)
    engine = engine_for(settings.url)
    with engine.begin() as connection:  # schema and content together: cut off anywhere, nothing was set up
        _upgrade(connection)
        with Session(connection, expire_on_commit=False) as session:
            prepared = _furnish(session, rehearsal=rehearsal, with_sample=with_sample, at=at)
            session.flush()
    engine.dispose()
    _keep_to_ourselves(engine)
    return prepared


def _furnish(session: Session, *, rehearsal: bool, with_sample: bool, at: datetime) -> Prepared:
    """The rulebook, what this installation is, and the sample if it was asked for."""
    key = rulebooks.publish(session, shipped(), at=at)
    checklists.put(session, shipped_checklist(), by=SETUP, at=at)
    here = session.get(Installation, 1)
    created = here is None
    if here is None:
        here = Installation(uid=str(uuid.uuid4()), rehearsal=rehearsal, rulebook=key, created_at=at)
        session.add(here)
        session.flush()
    _agree(here, rehearsal=rehearsal, with_sample=with_sample)
    if with_sample:
        sample.load(session, on=at.astimezone(ZoneInfo(shipped().zone)).date())
    return Prepared(created, here.rehearsal, here.rulebook, with_sample)


def _keep_to_ourselves(engine: Engine) -> None:
    """A SQLite file is its owner's alone, as its folder is."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and Path(path).is_file():
        with suppress(OSError):  # a disk that knows no rights; `plumbline doctor` says so
            Path(path).chmod(0o600)


def _agree(here: Installation, *, rehearsal: bool, with_sample: bool) -> None:
    if rehearsal and not here.rehearsal:
        raise WrongKind("This is a real database: it cannot become a rehearsal. Use another PLUMBLINE_HOME.")
    if with_sample and not here.rehearsal:
        raise WrongKind("The sample belongs in a rehearsal only: run init --rehearsal --sample elsewhere.")


def _writable(home: Path) -> None:
    try:
        if not home.exists():
            home.mkdir(parents=True, mode=0o700)  # what is on file here is nobody else's on this machine
        probe = home / f".probe-{uuid.uuid4()}"
        probe.touch()
        probe.unlink()
    except OSError as fault:
        raise UnusableDatabase(
            f"{home} cannot be written ({fault.strerror}): choose another PLUMBLINE_HOME."
        ) from fault


def configuration() -> Config:
    """Alembic's configuration, without a file: the scripts travel inside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision, in one transaction. Raises UnusableDatabase for a newer schema."""
    with engine.begin() as connection:
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    config = configuration()
    found = MigrationContext.configure(connection).get_current_revision()
    if found != ScriptDirectory.from_config(config).get_current_head():
        check_known(found)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    due_kept.restore(connection)  # a revision that rebuilds a table takes its triggers with it


def check_known(revision: str | None) -> None:
    """Raises UnusableDatabase where this program does not know the database's revision."""
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if revision is not None and revision not in known:
        raise UnusableDatabase(
            f"The database has the schema {revision} of a newer Plumbline: upgrade the program, then try again."
        )
