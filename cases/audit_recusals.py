"""Recusals held against their history: who was taken out and let back in, and that it still reaches the whole affair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from cases import recusals, round_items
from cases.audit_rows import Fault
from cases.history import Event
from cases.matters import Matter
from cases.recusals import ASKED, ASKED_FOR, IN_FORCE, LIFTED, NOT_GRANTED, REFUSED, Recusal
from cases.rounds import GivenOpinion
from states.agenda import FIRST
from states.rounds import View
from states.rulebook import Label

GRANTED = "recusal.granted"
PUT, LET_BACK = ("recusal.declared", GRANTED, "recusal.matched"), "recusal.lifted"
BY_MOVE = "declare_recusal"

Places = Counter[tuple[int, str]]  # matter and person


def faults(session: Session) -> Iterator[Fault]:
    """What is wrong with any recusal."""
    put, lifted = _told(session)
    stand, back = _on_file(session)
    wrong = {place for place in put | stand if put[place] != stand[place]}
    wrong |= {place for place in lifted | back if lifted[place] != back[place]}
    wrong |= _broken_seals(session)
    for matter, person in sorted(wrong):
        yield Fault(_number(session, matter), None, "recusal_altered", Label(
            en=f"The recusals of {person} are not those that history tells of.",
            zh=f"{person} 的回避记录与历史记录不符。"))  # fmt: skip
    yield from _not_as_asked(session)
    yield from _followers(session)
    yield from _reach(session)


def _told(session: Session) -> tuple[Places, Places]:
    """How often history says that somebody was taken out of a matter, and let back in."""
    put, lifted = Places(), Places()
    query = select(col(Event.matter), col(Event.actor), col(Event.move), col(Event.data))
    for matter, actor, move, data in session.execute(
        query.where(col(Event.move).in_((*PUT, LET_BACK, BY_MOVE)))
    ):
        if move == BY_MOVE and not _is_clue(session, matter, data.get("item")):
            put[matter, actor] += 1
        elif move in PUT:
            put[matter, data["person"]] += 1
        elif move == LET_BACK:
            lifted[matter, data["person"]] += 1
    said = select(col(GivenOpinion.matter), col(GivenOpinion.person), col(GivenOpinion.item)).where(
        col(GivenOpinion.view) == View.RECUSED
    )
    for matter, person, item in session.execute(said):
        if not _is_clue(session, matter, item):
            put[matter, person] += 1
    return put, lifted


def _broken_seals(session: Session) -> set[tuple[int, str]]:
    """Where a recusal is not as it was put on record: its row does not fit the seal in history, or one is without the
    other. What was put on record before there were seals has none."""
    noted = select(col(Event.matter), col(Event.actor), col(Event.data)).where(
        col(Event.data)[recusals.SEAL].as_string().is_not(None),
        col(Event.move).not_in((ASKED_FOR, NOT_GRANTED)),
    )
    told = Counter(
        (matter, data.get("person", actor), data[recusals.SEAL])
        for matter, actor, data in session.execute(noted)
    )
    first = (col(Recusal.origin).is_(None), col(Recusal.state).in_((IN_FORCE, LIFTED)))
    held = Counter(recusals.seals(session, *first))
    return {(matter, person) for matter, person, _ in (told - held) | (held - told)}


def _not_as_asked(session: Session) -> Iterator[Fault]:
    """What was asked for and is not as it was sealed then, or stands decided otherwise than history tells. What was asked
    before that was sealed is in no event."""
    told: dict[str, set[tuple[int, str]]] = {move: set() for move in (ASKED_FOR, NOT_GRANTED, GRANTED)}
    query = select(col(Event.matter), col(Event.move), col(Event.data)).where(
        col(Event.move).in_(tuple(told))
    )
    for matter, move, data in session.execute(query):
        if recusals.SEAL in data:
            told[move].add((matter, data[recusals.SEAL]))
    ours = told[ASKED_FOR]
    granted, refused = ours & told[GRANTED], ours & told[NOT_GRANTED]
    wrong = granted - _sealed(session, IN_FORCE, LIFTED)
    wrong |= refused - granted - _sealed(session, REFUSED)
    wrong |= ours - granted - refused - _sealed(session, ASKED)
    for matter in sorted({matter for matter, _ in wrong}):
        yield Fault(_number(session, matter), None, "recusal_altered", Label(
            en="A recusal that was asked for is not as it was asked, or not decided as history tells.",
            zh="提出的回避申请与提出时不符，或其决定与历史记录不符。"))  # fmt: skip


def _sealed(session: Session, *states: str) -> set[tuple[int, str]]:
    return {(matter, mark) for matter, _, mark in recusals.seals(session, col(Recusal.state).in_(states))}


def _is_clue(session: Session, round_: int, item: int | None) -> bool:
    """Whether who is out of this item is out of its clue: the clue's own history tells of that."""
    return (item or FIRST) in round_items.clues(session, round_)


def _on_file(session: Session) -> tuple[Places, Places]:
    """The same as the rows have it, without what followed from another."""
    put, lifted = Places(), Places()
    query = select(col(Recusal.matter), col(Recusal.person), col(Recusal.state)).where(
        col(Recusal.origin).is_(None), col(Recusal.state).in_((IN_FORCE, LIFTED))
    )
    for matter, person, state in session.execute(query):
        put[matter, person] += 1
        lifted[matter, person] += state == LIFTED
    return put, lifted


def _followers(session: Session) -> Iterator[Fault]:
    """What followed from a recusal stands as that one does, for the same person, and says the same."""
    root = aliased(Recusal)
    same = ("state", "person", "kind", "reason", "asked_by", "concerns_them")
    other = or_(*(getattr(root, name) != getattr(Recusal, name) for name in same))
    query = (
        select(col(Matter.number), col(Recusal.person))
        .join(root, col(root.id) == col(Recusal.origin))
        .join(Matter, col(Matter.id) == col(Recusal.matter))
        .where(other)
        .order_by(col(Recusal.id))
    )
    for number, person in session.execute(query):
        yield Fault(number, None, "recusal_altered", Label(
            en=f"A recusal of {person} does not stand as the one it followed from.",
            zh=f"{person} 的回避记录与其来源不一致。"))  # fmt: skip


def _reach(session: Session) -> Iterator[Fault]:
    """Who is kept out of a matter is kept out of everything that came out of it."""
    query = select(Recusal).where(col(Recusal.state) == IN_FORCE, col(Recusal.origin).is_(None))
    for one in session.execute(query.order_by(col(Recusal.id))).scalars():
        below = recusals.affair(session, one.matter, upwards=False, whole_rounds=one.concerns_them)
        for matter in _without(session, sorted(below), one.person):
            yield Fault(_number(session, matter), None, "recusal_missing", Label(
                en=f"{one.person} is kept out of what it came out of, and not of this.",
                zh=f"{one.person} 已回避其来源事项，本事项却无回避记录。"))  # fmt: skip


def _without(session: Session, matters: Sequence[int], person: str) -> list[int]:
    held = select(col(Recusal.matter)).where(
        col(Recusal.matter).in_(matters), col(Recusal.person) == person, col(Recusal.state) == IN_FORCE
    )
    return sorted(set(matters) - set(session.execute(held).scalars()))


def _number(session: Session, matter: int) -> str:
    return str(session.execute(select(col(Matter.number)).where(col(Matter.id) == matter)).scalar_one())
