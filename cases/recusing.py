"""Recusing: declaring an interest in a matter, challenging another, deciding, lifting; and matching by the engine.

Nobody decides on a challenge of their own or on themselves. The head's own recusal goes up to the commission above.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from cases import access, gathering, history, interests, recusal_notices, recusals, round_items, substitutes
from cases.errors import NoSuchMatter
from cases.interests import Match
from cases.matters import Matter, OnFile
from cases.office import Office
from cases.people import Posting, holders, person, postings_of
from cases.recusals import (
    ASKED,
    CHALLENGED,
    DECLARED,
    FOUND,
    IN_FORCE,
    LIFTED,
    MATCHED,
    NEAR,
    REFUSED,
    New,
    Recusal,
)
from states.agenda import FIRST
from states.facts import ENGINE, Reason, Refused
from states.rulebook import Label

TOUCHING = frozenset({"subject", "subject_unit", "project", "managed_by"})  # what a match is made from
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a recusal."""

    id: int
    number: str
    person: str
    kind: str
    state: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.id,
            "number": self.number,
            "person": self.person,
            "kind": self.kind,
            "state": self.state,
        }


class Found(NamedTuple):
    """What the engine put down: that somebody is out, or the question whether they are to be."""

    key: int
    person: str
    state: str
    why: str


def by_move(
    session: Session, office: Office, row: OnFile, *, who: str, reason: str, at: datetime, item: int = FIRST
) -> dict[str, str]:  # fmt: skip
    """Take out whoever declared an interest by a move. The move's event is the record of it: what that is to hold.

    Of a further item of a round: out of that item, which is to say out of its clue and all that came out of it.
    """
    clue = round_items.clues(session, row.id).get(item)
    key = recusals.put(session, clue or row.id, New(who, DECLARED, reason[:LONGEST], who), at=at)
    substitutes.reseat(session, office, who, by=who, at=at)
    if clue is not None:
        _note(
            session,
            gathering.load_by_id(session, clue).row,
            "declared",
            who,
            DECLARED,
            by=who,
            at=at,
            put=key,
        )
    recusal_notices.in_force(session, office, row, key, who, kind=DECLARED, by=who, at=at)
    return recusals.sealed(session, key) if clue is None else {}


def declare(
    session: Session, office: Office, number: str, *, actor: str, reason: str, at: datetime
) -> Decided:
    """Declare an interest of one's own: it takes effect at once. Raises NoSuchMatter, Refused."""
    row = gathering.load(session, office, number, login=actor, for_change=True).row
    key = recusals.put(session, row.id, New(actor, DECLARED, _said(reason), actor), at=at)
    substitutes.reseat(session, office, actor, by=actor, at=at)
    _note(session, row, "declared", actor, DECLARED, by=actor, at=at, put=key)
    recusal_notices.in_force(session, office, row, key, actor, kind=DECLARED, by=actor, at=at)
    return Decided(key, row.number, actor, DECLARED, IN_FORCE)


def challenge(
    session: Session, office: Office, number: str, *, actor: str, person_: str, reason: str, at: datetime
) -> Decided:
    """Ask that somebody else be kept out; a second person decides. Raises NoSuchMatter, UnknownPerson, Refused."""
    loaded = gathering.load(session, office, number, login=actor, for_change=True)
    gathering.takes_part(loaded)
    row = loaded.row
    who = person(session, person_).login
    if who == actor:
        raise _refused("declare_instead", "An interest of your own is declared, not challenged.",
                       "本人的回避情形应自行申报，无需他人提出。", "Declare it.", "请自行申报。")  # fmt: skip
    ours = row.organisation in {held.organisation for held in postings_of(session, actor)}
    known = ours and who in recusals.out_of(session, row.id)  # to others it would tell whom the clue is about
    if known or _asked(session, row.id, who, by=None if ours else actor):
        raise _refused("recused_already", f"{who} is recused already, or it was asked for.",
                       f"{who} 已回避或已有人提出。", "There is nothing left to do.", "无需重复提出。")  # fmt: skip
    key = recusals.put(session, row.id, New(who, CHALLENGED, _said(reason), actor, ASKED), at=at)
    found = session.get_one(Recusal, key)
    _note_sealed(session, row, recusals.ASKED_FOR, key, by=actor, at=at)
    recusal_notices.asked(session, office, row, found, deciders(session, office, row, found), at=at)
    return Decided(key, row.number, who, CHALLENGED, ASKED)


def decide(
    session: Session, office: Office, key: int, *, actor: str, grant: bool, reason: str, at: datetime
) -> Decided:
    """Decide on a challenge, or on names close to each other: keep the person out, or not. Whether two firms are one is
    decided for everybody whom the same two names bring in. Raises NoSuchMatter for what is not this person's to decide.
    """
    found, row = _to_decide(session, office, key, actor=actor, state=ASKED)
    state, text = (IN_FORCE if grant else REFUSED), _said(reason)
    for one in (found, *_alike(session, office, row, found, actor=actor)):
        changes = {"state": state, "decided_by": actor, "decided_at": at, "decision": text}
        recusals.change(session, int(one.id or 0), changes | {"salt": one.salt or recusals.fresh_salt()})
        if grant:
            _keep_out(session, office, row, one, by=actor, at=at)
        else:
            if one.kind == CHALLENGED:
                _note_sealed(session, row, recusals.NOT_GRANTED, int(one.id or 0), by=actor, at=at)
            substitutes.reseat_for(session, office, one.person, by=actor, at=at)
        recusal_notices.decided(session, office, row, one, by=actor, at=at)
    return Decided(key, row.number, found.person, found.kind, state)


def _keep_out(session: Session, office: Office, row: OnFile, one: Recusal, *, by: str, at: datetime) -> None:
    new = New(one.person, one.kind, one.reason, one.asked_by, concerns_them=one.concerns_them)
    recusals.spread(session, int(one.id or 0), row.id, new, at=at)
    substitutes.reseat(session, office, one.person, by=by, at=at)
    _note(session, row, "granted", one.person, one.kind, by=by, at=at, put=int(one.id or 0))
    recusal_notices.empty_seats(session, office, recusal_notices.in_rounds_of(one.person), at=at)


def _alike(session: Session, office: Office, row: OnFile, found: Recusal, *, actor: str) -> Sequence[Recusal]:
    """What else waits on this matter for the same two names of firms, projects or bodies, as far as it is theirs to decide.
    Of two persons of one name each is another question."""
    if not _of_firms(found):
        return []
    query = select(Recusal).where(
        col(Recusal.matter) == row.id, col(Recusal.id) != found.id, col(Recusal.kind) == NEAR,
        col(Recusal.state) == ASKED, col(Recusal.reason) == found.reason,
    )  # fmt: skip
    others = session.execute(query.order_by(col(Recusal.id))).scalars().all()
    return [one for one in others if actor in deciders(session, office, row, one)]


def _of_firms(one: Recusal) -> bool:
    return one.kind == NEAR and not one.reason.startswith("person:")


def lift(session: Session, office: Office, key: int, *, actor: str, reason: str, at: datetime) -> Decided:
    """Lift a recusal, such as a match of two firms of one name; decided as a challenge is. Another one stays in force."""
    found, row = _to_decide(session, office, key, actor=actor, state=IN_FORCE)
    changes = {"state": LIFTED, "decided_by": actor, "decided_at": at, "decision": _said(reason)}
    recusals.change(session, key, changes)
    substitutes.reseat(session, office, found.person, by=actor, at=at)
    _note(session, row, "lifted", found.person, found.kind, by=actor, at=at)
    recusal_notices.decided(session, office, row, found, by=actor, at=at)
    note_matches(session, office, row.id, match(session, office, row, at=at), at=at)
    return Decided(key, row.number, found.person, found.kind, LIFTED)


def deciders(session: Session, office: Office, row: OnFile, found: Recusal) -> list[str]:
    """Who may decide on a recusal: the heads of the keeping commission, but neither who asked nor who is concerned;
    where that is a head, or leaves nobody, those who receive what is sent up, in the nearest body above that has any.
    """
    book = office.rulebook(row.rulebook)
    concerned = {found.person, found.asked_by} if found.kind == CHALLENGED else {found.person}
    out = concerned | recusals.out_of(session, row.id)
    heads = holders(session, book.decides_recusals, organisation=row.organisation)
    if found.person not in heads and (free := [login for login in heads if login not in out]):
        return free
    return recusal_notices.receivers_above(session, book, row, out=out)


def _to_decide(
    session: Session, office: Office, key: int, *, actor: str, state: str
) -> tuple[Recusal, OnFile]:
    found = session.get(Recusal, key)
    if found is None or found.origin is not None or found.state != state:
        raise NoSuchMatter(str(key))
    row = gathering.load_by_id(session, found.matter).row
    session.refresh(found)  # two who decide at once wait for each other at the matter
    if found.state != state:
        raise NoSuchMatter(str(key))
    if actor not in deciders(session, office, row, found):
        raise _not_yours(actor, found) if _sees(session, office, row, actor) else NoSuchMatter(str(key))
    return found, row


def _not_yours(actor: str, found: Recusal) -> Exception:
    if actor in (found.asked_by, found.person):
        return _refused("second_person", "Somebody else decides on this; it is your own.", "须由另一人决定。",
                        "Ask the head, or for the head the commission above.",
                        "请主要负责人决定；涉及主要负责人的由上级机关决定。")  # fmt: skip
    return _refused("not_your_role", "Only the head decides on recusals; on the head's own the commission above.",
                    "回避由主要负责人决定；主要负责人的回避由上级机关决定。",
                    "Ask them.", "请其决定。")  # fmt: skip


def _sees(session: Session, office: Office, row: OnFile, actor: str) -> bool:
    query = select(1).where(
        col(Matter.id) == row.id, access.visible_to(session, actor, office.rulebook(row.rulebook))
    )
    return session.execute(query).first() is not None


def _asked(session: Session, matter: int, who: str, *, by: str | None) -> bool:
    """Whether a challenge of this person waits for its decision; `by` somebody, or (None) by anybody."""
    query = select(1).where(
        col(Recusal.matter) == matter, col(Recusal.person) == who, col(Recusal.state) == ASKED
    )
    if by is not None:
        query = query.where(col(Recusal.asked_by) == by)
    return session.execute(query).first() is not None


# -------------------------------------------------------------------------------------------------- matching


def match(
    session: Session, office: Office, row: OnFile, *, at: datetime, under: Sequence[int] = ()
) -> list[Found]:
    """Take out everybody a matter touches, for each cause once, and ask about whomever else it may touch; what came of it.
    Before anybody is told of it.

    What was lifted or refused, here or on what the matter came out of (`under`, while it is not linked yet), is not found
    again for the same cause; for another one it is. Whom it is about is taken out though they are out already: a weaker
    recusal may leave them the rest of a round, or be lifted.
    """
    causes, out = _causes(session, row, under), set(recusals.out_of(session, row.id))
    touched = interests.touched(session, row, head=office.rulebook(row.rulebook).decides_recusals)
    posted = _posted(session, {one.person for one in touched if one.near})
    found = []
    for one in touched:
        cause = (one.person, one.why[:LONGEST])
        if cause in causes and (causes[cause] or not one.concerns_them):
            continue
        if one.near and (one.person in out or one.person not in posted):
            continue  # one more reason would change nothing, or nothing is in their sight
        causes[cause] = one.concerns_them
        out |= set() if one.near else {one.person}
        found.append(_put_match(session, office, row.id, one, at=at))
    return found


def _causes(session: Session, row: OnFile, under: Sequence[int]) -> dict[tuple[str, str], bool]:
    """For what somebody was found to be touched, whatever was decided on it; and whether as the one it is about. What is in
    force above and did not follow down to here is not settled here."""
    above = recusals.above(session, {row.id, *under})
    columns = (col(Recusal.person), col(Recusal.reason), col(Recusal.concerns_them))
    query = select(*columns).where(
        col(Recusal.matter).in_(above),
        col(Recusal.kind).in_(FOUND),
        (col(Recusal.matter) == row.id) | (col(Recusal.state) != IN_FORCE),
    )
    found: dict[tuple[str, str], bool] = {}
    for person_, why, concerns_them in session.execute(query):
        found[person_, why] = concerns_them or found.get((person_, why), False)
    return found


def _posted(session: Session, people: Collection[str]) -> set[str]:
    query = select(col(Posting.person)).where(col(Posting.person).in_(people)) if people else None
    return set(session.execute(query).scalars()) if query is not None else set()


def _put_match(session: Session, office: Office, matter: int, one: Match, *, at: datetime) -> Found:
    kind, state = (NEAR, ASKED) if one.near else (MATCHED, IN_FORCE)
    new = New(one.person, kind, one.why[:LONGEST], ENGINE, state, concerns_them=one.concerns_them)
    key = recusals.put(session, matter, new, at=at)
    if state == IN_FORCE:
        substitutes.reseat(session, office, one.person, by=ENGINE, at=at)
    return Found(key, one.person, state, new.reason)


def note_matches(
    session: Session, office: Office, matter: int, found: Sequence[Found], *, at: datetime
) -> None:
    """Put on record who was taken out by a match: that, and who; not why. Then tell whom that concerns; and of names close
    to each other those who decide, once for all whom the same names bring in."""
    for one in found:
        if one.state == IN_FORCE:
            row = gathering.load_by_id(session, matter).row
            _note(session, row, "matched", one.person, MATCHED, by=ENGINE, at=at, put=one.key)
            recusal_notices.in_force(
                session, office, row, one.key, one.person, kind=MATCHED, by=ENGINE, at=at
            )
    for near in {one.why: one for one in reversed(found) if one.state == ASKED}.values():
        row, asked = gathering.load_by_id(session, matter).row, session.get_one(Recusal, near.key)
        recusal_notices.asked(session, office, row, asked, deciders(session, office, row, asked), at=at)


def match_everything(session: Session, office: Office, *, at: datetime, since: int = 0) -> int:
    """Match every matter put on file after the one with the id `since`, as after an import or a new interest; how many
    were taken out. Whose match was lifted is not matched again."""
    count = 0
    for matter in interests.possibly_touched(session, since=since):
        row = gathering.load_by_id(session, matter).row
        found = match(session, office, row, at=at)
        note_matches(session, office, matter, found, at=at)
        count += sum(one.state == IN_FORCE for one in found)
    return count


# ----------------------------------------------------------------------------------------------- what one sees


def mine(session: Session, office: Office, login: str) -> list[dict[str, Any]]:
    """The recusals a person is told of: their own, of matters they would otherwise see. That, not what for.

    A matter about the person or their own unit is not among them: a report never reaches whom it is about, though they
    have an interest in it besides. Where they knew of it before, nothing changes: that would tell them.
    """
    posted = postings_of(session, login)
    would_see = access.reach(login, posted, office.rulebook())
    about = aliased(Recusal)
    knew = (col(about.matter) == col(Recusal.matter), col(about.person) == login, col(about.state) == IN_FORCE,
            col(about.concerns_them), col(about.id) < col(Recusal.id))  # fmt: skip
    query = (
        select(col(Matter.number), col(Matter.machine), col(Recusal.kind), col(Recusal.asked_at))
        .join(Recusal, col(Recusal.matter) == col(Matter.id))
        .where(
            col(Recusal.person) == login,
            col(Recusal.state) == IN_FORCE,
            ~col(Recusal.concerns_them),
            ~exists(select(1).where(*knew)),
            would_see,
        )
        .order_by(col(Recusal.id))
    )
    found: dict[str, dict[str, Any]] = {}
    for number, machine, kind, since in session.execute(query):
        told = {
            "number": number,
            "machine": machine,
            "state": "recused",
            "kind": kind,
            "since": since.isoformat(),
        }
        found.setdefault(number, told)
    return list(found.values())


def to_decide(session: Session, office: Office, login: str) -> list[dict[str, Any]]:
    """The challenges this person may decide on, with their reasons; of a matter they do not see, its number only. Whom the
    same two names of firms bring in is one question: `also` are the others whom it concerns."""
    query = (
        select(Recusal)
        .where(col(Recusal.state) == ASKED, col(Recusal.origin).is_(None))
        .order_by(col(Recusal.id))
    )
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in session.execute(query).scalars():
        row = gathering.load_by_id(session, one.matter).row
        if login in deciders(session, office, row, one):
            question = (one.matter, one.reason) if _of_firms(one) else (one.id,)
            shown = found.setdefault(question, _shown(one, row.number, reasons=True) | {"also": []})
            shown["also"] += [one.person] if shown["id"] != one.id else []
    return list(found.values())


def of_matter(session: Session, office: Office, number: str, *, actor: str) -> list[dict[str, Any]]:
    """Who is kept out of a matter, or asked to be, for the staff of the body that keeps it; why, for who decides.

    Raises NoSuchMatter. For members of other bodies the list is empty: it would tell them whom a clue is about.
    """
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    if row.organisation not in {held.organisation for held in postings_of(session, actor)}:
        return []
    query = select(Recusal).where(col(Recusal.matter) == row.id).order_by(col(Recusal.id))
    return [
        _shown(one, row.number, reasons=actor in deciders(session, office, row, one))
        for one in session.execute(query).scalars()
        if actor != one.person
    ]


def _shown(one: Recusal, number: str, *, reasons: bool) -> dict[str, Any]:
    bare = {"id": one.id, "number": number, "person": one.person, "kind": one.kind, "state": one.state,
            "asked_by": one.asked_by, "asked_at": one.asked_at.isoformat(), "decided_by": one.decided_by}  # fmt: skip
    return bare | ({"reason": one.reason, "decision": one.decision} if reasons else {})


# --------------------------------------------------------------------------------------------------- the record


def _note(
    session: Session, row: OnFile, what: str, who: str, kind: str, *, by: str, at: datetime, put: int | None = None
) -> None:  # fmt: skip
    """Note what became of a recusal; with its seal, where this is what puts it (its key) on record."""
    row = gathering.load_by_id(session, row.id).row
    data = {"person": who, "kind": kind} | (recusals.sealed(session, put) if put is not None else {})
    history.note(session, replace(row), at=at, actor=by, move=f"recusal.{what}", data=data)


def _note_sealed(session: Session, row: OnFile, move: str, key: int, *, by: str, at: datetime) -> None:
    """Note that a recusal was asked for, or not granted, under its seal: of whom is nobody's to read in history."""
    row = gathering.load_by_id(session, row.id).row
    history.note(session, replace(row), at=at, actor=by, move=move, data=recusals.sealed(session, key))


def _said(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > LONGEST:
        raise _refused("missing", f"A reason is 1 to {LONGEST} characters.", f"理由须为 1 至 {LONGEST} 个字符。",
                       "Give the reason; only those who decide read it.", "请写明理由，仅决定人可见。")  # fmt: skip
    return text


def _refused(code: str, en: str, zh: str, cure_en: str, cure_zh: str) -> Refused:
    return Refused(code, (Reason(code, Label(en=en, zh=zh), Label(en=cure_en, zh=cure_zh)),))
