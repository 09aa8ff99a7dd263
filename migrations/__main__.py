"""For maintainers: `python -m migrations "what changes"` writes the revision that brings the schema to the tables."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from plumbline.database import engine_for
from plumbline.setup import configuration, upgrade


def main() -> None:
    """Compare a freshly migrated database with the tables, and write down the difference."""
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_for(f"sqlite:///{Path(folder) / 'now.db'}")
        upgrade(engine)
        config = configuration()
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            number = f"{len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1:04d}"
            message = " ".join(sys.argv[1:]) or "change"
            command.revision(config, message=message, autogenerate=True, rev_id=f"v{number}")
        engine.dispose()


if __name__ == "__main__":
    main()
