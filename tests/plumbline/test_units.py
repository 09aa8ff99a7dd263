"""Units of work: committed once or not at all, on the same connection one after the other."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from cases import linking, numbering
from cases.matters import Counter
from cases.organisations import Organisation
from plumbline.database import Writers


def body(code: str) -> Organisation:
    return Organisation(code=code, kind="owner", name_zh=code, name_en=code)


def codes(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return sorted(session.execute(select(col(Organisation.code))).scalars())


def counted(engine: Engine) -> int:
    with Session(engine) as session:
        return int(session.execute(select(func.coalesce(func.sum(col(Counter.value)), 0))).scalar_one())


def test_what_was_added_is_written_without_being_asked_to(engine: Engine) -> None:
    with Writers(engine).unit() as session:
        session.add(body("A"))
    assert codes(engine) == ["A"]


def test_a_unit_that_fails_leaves_nothing_and_the_next_one_works(engine: Engine) -> None:
    writers = Writers(engine)
    with pytest.raises(RuntimeError, match="stop"), writers.unit() as session:  # noqa: PT012 - the unit is what is tested
        numbering.raise_to(session, "A-", by=1)
        session.add(body("A"))
        session.flush()
        raise RuntimeError("stop")
    assert (codes(engine), counted(engine)) == ([], 0)
    with writers.unit() as session:
        numbering.raise_to(session, "A-", by=1)
    assert counted(engine) == 1


def test_a_statement_that_fails_fails_the_whole_unit(engine: Engine) -> None:
    writers = Writers(engine)
    with pytest.raises(IntegrityError), writers.unit() as session:  # noqa: PT012 - the unit is what is tested
        numbering.raise_to(session, "A-", by=1)
        linking.link(session, parent=1, child=2, kind="errand")  # neither is on file
    assert counted(engine) == 0


def test_a_flush_that_failed_is_not_forgotten(engine: Engine) -> None:
    writers = Writers(engine)
    with writers.unit() as session:
        session.add(body("A"))
    with pytest.raises(Exception, match=r"rolled back|closed"), writers.unit() as session:  # noqa: PT012
        numbering.raise_to(session, "A-", by=1)
        session.add(body("A"))
        with pytest.raises(IntegrityError):
            session.flush()
        numbering.raise_to(session, "A-", by=1)
    assert counted(engine) == 0


def test_no_unit_sees_the_objects_of_the_one_before(engine: Engine) -> None:
    writers = Writers(engine)
    with writers.unit() as session:
        session.add(body("A"))
    with Session(engine) as other, other.begin():
        other.get_one(Organisation, "A").name_en = "changed"
    with writers.unit() as session:
        assert session.get_one(Organisation, "A").name_en == "changed"


def test_many_threads_write_at_once_and_none_is_lost(engine: Engine) -> None:
    writers = Writers(engine)

    def one() -> None:
        for _ in range(10):
            with writers.unit() as session:
                numbering.raise_to(session, "A-", by=1)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert counted(engine) == 40


def test_an_engine_that_is_disposed_of_leaves_no_connection_open(engine: Engine) -> None:
    writers = Writers(engine)
    with writers.unit() as session:
        kept = session.connection()
    engine.dispose()
    assert kept.closed
    with writers.unit() as session:
        assert numbering.raise_to(session, "A-", by=1) == 1
