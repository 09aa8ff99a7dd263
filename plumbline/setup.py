"""Making a database fit for use: its schema, the rulebook it works by, and for rehearsals the Port Centre sample."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlmodel import Session

import migrations
from cases import rulebooks
from cases.rulebooks import Installation
from plumbline import sample
from plumbline.database import UnusableDatabase, engine_for
from plumbline.settings import Settings
from states.rulebook_file import shipped


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `init` found or made."""

    created: bool
    rehearsal: bool
    rulebook: str
    sample: bool


def prepare(settings: Settings, *, rehearsal: bool, with_sample: bool, at: datetime) -> Prepared:
    """Create the database or bring it up to date. Run twice, it changes nothing.

    Raises UnusableDatabase: a folder that cannot be written, a newer schema, a rehearsal asked of a real database, a
    sample asked of a real one.
    """
    _writable(settings.home)
    engine = engine_for(settings.url)
    upgrade(engine)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        key = rulebooks.publish(session, shipped(), at=at)
        here = session.get(Installation, 1)
        created = here is None
        if here is None:
            here = Installation(uid=str(uuid.uuid4()), rehearsal=rehearsal, rulebook=key, created_at=at)
            session.add(here)
            session.flush()
        _agree(here, rehearsal=rehearsal, with_sample=with_sample)
        if with_sample:
            sample.load(session, on=at.astimezone(ZoneInfo(shipped().zone)).date())
        prepared = Prepared(created, here.rehearsal, here.rulebook, with_sample)
    engine.dispose()
    return prepared


def _agree(here: Installation, *, rehearsal: bool, with_sample: bool) -> None:
    if rehearsal and not here.rehearsal:
        raise UnusableDatabase("This is a real database: it cannot become a rehearsal. Use another PLUMBLINE_HOME.")
    if with_sample and not here.rehearsal:
        raise UnusableDatabase("The sample belongs in a rehearsal only: run init --rehearsal --sample elsewhere.")


def _writable(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / f".probe-{uuid.uuid4()}"
        probe.touch()
        probe.unlink()
    except OSError as fault:
        raise UnusableDatabase(f"{home} cannot be written ({fault.strerror}): choose another PLUMBLINE_HOME.") from fault


def configuration() -> Config:
    """Alembic's configuration, without a file: the scripts travel inside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision, in one transaction. Raises UnusableDatabase for a newer schema."""
    config = configuration()
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found == newest:
            return
        check_known(found)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_known(revision: str | None) -> None:
    """Raises UnusableDatabase where this program does not know the database's revision."""
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if revision is not None and revision not in known:
        raise UnusableDatabase(
            f"The database has the schema {revision} of a newer Plumbline: upgrade the program, then try again."
        )
