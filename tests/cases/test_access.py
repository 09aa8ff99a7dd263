"""Who may see what: the query filter and the judgement of a single matter must be one rule, and deny by default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select
from sqlmodel import Session, SQLModel, col

from cases import access
from cases.matters import Matter, OnFile, Reader, Seat
from cases.people import Held
from cases.recusals import Recusal
from plumbline import sample
from plumbline.database import engine_for
from states.rulebook import Reach, Rulebook
from tests.cases.small_office import label, rulebook

AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
BODIES = [sample.COMMISSION, sample.DISTRICT, sample.OWNER]
PROJECTS = ["PC", "BR"]
LOGINS = ["officer", "officer2", "leader"]
ROLES = [f"sees_{reach.value}" for reach in Reach] + ["sees_nothing", "unheard_of"]


def rules() -> Rulebook:
    """A role for each reach, and one that sees nothing."""
    seeing: dict[str, Any] = {f"sees_{reach.value}": {"label": label(reach.value), "sees": {"clue": reach.value}}
                              for reach in Reach}  # fmt: skip
    return rulebook(roles=seeing | {"sees_nothing": {"label": label("nothing")}})


postings = st.lists(
    st.builds(Held, role=st.sampled_from(ROLES), organisation=st.sampled_from(BODIES),
              project=st.none() | st.sampled_from(PROJECTS)),
    max_size=4,
)  # fmt: skip
matters = st.builds(
    OnFile, id=st.just(1), machine=st.sampled_from(["clue", "errand"]), number=st.just("N-1"), rulebook=st.just("small@1"),
    state=st.just("registered"), version=st.just(1), organisation=st.sampled_from(BODIES),
    addressee=st.none() | st.sampled_from(BODIES), project=st.none() | st.sampled_from(PROJECTS),
    opener=st.none() | st.sampled_from(LOGINS), handler=st.none() | st.sampled_from(LOGINS), title=st.just(""),
    received_on=st.none(), opened_at=st.just(AT), moved_at=st.just(AT), moved_by=st.just("x"),
    progressed_at=st.just(AT), sent_at=st.none() | st.just(AT), values=st.just({}), acts=st.just({}),
    head_seq=st.just(1), head_hash=st.just(""),
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with the sample's people, where every example rolls back what it put down."""
    engine = engine_for(f"sqlite:///{tmp_path_factory.mktemp('access')}/desk.db")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        sample.load(session, on=AT.date())
    yield engine
    engine.dispose()


@settings(max_examples=300)
@given(
    matter=matters,
    held=postings,
    seated=st.booleans(),
    put=st.sampled_from(["never", "reads", "ended"]),
    states=st.lists(st.sampled_from(["asked", "in_force", "refused", "lifted"]), max_size=2),
)
def test_the_filter_and_the_judgement_agree(
    desk: Engine, matter: OnFile, held: list[Held], seated: bool, put: str, states: list[str]
) -> None:
    with Session(desk) as session:
        session.execute(insert(Matter).values(asdict(matter)))
        if seated:
            session.execute(insert(Seat).values(matter=1, person="officer"))
        if put != "never":
            session.execute(
                insert(Reader).values(
                    matter=1, person="officer", ground="copy_to", since=1, ended=2 if put == "ended" else None
                )
            )
        for state in states:
            session.execute(insert(Recusal).values(matter=1, person="officer", kind="declared", state=state,
                                                   asked_by="officer", asked_at=AT))  # fmt: skip
        session.execute(insert(Recusal).values(matter=1, person="leader", kind="declared", state="in_force",
                                               asked_by="leader", asked_at=AT))  # fmt: skip
        query = select(col(Matter.id)).where(access.visible("officer", held, rules()))
        by_query = session.execute(query).first() is not None
        apart = access.apart(access.ways("officer", held, rules(), machine="clue"))
        ways = [session.execute(select(col(Matter.id)).where(way)).first() is not None for way in apart]
        within = select(col(Matter.id)).where(access.reach("officer", held, rules(), machine="clue"))
        reached = session.execute(within).first() is not None
        session.rollback()
    assert sum(ways) == reached, "what is within reach is counted by one way, and by one alone"
    assert by_query == access.sees(
        "officer", held, rules(), matter, seated=seated, reads=put == "reads", recused="in_force" in states
    )


def test_whoever_is_recused_sees_nothing_whatever_they_hold() -> None:
    matter = OnFile(1, "clue", "N-1", "small@1", "registered", 1, "MGJ", "MGJ", "PC", "officer", "officer", "", None,
                    AT, AT, "x", AT, AT, {}, {}, 1, "")  # fmt: skip
    held = [Held(f"sees_{reach.value}", "MGJ", "PC") for reach in Reach]
    assert access.sees("officer", held, rules(), matter, seated=True, recused=False)
    assert not access.sees("officer", held, rules(), matter, seated=True, recused=True)


def test_no_posting_and_no_known_role_see_nothing() -> None:
    matter = OnFile(1, "clue", "N-1", "small@1", "registered", 1, "MGJ", "MGJ", "PC", "officer", "officer", "", None,
                    AT, AT, "x", AT, AT, {}, {}, 1, "")  # fmt: skip
    for held in ([], [Held("sees_nothing", "MGJ", None)], [Held("unheard_of", "MGJ", None)]):
        assert not access.sees("officer", held, rules(), matter, seated=True, recused=False)


def test_what_was_not_sent_is_not_seen_by_whom_it_is_for() -> None:
    drafted = OnFile(1, "clue", "N-1", "small@1", "drafted", 1, "MGJ", "BHJ", None, None, None, "", None,
                     AT, AT, "x", AT, None, {}, {}, 1, "")  # fmt: skip
    held = [Held("sees_addressed", "BHJ", None)]
    assert not access.sees("district", held, rules(), drafted, seated=False, recused=False)
