"""The end of an account: proposed by one person, approved by another, and then all at once.

In one transaction everything that hangs on the person passes to successors through the gate, with its clocks as they
run; sessions, tokens, passwords and links end; the account is closed. If one matter cannot pass on, nothing does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from cases import (
    access,
    administering,
    belongings,
    file_signs,
    journal,
    people,
    readings,
    recusals,
    risk_signs,
)
from cases.belongings import Belonging, Belongings
from cases.errors import NoSuchMatter
from cases.gathering import standing
from cases.handing_over import Heir, bar, close, pass_on
from cases.office import Office
from cases.organisations import line_above
from states.facts import Reason, Refused
from states.rulebook import HandOver, Label

PROPOSED, APPROVED, REFUSED = "proposed", "approved", "refused"


class AccountEnd(SQLModel, table=True):
    """That an account is proposed to end, with who takes over, and what became of the proposal.

    `others` names other successors by the matter's number. `passed` is what passed on, once it was approved.
    """

    __tablename__ = "account_end"

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.login", index=True, max_length=64)
    successor: str | None = Field(default=None, foreign_key="person.login", max_length=64)
    others: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reason: str = Field(max_length=2000)
    status: str = Field(default=PROPOSED, max_length=16)
    proposed_by: str = Field(max_length=64)
    proposed_at: datetime
    decided_by: str | None = Field(default=None, max_length=64)
    decided_at: datetime | None = None
    passed: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to happen: whose account ends, and who takes over what."""

    person: str
    successor: str | None
    others: Mapping[str, str]
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """What passed on, to whom."""

    id: int
    person: str
    passed: tuple[tuple[str, str], ...]  # a matter's number or a programme's code, and the successor
    sessions: int
    tokens: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"id": self.id, "person": self.person, "passed": dict(self.passed), "sessions": self.sessions,
                "tokens": self.tokens}  # fmt: skip


def pack(session: Session, office: Office, login: str, *, actor: str) -> dict[str, Any]:
    """What hangs on a person, as `actor` may see it: what they do not see is only counted. Raises Refused."""
    held = belongings.of(session, office, people.person(session, login).login)
    _check_proposer(session, office, actor, login, held)
    return shown(session, office, held, actor=actor)


def shown(session: Session, office: Office, held: Belongings, *, actor: str) -> dict[str, Any]:
    """A pack for JSON, with the numbers of those matters only that `actor` sees."""
    seen = [one for one in held.matters if _sees(session, office, actor, one)]
    return {"matters": [one.as_dict() for one in seen], "unseen": len(held.matters) - len(seen),
            "clocks": sum(len(one.clocks) for one in held.matters), "programmes": list(held.programmes)}  # fmt: skip


def propose(session: Session, office: Office, proposal: Proposal, *, actor: str, at: datetime) -> AccountEnd:
    """Propose that an account ends. Raises UnknownPerson, Refused: with every matter that could not pass on."""
    person = people.person(session, proposal.person).login
    held = belongings.of(session, office, person)
    _check_proposer(session, office, actor, person, held)
    if not 0 < len(proposal.reason.strip()) <= 2000:
        raise _refused("missing", "A reason is 1 to 2000 characters.", "理由须为 1 至 2000 个字符。",
                       "Say why the account ends.", "请写明账号终止的原因。")  # fmt: skip
    if _waiting(session, person) is not None:
        raise _refused("proposed_already", f"That {person}'s account ends is proposed already.",
                       f"{person} 的账号终止已提出，待批准。", "Have it decided first.", "请先作出决定。")  # fmt: skip
    administering.check_not_last(session, office, person)
    _check_plan(session, office, proposal, held, actor=actor)
    end = AccountEnd(person=person, successor=proposal.successor, others=dict(proposal.others),
                     reason=proposal.reason.strip(), proposed_by=actor, proposed_at=at)  # fmt: skip
    session.add(end)
    session.flush()
    journal.note(session, "end_proposed", actor=actor, login=person, at=at)
    return end


def approve(session: Session, office: Office, key: int, *, actor: str, at: datetime) -> Ended:
    """Let it happen, as it stands now. Raises NoSuchMatter for what is not this person's to decide, and Refused."""
    end, held = _to_decide(session, office, key, actor=actor)
    proposal = Proposal(end.person, end.successor, end.others, end.reason)
    administering.check_not_last(session, office, end.person)
    heirs = _check_plan(session, office, proposal, held, actor=actor)
    passed = [pass_on(session, office, one, heirs[one.row.number], by=actor, at=at) for one in held.matters]
    passed += _pass_programmes(session, end.person, end.successor)
    readings.end_with_account(session, end.person, by=actor, at=at)
    sessions, tokens = close(session, end.person, at=at)
    if belongings.of(session, office, end.person):
        raise LookupError(f"Something was left behind with {end.person}.")
    end.status, end.decided_by, end.decided_at, end.passed = APPROVED, actor, at, dict(passed)
    session.add(end)
    session.flush()
    entry = journal.note(session, "ended", actor=actor, login=end.person, at=at, proposed_by=end.proposed_by)
    risk_signs.of_duty(session, end.person, entry=entry, at=at)
    file_signs.of_duty(session, end.person, entry=entry, at=at)
    return Ended(key, end.person, tuple(passed), sessions, tokens)


def refuse(session: Session, office: Office, key: int, *, actor: str, at: datetime) -> AccountEnd:
    """Decide against it; or, for who proposed it, take it back."""
    end = session.get(AccountEnd, key)
    if end is None or end.status != PROPOSED or end.proposed_by != actor:
        end, _ = _to_decide(session, office, key, actor=actor)
    end.status, end.decided_by, end.decided_at = REFUSED, actor, at
    session.add(end)
    session.flush()
    journal.note(session, "end_refused", actor=actor, login=end.person, at=at)
    return end


def waiting(session: Session, office: Office, *, actor: str) -> list[tuple[AccountEnd, dict[str, Any]]]:
    """The proposals that are this person's to decide or of their making, each with its pack as they see it."""
    query = select(AccountEnd).where(AccountEnd.status == PROPOSED).order_by(col(AccountEnd.id))
    found = []
    for end in session.exec(query).all():
        held = belongings.of(session, office, end.person)
        if actor == end.proposed_by or actor in deciders(session, office, end, held):
            found.append((end, shown(session, office, held, actor=actor)))
    return found


def deciders(session: Session, office: Office, end: AccountEnd, held: Belongings) -> list[str]:
    """Who may approve: whoever holds the approving role in every body that keeps one of the matters (without any, in
    the person's or the proposer's), but nobody concerned and nobody kept out of one of them; where that leaves nobody,
    those who receive what is sent up, in the nearest body above that has any."""
    rules, book = _rules(office), office.rulebook()
    concerned = {end.person, end.proposed_by, end.successor, *end.others.values()}
    for one in held.matters:
        concerned |= recusals.out_of(session, one.row.id)
    bodies = sorted({one.row.organisation for one in held.matters}) or _homes(session, end)
    approvers = [set(people.holders(session, rules.approved_by, organisation=body)) for body in bodies]
    free = (set.intersection(*approvers) if held.matters else set.union(*approvers)) - concerned
    if free:
        return sorted(free)
    for above in line_above(session, bodies[0]):
        if free := set(people.holders(session, book.receives, organisation=above.code)) - concerned:
            return sorted(free)
    return []


def _homes(session: Session, end: AccountEnd) -> list[str]:
    return [session.get_one(people.Person, login).organisation for login in (end.person, end.proposed_by)]


def _to_decide(session: Session, office: Office, key: int, *, actor: str) -> tuple[AccountEnd, Belongings]:
    end = session.get(AccountEnd, key, with_for_update=True)
    if end is None or end.status != PROPOSED:
        raise NoSuchMatter(str(key))
    held = belongings.of(session, office, end.person)
    if actor in deciders(session, office, end, held):
        return end, held
    if actor == end.proposed_by:
        raise _refused("second_person", "A second person approves; you proposed it.", "须由另一人批准，提出人不能自己批准。",
                       "Ask the head; where the head is concerned, the commission above.",
                       "请主要负责人批准；涉及主要负责人的由上级机关批准。")  # fmt: skip
    raise NoSuchMatter(str(key))


def _check_proposer(session: Session, office: Office, actor: str, person: str, held: Belongings) -> None:
    """Raises Refused unless `actor` may propose: the operator for anybody, others within the bodies concerned."""
    rules, book = _rules(office), office.rulebook()
    bodies = {one.row.organisation for one in held.matters} | {people.person(session, person).organisation}
    for posting in people.postings_of(session, actor):
        if posting.role in rules.proposed_by and (
            posting.role == book.administers or posting.organisation in bodies
        ):
            return
    names = [book.roles[role].label for role in rules.proposed_by]
    raise _refused("not_your_role", f"Proposed by: {', '.join(one.en for one in names)}.",
                   f"由{'、'.join(one.zh for one in names)}提出。", "Ask one of them.", "请其提出。")  # fmt: skip


def _check_plan(
    session: Session, office: Office, proposal: Proposal, held: Belongings, *, actor: str
) -> dict[str, Heir]:
    """Who takes over which matter. Raises Refused with every matter that cannot pass on as planned."""
    numbers = {one.row.number for one in held.matters}
    reasons = [_not_theirs(number) for number in sorted(set(proposal.others) - numbers)]
    heirs: dict[str, Heir] = {}
    for one in held.matters:
        named = proposal.others.get(one.row.number, proposal.successor)
        heir, reason = _heir(session, office, one, proposal.person, named)
        if heir is not None:
            heirs[one.row.number] = heir
        if reason is not None:
            reasons.append(reason if _sees(session, office, actor, one) else _SOMEWHERE)
    if held.programmes and proposal.successor is None:
        reasons.append(bar("no_successor", ", ".join(held.programmes), ""))
    if reasons:
        raise Refused("cannot_hand_over", tuple(dict.fromkeys(reasons)))
    return heirs


def _heir(
    session: Session, office: Office, one: Belonging, person: str, named: str | None
) -> tuple[Heir | None, Reason | None]:
    if named is None:
        return None, bar("no_successor", one.row.number, "")
    heir = Heir(person, named, _rules(office))
    return heir, heir.unfit(session, office, one)


def _pass_programmes(session: Session, person: str, successor: str | None) -> Iterator[tuple[str, str]]:
    for programme in belongings.programmes(session, person):
        heirs = [successor if login == person else login for login in programme.inspectors]
        programme.inspectors = list(dict.fromkeys(login for login in heirs if login is not None))
        session.add(programme)
        yield programme.code, str(successor)


def _sees(session: Session, office: Office, actor: str, one: Belonging) -> bool:
    postings, seated, reads, recused = standing(session, actor, matter=one.row.id)
    book = office.rulebook(one.row.rulebook)
    return access.sees(actor, postings, book, one.row, seated=seated, reads=reads, recused=recused)


def _waiting(session: Session, person: str) -> AccountEnd | None:
    query = select(AccountEnd).where(AccountEnd.person == person, AccountEnd.status == PROPOSED)
    return session.exec(query).first()


def of(session: Session, person: str) -> Sequence[AccountEnd]:
    """The proposals there have been about a person, oldest first."""
    return session.exec(
        select(AccountEnd).where(AccountEnd.person == person).order_by(col(AccountEnd.id))
    ).all()


def _rules(office: Office) -> HandOver:
    rules = office.rulebook().hands_over
    if rules is None:
        raise _refused("no_hand_over", "The rulebook says nothing of how an account ends (`hands_over`).",
                       "规则未规定账号终止的工作移交（hands_over）。", "Have it added and published.",
                       "请补充规则并发布。")  # fmt: skip
    return rules


def _not_theirs(number: str) -> Reason:
    return Reason("not_theirs", Label(en=f"{number[:64]} does not hang on this person.", zh=f"{number[:64]} 不属于该人员。"),
                  Label(en="Name only what is in the pack.", zh="只能指定移交清单中的事项。"))  # fmt: skip


_SOMEWHERE = Reason(
    "cannot_take_over",
    Label(en="A matter you do not see cannot pass to the successor named for it.",
          zh="有您无权查看的事项不能移交给所指定的接替人。"),
    Label(en="Have the case supervision office propose it: it sees what and why.",
          zh="请案件监督管理部门提出，其可查看具体事项及原因。"),
)  # fmt: skip
"""For one who does not see the matter: without its number, and without whatever the number would give away."""


def _refused(code: str, en: str, zh: str, cure_en: str, cure_zh: str) -> Refused:
    return Refused(code, (Reason(code, Label(en=en, zh=zh), Label(en=cure_en, zh=cure_zh)),))
