"""Rounds held against their history: opinions against the seals they were given with, results against a new count."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from cases import gathering, round_results, rounds
from cases.audit_rows import Fault
from cases.rounds import RESULT, RoundSeat
from states.rounds import recount
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
        held = row.values.get(RESULT)
        if held is not None and held != rounds.plain(recount(rounds.record(session, row, rules)).as_dict()):
            yield Fault(row.number, None, "result_differs", Label(
                en="The result on file is not what the record of the round comes to.",
                zh="在册的会商结果与按记录重新计算的结果不符。"))  # fmt: skip
