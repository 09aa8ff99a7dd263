"""Opening a matter: by hand, as a clue is registered, or as another matter's move brings it about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from cases import clocks, history, linking, recusals, recusing, references, requests, round_moves
from cases.gathering import standing
from cases.matters import Matter, OnFile
from cases.moved import Moved
from cases.numbering import next_number
from cases.office import Office, occurred
from cases.organisations import Organisation, line_above
from states import forms, guards
from states.facts import Actor, Facts, Reason, Refused
from states.machine import judge
from states.rulebook import FormField, Label, Machine, Opens

_INSERT = insert(Matter)


@dataclass(frozen=True, slots=True)
class Birth:
    """What a new matter starts with."""

    machine: str
    organisation: str
    actor: str
    at: datetime
    values: Mapping[str, Any]
    form: Sequence[FormField]
    project: str | None = None
    handler: str | None = None
    opener: str | None = None
    parent: int | None = None  # whoever is kept out of this matter is kept out of the new one
    arrives: str | None = None  # the move that brings it in from another site; without it, it is opened here


def open_matter(
    session: Session,
    office: Office,
    machine: str,
    *,
    actor: str,
    at: datetime,
    fields: Mapping[str, Any],
    key: str | None = None,
    typed: bool = False,
) -> Moved:
    """Open a matter by hand as `actor`. It is kept by the organisation of the posting that gives the right to.

    `key` and `typed` as in `advance`. Raises KeyReused; Refused: not a role that may, a form that lacks something, a
    guard of the opening.
    """
    request = requests.Request(actor, key, (machine, "open", dict(fields)))
    if (answered := requests.answered(session, request)) is not None:
        return Moved(**answered)
    rules = office.rulebook().machines[machine]
    person, organisation = _entitled(session, rules, actor)
    form = _read(
        session, office, rules, machine, person, fields, at=at, organisation=organisation, typed=typed
    )
    private = {
        part.name: form.pop(part.name) for part in rules.register_ if part.private and part.name in form
    }
    birth = Birth(machine, organisation, actor, at, form, rules.register_, opener=actor)
    row, moved = _bear(session, office, rules, birth)
    linking.keep_private(session, row.id, private)
    requests.remember(session, request, moved.kept(), at=at)
    return moved


def open_from(
    session: Session, office: Office, parent: OnFile, opens: Opens, source: Mapping[str, Any], *,
    actor: str, at: datetime,
) -> Moved:  # fmt: skip
    """Open the matter that a move of `parent` brings about, linked to it, with the facts the rulebook hands on."""
    rules = office.rulebook(parent.rulebook).machines[opens.machine]
    values = {name: source[name] for name in opens.copies if source.get(name) is not None}
    opener = actor if history.is_person(actor) else None
    birth = Birth(opens.machine, parent.organisation, actor, at, values, rules.register_,
                  project=parent.project, handler=parent.handler, opener=opener,
                  parent=None if opens.link in recusals.APART else parent.id)  # fmt: skip
    row, moved = _bear(session, office, rules, birth)
    linking.link(session, parent=parent.id, child=row.id, kind=opens.link)
    if opens.also_under is not None:
        for above in linking.linked(session, parent.id, kind=opens.also_under, towards="parent"):
            linking.link(session, parent=above, child=row.id, kind=opens.link)
    return moved


def open_by_programme(
    session: Session, office: Office, machine: str, *, organisation: str, project: str | None,
    values: Mapping[str, Any], actor: str, at: datetime,
) -> Moved:  # fmt: skip
    """Open a matter that a programme foresaw, such as an inspection round."""
    rules = office.rulebook().machines[machine]
    birth = Birth(machine, organisation, actor, at, values, rules.register_, project=project)
    return _bear(session, office, rules, birth)[1]


def open_from_site(
    session: Session, office: Office, machine: str, *, organisation: str, arrives: str,
    values: Mapping[str, Any], site: str, at: datetime,
) -> tuple[OnFile, Moved]:  # fmt: skip
    """Open the matter that a signed file of another site brings by the move `arrives`: kept by the body it is for, and
    in sight of it."""
    rules = office.rulebook().machines[machine]
    birth = Birth(machine, organisation, site, at, values, rules.moves[arrives].fields, arrives=arrives)
    return _bear(session, office, rules, birth)


def _entitled(session: Session, rules: Machine, login: str) -> tuple[Actor, str]:
    """The person with all their roles, and the organisation whose posting entitles them to open such a matter."""
    postings, *_ = standing(session, login, matter=0)
    entitling = [posting.organisation for posting in postings if posting.role in rules.registered_by]
    home = entitling[0] if entitling else (postings[0].organisation if postings else "")
    return Actor(login, frozenset(posting.role for posting in postings), home or None, is_opener=True), home


def _read(
    session: Session, office: Office, rules: Machine, machine: str, person: Actor, given: Mapping[str, Any], *,
    at: datetime, organisation: str, typed: bool,
) -> dict[str, Any]:  # fmt: skip
    """The opening's form, read and judged; refuses with everything that is wrong at once."""
    today = office.day(at)
    judging = judge(office.rulebook(), machine)
    facts = Facts(at=at, today=today, state=rules.initial, actor=person)
    judging.check_opening(facts)
    reasons: list[Reason] = []
    form: dict[str, Any] = {}
    try:
        form = forms.read_form(rules.register_, given, values={}, today=today, zone=office.zone, typed=typed)
        reasons += references.faults(session, rules.register_, form, organisation=organisation)
        reasons += _against(rules, replace(facts, form=form))
    except Refused as refusal:
        reasons += refusal.reasons
    if reasons:
        raise Refused("bad_form", tuple(reasons))
    return form


def _against(rules: Machine, facts: Facts) -> list[Reason]:
    found = (guards.GUARDS[use.name].holds(facts, use.argument) for use in rules.register_guards)
    return [reason for reason in found if reason is not None]


def _bear(session: Session, office: Office, rules: Machine, birth: Birth) -> tuple[OnFile, Moved]:
    """Number it, put it down with the first event of its history, start its clocks, tell whom it concerns."""
    year = office.day(birth.at).year
    birth = replace(birth, values=round_moves.convened(rules, birth.values))
    row = newborn(
        office, rules, birth, number=next_number(session, rules, code=birth.organisation, year=year)
    )
    if row.addressee is None:
        row = replace(row, addressee=_addressee(session, rules, birth.organisation))
    move = birth.arrives or rules.register_move
    hashed = history.chained(row, at=birth.at, actor=birth.actor, move=move, from_state=None,
                             data=birth.values)  # fmt: skip
    values = {part.name: getattr(row, part.name) for part in fields(OnFile) if part.name != "id"}
    done = session.connection().execute(_INSERT, values | {"head_hash": hashed.hash})
    key = int((done.inserted_primary_key or (0,))[0])
    row = replace(row, id=key, head_hash=hashed.hash)
    event = history.append(session, replace(hashed, matter=key))
    linking.keep_seats(session, key, birth.form, birth.values)
    linking.keep_subject(session, key, birth.values)
    round_moves.seat(session, rules, key, birth.values)
    if birth.parent is not None:
        recusals.inherit(session, birth.parent, key, at=birth.at)
    out = recusing.match(session, office, row, at=birth.at)
    clocks.keep(session, office, rules, None, row, move=move, actor=birth.actor, at=birth.at,
                event=event)  # fmt: skip
    office.announce(session, office, [occurred(row, event=event, move=move, at=birth.at, by=birth.actor)])
    recusing.note_matches(session, key, out, at=birth.at)
    return row, Moved(row.number, row.machine, move, None, row.state, row.version, event)


def newborn(office: Office, rules: Machine, birth: Birth, *, number: str) -> OnFile:
    """The matter as it will stand on file, but for its key, its hash, and an addressee its form did not name."""
    columns: dict[str, Any] = {
        "project": birth.project,
        "handler": birth.handler,
        "title": "",
        "received_on": None,
    }
    columns |= linking.columns_set(birth.form, birth.values)
    came, move = birth.arrives is not None, birth.arrives or rules.register_move
    return OnFile(
        id=0, machine=birth.machine, rulebook=office.rulebook().key, version=1, number=number,
        state=(rules.moves[move].to if came else None) or rules.initial, organisation=birth.organisation,
        addressee=columns.pop("addressee", birth.organisation if came else None), opener=birth.opener,
        opened_at=birth.at, moved_at=birth.at, moved_by=birth.actor, progressed_at=birth.at,
        sent_at=birth.at if came else None,
        values=dict(birth.values), acts={move: [birth.actor, office.day(birth.at).isoformat()]},
        head_seq=1, head_hash="", **columns,
    )  # fmt: skip


def _addressee(session: Session, rules: Machine, organisation: str) -> str | None:
    """The nearest commission above, where the machine's matters are for it."""
    if rules.addressed != "above":
        return None
    for above in line_above(session, organisation):
        if above.kind == "commission":
            return above.code
    own = session.get(Organisation, organisation)
    name = own.name("en") if own else organisation
    name_zh = own.name("zh") if own else organisation
    raise Refused("nobody_above", (Reason(
        "nobody_above",
        Label(en=f"No commission stands above {name}.", zh=f"{name_zh} 之上没有登记上级纪检监察机关。"),
        Label(en="The operator enters the commission above in the tree of organisations.",
              zh="请系统管理员在组织机构树中登记上级机关。"),
    ),))  # fmt: skip


def id_of(session: Session, number: str) -> int:
    """The key of the matter with this number."""
    return int(session.execute(select(col(Matter.id)).where(col(Matter.number) == number)).scalar_one() or 0)
