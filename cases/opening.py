"""Opening a matter: by hand, as a clue is registered, or as another matter's move brings it about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from cases import (
    catalogues,
    checklists,
    clocks,
    history,
    linking,
    owing,
    person_files,
    project_files,
    recusal_notices,
    recusals,
    recusing,
    references,
    requests,
    risk_points,
    risk_signs,
    round_items,
    round_moves,
    rounds,
    seat_record,
    sight,
)
from cases.gathering import load_by_id, standing
from cases.matters import Matter, OnFile
from cases.moved import Moved
from cases.numbering import next_number
from cases.office import Office, occurred
from cases.organisations import Organisation, line_above
from cases.references import Looks
from cases.rounds import RoundSeat
from states import forms, guards
from states.agenda import FIRST
from states.facts import ENGINE, Actor, Facts, Reason, Refused
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
    parents: tuple[int, ...] = ()  # whoever is kept out of one of these is kept out of the new matter
    by: str | None = None  # the move that brings it about; without one, it is opened
    from_site: bool = False  # its content came from another site


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
    organisation: str | None = None,
) -> Moved:
    """Open a matter by hand as `actor`. It is kept by the organisation of the posting that gives the right to; of several
    such, by `organisation`.

    `key` and `typed` as in `advance`. Raises KeyReused; Refused: not a role that may, a form that lacks something, a
    guard of the opening.
    """
    request = requests.Request(actor, key, (machine, "open", dict(fields)))
    if (answered := requests.answered(session, request)) is not None:
        return Moved(**answered)
    rules = office.rulebook().machines[machine]
    person, organisation = _entitled(session, rules, actor, organisation)
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


TITLE, RECEIVED = "title", "received_on"


def open_from(
    session: Session, office: Office, parent: OnFile, opens: Opens, source: Mapping[str, Any], *,
    actor: str, at: datetime,
) -> Moved:  # fmt: skip
    """Open the matter that a move of `parent` brings about, linked to it, with the facts the rulebook hands on."""
    rules = office.rulebook(parent.rulebook).machines[opens.machine]
    opener = actor if history.is_person(actor) else None
    keeper = parent.addressee if opens.kept_by == "addressee" else None
    above = _also_under(session, parent, opens, source)
    values = _of_above(session, opens, above) | handed_on(office, parent, opens, source)
    birth = Birth(opens.machine, keeper or parent.organisation, actor, at, values, rules.register_,
                  project=parent.project, handler=parent.handler, opener=opener, by=opens.by,
                  parents=() if opens.link in recusals.APART else (parent.id, *above))  # fmt: skip
    row, moved = _bear(session, office, rules, birth)
    for one in (parent.id, *above):
        linking.link(session, parent=one, child=row.id, kind=opens.link)
    return moved


def _of_above(session: Session, opens: Opens, above: Sequence[int]) -> dict[str, Any]:
    """Facts of what the parent came out of, such as the phase of the clue that a round was convened on."""
    found: dict[str, Any] = {}
    for one in above if opens.copies_above else ():
        held = load_by_id(session, one).row.values
        found |= {name: held[name] for name in opens.copies_above if held.get(name) is not None}
    return found


def handed_on(office: Office, parent: OnFile, opens: Opens, source: Mapping[str, Any]) -> dict[str, Any]:
    """What a matter starts with: facts of the one it comes out of, and those that the rulebook sets. Where that asks for its
    title by another name, or for no day of receipt, they are its title and the day it came on file."""
    own = {TITLE: parent.title, RECEIVED: office.day(parent.opened_at).isoformat()}
    known = own | {name: value for name, value in source.items() if value is not None}
    return {name: known[name] for name in opens.copies if name in known} | dict(opens.sets)


def _also_under(session: Session, parent: OnFile, opens: Opens, source: Mapping[str, Any]) -> Sequence[int]:
    """What else the new matter comes out of: of a round, the clue of the item that it follows from, and no other."""
    if opens.also_under is None:
        return ()
    above = linking.linked(session, parent.id, kind=opens.also_under, towards="parent")
    further = {clue: item for item, clue in round_items.clues(session, parent.id).items()}
    rules = rounds.frozen_rules(parent)
    if not further or rules is None:
        return above
    item = source.get(rules.item, FIRST)
    return [one for one in above if further.get(one, FIRST) == item]


def open_by_programme(
    session: Session, office: Office, machine: str, *, organisation: str, project: str | None,
    values: Mapping[str, Any], actor: str, at: datetime,
) -> Moved:  # fmt: skip
    """Open a matter that a programme foresaw, such as an inspection round, or that the program itself drew up for
    somebody."""
    rules = office.rulebook().machines[machine]
    opener = actor if history.is_person(actor) else None
    birth = Birth(machine, organisation, actor, at, values, rules.register_, project=project, opener=opener)
    return _bear(session, office, rules, birth)[1]


def open_from_site(
    session: Session, office: Office, machine: str, *, organisation: str, arrives: str,
    values: Mapping[str, Any], site: str, at: datetime,
) -> tuple[OnFile, Moved]:  # fmt: skip
    """Open the matter that a signed file of another site brings by the move `arrives`: kept by the body it is for, and
    in sight of it."""
    rules = office.rulebook().machines[machine]
    birth = Birth(
        machine, organisation, site, at, values, rules.moves[arrives].fields, by=arrives, from_site=True
    )
    return _bear(session, office, rules, birth)


def _entitled(session: Session, rules: Machine, login: str, wanted: str | None) -> tuple[Actor, str]:
    """The person with all their roles, and the organisation whose posting entitles them to open such a matter: of several
    the wanted one."""
    postings, *_ = standing(session, login, matter=0)
    entitling = [posting.organisation for posting in postings if posting.role in rules.registered_by]
    first = entitling[0] if entitling else (postings[0].organisation if postings else "")
    home = wanted if wanted is not None and wanted in entitling else first
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
        looks = Looks(person.id, office.rulebook())
        reasons += references.faults(session, rules.register_, form, organisation=organisation, looks=looks)
        if rules.meeting is not None and rules.meeting.lists is not None:
            listed, wrong = catalogues.read(
                session, rules.meeting.lists, form, organisation=organisation, looks=looks
            )
            form, reasons = form | listed, [*reasons, *wrong]
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
    values = checklists.frozen(session, rules, round_moves.convened(session, rules, birth.values))
    birth = replace(birth, values=values)
    number = next_number(session, rules, code=birth.organisation, year=year)
    person_files.check_the_only_one(session, office, rules, birth)
    project_files.check_the_only_one(session, office, rules, birth)
    row = newborn(office, rules, birth, number=number)
    if row.addressee is None:
        row = replace(row, addressee=_addressee(session, rules, birth.organisation))
    move = birth.by or rules.register_move
    hashed = history.chained(row, at=birth.at, actor=birth.actor, move=move, from_state=None,
                             data=birth.values)  # fmt: skip
    columns = {part.name: getattr(row, part.name) for part in fields(OnFile) if part.name != "id"}
    done = session.connection().execute(_INSERT, columns | {"head_hash": hashed.hash})
    key = int((done.inserted_primary_key or (0,))[0])
    row = replace(row, id=key, head_hash=hashed.hash)
    event = history.append(session, replace(hashed, matter=key))
    linking.keep_seats(session, key, birth.form, birth.values)
    linking.keep_subject(session, key, birth.values)
    seat_record.put_down(session, key, birth.values)
    linking.keep_links(session, key, birth.form, birth.values)
    parents = (*birth.parents, *linking.above_by_form(session, key, birth.form, apart=recusals.APART))
    for parent in parents:
        recusals.inherit(session, parent, key, at=birth.at)
    found = recusing.match(session, office, row, at=birth.at, under=parents)
    sight.moved(session, office, None, row, by=birth.actor, at=birth.at)
    if rules.rounds is not None:
        recusal_notices.empty_seats(session, office, col(RoundSeat.matter) == key, at=birth.at)
    clocks.keep(session, office, rules, None, row, move=move, actor=birth.actor, at=birth.at,
                event=event)  # fmt: skip
    risk_points.opened(session, rules, row)
    risk_signs.of_move(session, office, row, move=move, form=birth.values, event=event, at=birth.at)
    office.announce(session, office, [occurred(row, event=event, move=move, at=birth.at, by=birth.actor)])
    recusing.note_matches(session, office, key, found, at=birth.at)
    owed = tuple(open_from(session, office, row, opens, row.values, actor=ENGINE, at=birth.at)
                 for opens in owing.due(session, office, rules, None, row, at=birth.at).opens)  # fmt: skip
    return row, Moved(row.number, row.machine, move, None, row.state, row.version, event, owed)


def newborn(office: Office, rules: Machine, birth: Birth, *, number: str) -> OnFile:
    """The matter as it will stand on file, but for its key, its hash, and an addressee its form did not name."""
    columns: dict[str, Any] = {
        "project": birth.project,
        "handler": birth.handler,
        "title": "",
        "received_on": None,
    }
    columns |= linking.columns_set(birth.form, birth.values)
    came, move = birth.from_site, birth.by or rules.register_move
    return OnFile(
        id=0, machine=birth.machine, rulebook=office.rulebook().key, version=1, number=number,
        state=(rules.moves[move].to if birth.by else None) or rules.initial, organisation=birth.organisation,
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
