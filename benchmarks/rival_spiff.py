"""A clue as a SpiffWorkflow process, kept as its serialisation in one row of a SQLite file."""

from __future__ import annotations

from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from benchmarks import bare, office
from benchmarks.measuring import Act, timed

NAME = f"SpiffWorkflow {version('SpiffWorkflow')}: load, advance, save"
TASKS = ("register", "propose_assignment", "approve_assignment", "sign_for", "propose_disposition", "approve_verification",
         "submit_report", "conclude_verified", "feed_back", "archive")  # fmt: skip
SEVERAL = 1000  # processes that wait for the move
_BPMN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.org/clue">
<process id="clue" isExecutable="true"><startEvent id="start"/>{tasks}<endEvent id="end"/>{flows}</process></definitions>"""


def _process() -> bytes:
    """The straight way of a clue from its register to the archive, as BPMN: no branch of the shipped machine is in it."""
    steps = ("start", *TASKS, "end")
    tasks = "".join(f'<manualTask id="{name}" name="{name}"/>' for name in TASKS)
    flows = "".join(
        f'<sequenceFlow id="from_{one}" sourceRef="{one}" targetRef="{other}"/>'
        for one, other in pairwise(steps)
    )
    return _BPMN.format(tasks=tasks, flows=flows).encode()


def load_advance_save(home: Path) -> Act:
    """Read the workflow's row, run the waiting task, write the row back: one durable transaction."""
    connection = bare.connected(home / "spiff.db")
    serializer = BpmnWorkflowSerializer()
    _stock(connection, serializer.serialize_json(_waiting()))

    def act(turn: int) -> float:
        taken: list[float] = []
        with timed(taken):
            connection.execute("BEGIN IMMEDIATE")
            kept = connection.execute("SELECT workflow FROM clue WHERE id = ?", [turn + 1]).fetchone()[0]
            workflow = serializer.deserialize_json(kept)
            _advance(workflow, {"handler": "officer"})
            connection.execute(
                "UPDATE clue SET workflow = ? WHERE id = ?", [serializer.serialize_json(workflow), turn + 1]
            )
            connection.execute("COMMIT")
        return taken[0]

    return act


def _waiting() -> Any:
    """A process that waits for the approval of its assignment."""
    parser = BpmnParser()
    parser.add_bpmn_str(_process())
    workflow = BpmnWorkflow(parser.get_spec("clue"))
    workflow.do_engine_steps()
    for _ in TASKS[:2]:
        _advance(workflow, office.CLUE)
    return workflow


def _advance(workflow: Any, filled: dict[str, Any]) -> None:
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    task.data.update(filled)
    task.run()
    workflow.do_engine_steps()


def _stock(connection: Any, workflow: str) -> None:
    connection.execute("CREATE TABLE clue (id INTEGER PRIMARY KEY, workflow TEXT NOT NULL)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO clue (workflow) VALUES (?)", [[workflow]] * SEVERAL)
    connection.execute("COMMIT")
