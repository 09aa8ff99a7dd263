"""Taking up a notice that was given up, in the shell: one's own, or any for the operator; nobody else learns of it."""

from __future__ import annotations

import pytest
from sqlmodel import select

from notifications.notices import DEAD, Notice
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import Shell, refused


def dead(shell: Shell) -> tuple[Work, int]:
    """A notice to the registrar that was given up."""
    shell.register()
    work = Work.open(Settings(home=shell.home, database_url=""))
    with work.unit() as session:
        row = session.exec(select(Notice).where(Notice.recipient == "registrar")).first()
        assert row is not None
        row.status, row.next_at = DEAD, None
        return work, row.id or 0


def status(work: Work, key: int) -> str:
    with work.reading() as session:
        return str(session.get_one(Notice, key).status)


@pytest.mark.parametrize("who", ["registrar", "operator"])
def test_its_reader_and_the_operator_take_it_up(shell: Shell, who: str) -> None:
    work, key = dead(shell)
    assert shell.do(who, "notices", "revive", str(key)) == {"id": key, "status": "pending"}
    assert status(work, key) == "pending"
    work.engine.dispose()


def test_to_everybody_else_it_is_as_if_there_were_none(shell: Shell) -> None:
    work, key = dead(shell)
    for who in ("officer", "leader", "owner"):
        said = shell.ask(who, "notices", "revive", str(key))
        refused(said, 1, "not_dead")
        nothing = shell.ask(who, "notices", "revive", "4711")
        assert (said.out + said.err).replace(str(key), "4711") == nothing.out + nothing.err
    assert status(work, key) == DEAD
    work.engine.dispose()
