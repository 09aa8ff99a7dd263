"""Rounds held against their history: opinions against the seals they were given with, results against a new count."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from cases import gathering, round_items, round_results, rounds, seat_record
from cases.audit_rows import Fault
from cases.history import Event
from cases.matters import Matter, OnFile
from cases.organisations import Organisation
from cases.round_items import RoundItem
from cases.rounds import RESULT, RoundSeat
from cases.seat_record import SeatsDoNotFollow
from states.agenda import FIRST, results
from states.round_rules import RoundRules
from states.rulebook import Label


def faults(session: Session) -> Iterator[Fault]:
    """What is wrong with any round."""
    ids = (
        session.execute(select(col(RoundSeat.matter)).distinct().order_by(col(RoundSeat.matter)))
        .scalars()
        .all()
    )
    for matter in ids:
        row = gathering.load_by_id(session, matter).row
        rules = rounds.frozen_rules(row)
        if rules is None:
            continue
        for person in round_results.broken_seals(session, row):
            yield Fault(row.number, None, "opinion_altered", Label(
                en=f"An opinion of {person} is not as it was given, or is gone: it does not fit the seal in history.",
                zh=f"{person} 的意见与历史记录中的封存码不符，或已被删除。"))  # fmt: skip
        counted = results(rounds.agenda(session, row, rules))
        for item, held in rounds.held_results(row).items():
            if item not in counted or held != rounds.plain(counted[item].as_dict()):
                yield Fault(row.number, None, "result_differs", Label(
                    en=f"The result on file of item {item} is not what the record of the round comes to.",
                    zh=f"在册的第 {item} 项会商结果与按记录重新计算的结果不符。"))  # fmt: skip
        if RESULT in row.values and set(counted) != set(rounds.held_results(row)):
            yield Fault(row.number, None, "result_missing", Label(
                en="The round was decided, and an item of its agenda has no result on file.",
                zh="会商已形成结论，但议程中有议题没有在册结果。"))  # fmt: skip
        yield from _items(session, row)
        yield from _seats(session, row, rules)


def _seats(session: Session, row: OnFile, rules: RoundRules) -> Iterator[Fault]:
    """The seats are those that its history amounts to, row for row."""
    if not _fit(session, row, rules):
        yield Fault(row.number, None, "seats_altered", Label(
            en="The seats are not those that history tells of.", zh="会商席位与历史记录不符。"))  # fmt: skip


def _fit(session: Session, row: OnFile, rules: RoundRules) -> bool:
    events = select(col(Event.data)).where(col(Event.matter) == row.id).order_by(col(Event.seq))
    try:
        told = seat_record.replayed(session.execute(events).scalars())
    except SeatsDoNotFollow:
        return False
    if told is None:
        return _plausible(session, row, rules)
    return {one["person"]: one for one in seat_record.on_file(session, row.id).values()} == dict(told)


def _plausible(session: Session, row: OnFile, rules: RoundRules) -> bool:
    """Of a round convened before history held its seats: they are as many as it was convened with, each held by
    somebody that history names, with the weight of its kind."""
    convened, named = _named(session, row, rules)
    kinds = dict(
        tuple(pair) for pair in session.execute(select(col(Organisation.code), col(Organisation.kind)))
    )
    held = rounds.seats(session, row.id)
    people = {one for seat in held for one in (seat.person, seat.substitute) if one is not None}
    people |= {who for item in rounds.spoken_seats(session, row.id).values() for who in item.values()}
    weighed = all((seat.weight, seat.veto) == (rules.weights.get(kinds[seat.organisation], 1),
                                               kinds[seat.organisation] in rules.veto) for seat in held)  # fmt: skip
    return len(held) == convened and people <= named and weighed


def _named(session: Session, row: OnFile, rules: RoundRules) -> tuple[int, set[str]]:
    """How many seats it was convened with, and everybody history ever named for one, or to sit in for somebody."""
    query = select(col(Event.data)).where(col(Event.matter) == row.id).order_by(col(Event.seq))
    convened: int | None = None
    named: set[str] = set()
    for data in session.execute(query).scalars():
        seats = data.get(rules.seats) or []
        convened = len(set(seats)) if convened is None else convened
        named |= {*seats, data.get(rules.substitute) or ""}
    return convened or 0, named


def _items(session: Session, row: OnFile) -> Iterator[Fault]:
    """Each further item is the clue that history says it is."""
    named = {item: row.values.get(round_items.key(item), {}).get("clue") for item in _further(row)}
    numbers = select(col(RoundItem.item), col(Matter.number)).join(
        Matter, col(Matter.id) == col(RoundItem.clue)
    )
    held = dict(tuple(pair) for pair in session.execute(numbers.where(col(RoundItem.matter) == row.id)))
    if named != held:
        yield Fault(row.number, None, "agenda_altered", Label(
            en="The agenda is not what history says was put on it.", zh="会商议程与历史记录不符。"))  # fmt: skip


def _further(row: OnFile) -> Iterator[int]:
    item = FIRST + 1
    while round_items.key(item) in row.values:
        yield item
        item += 1
