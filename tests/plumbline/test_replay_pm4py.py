"""An oracle for rehearsals: pm4py's token replay of the same machine finds the same cases whole.

The net: a place for each state, a transition for each move and each state it leaves, labelled with the move. A state
and a label never have more than one transition: the net is deterministic, and whether a trace fits depends on no choice
that token replay would have to guess. A log may end while a case is open: a silent transition leads from every state to
the sink. There is no other silent one, and nothing leads out of the sink, so replay gains nothing by firing one early.

Two things had to be known of pm4py. Of several transitions with one label it takes the one that is enabled, if any is;
in a deterministic net there is never more than one. An activity that the net does not know it passes over as if it had
not happened, and such a trace would fit; so whatever is no move of the machine gets a transition that can never fire.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlmodel import Session, col, select

from cases.history import Event
from cases.matters import Matter
from plumbline.database import engine_for
from plumbline.rehearsal import log as logs
from plumbline.rehearsal import rehearse
from plumbline.rehearsal.mapping import LogMapping
from plumbline.rehearsal.rows import Reader
from states.facts import Actor, Facts, Refused
from states.machine import judge
from states.rulebook import Machine, Rulebook
from tests.plumbline.incident_logs import EXCERPT, WHOLE_LOG, example

pytestmark = pytest.mark.filterwarnings("ignore")  # pm4py's own, and those of what it stands on

FIRST_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _oracle() -> None:
    pytest.importorskip("pm4py", reason="pm4py is not installed: make replay")


Traces = Mapping[str, Sequence[str]]


def fitting(machine: Machine, traces: Traces) -> set[str]:
    """The traces that pm4py's token replay takes to fit the net of this machine."""
    pm4py = pytest.importorskip("pm4py")
    objects = pytest.importorskip("pm4py.objects.petri_net.obj")
    arcs = pytest.importorskip("pm4py.objects.petri_net.utils.petri_utils")
    net = objects.PetriNet("machine")

    def place(name: str) -> Any:
        made = objects.PetriNet.Place(name)
        net.places.add(made)
        return made

    def transition(name: str, label: str | None, before: Any, after: Any) -> None:
        made = objects.PetriNet.Transition(name, label)
        net.transitions.add(made)
        arcs.add_arc_from_to(before, made, net)
        arcs.add_arc_from_to(made, after, net)

    sink, nowhere = place("sink"), place("nowhere")
    places = {state: place(state) for state in machine.states}
    for name, move in machine.moves.items():
        for state in move.from_:
            transition(f"{name} from {state}", name, places[state], places[move.to or state])
    for state in machine.states:
        transition(f"the log ends in {state}", None, places[state], sink)
    for label in {one for trace in traces.values() for one in trace} - set(machine.moves):
        transition(label, label, nowhere, nowhere)
    diagnostics = pm4py.conformance_diagnostics_token_based_replay(
        _frame(traces), net, objects.Marking({places[machine.initial]: 1}), objects.Marking({sink: 1})
    )
    return {name for name, found in zip(traces, diagnostics, strict=True) if found["trace_is_fit"]}


def _frame(traces: Traces) -> pd.DataFrame:
    """The traces as pm4py reads them, in their order; a minute from one event to the next."""
    rows = [
        (name, move, FIRST_AT + timedelta(minutes=minute))
        for name, trace in traces.items() for minute, move in enumerate(trace)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["case:concept:name", "concept:name", "time:timestamp"])


def traces_of(path: Path, mapping: LogMapping) -> Traces:
    """What a log says, by the mapping alone: no judge had a part in it."""
    reader = Reader(mapping)
    with logs.opened(path, mapping) as log:
        return {case.name: [step.move or step.said for _, step in reader.steps(case)] for case in log}


def whole_cases(store: str) -> set[str]:
    """The cases of a rehearsal store whose history holds nothing that was refused."""
    engine = engine_for(store)
    with Session(engine) as session:
        refused = select(Event.matter).where(col(Event.move).startswith("log."))
        found = set(session.exec(select(Matter.number).where(col(Matter.id).not_in(refused))))
    engine.dispose()
    return found


@pytest.mark.parametrize(
    "path",
    [
        EXCERPT,
        pytest.param(
            WHOLE_LOG,
            marks=[
                pytest.mark.slow,
                pytest.mark.skipif(
                    not WHOLE_LOG.exists(), reason="the whole log is not here, only the excerpt"
                ),
            ],
        ),
    ],
    ids=["excerpt", "whole log"],
)
def test_the_same_cases_are_whole(path: Path, tmp_path: Path) -> None:
    rulebook, mapping = example()
    store = f"sqlite:///{tmp_path / 'store.db'}"
    rehearsed = rehearse(path, rulebook, mapping, store_url=store)
    fits = fitting(rulebook.machines["incident"], traces_of(path, mapping))
    assert 0 < len(fits) < rehearsed.tally.cases
    assert rehearsed.as_dict()["whole"] == len(fits)
    assert whole_cases(store) == fits


def test_replay_and_judge_agree_on_any_trace() -> None:
    """Random walks, half of them with a slip somewhere: what no desk would do must be refused by both as well."""
    rulebook, _ = example()
    machine = rulebook.machines["incident"]
    drawn = random.Random(2013)
    traces = {f"{number:04d}": list(_walk(machine, drawn)) for number in range(400)}
    allowed = {name for name, trace in traces.items() if _allowed(rulebook, trace)}
    assert 100 < len(allowed) < 350
    assert fitting(machine, traces) == allowed


def _walk(machine: Machine, drawn: random.Random) -> Iterator[str]:
    state, slips = machine.initial, drawn.random() < 0.5
    for _ in range(drawn.randint(1, 12)):
        ways = machine.moves_from[state]
        if not ways:
            return
        move = drawn.choice([*machine.moves, "never heard of"] if slips and drawn.random() < 0.3 else ways)
        yield move
        if move in machine.moves:
            state = machine.moves[move].to or state


def _allowed(rulebook: Rulebook, trace: Iterable[str]) -> bool:
    judging, at = judge(rulebook, "incident"), FIRST_AT
    anybody = Actor("anybody", frozenset(rulebook.roles))
    state = judging.machine.initial
    try:
        for move in trace:
            state = judging.fire(move, Facts(at=at, today=at.date(), state=state, actor=anybody))
    except Refused:
        return False
    return True
