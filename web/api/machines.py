"""What every machine of the rulebook has: list, form, opening, one in full, its moves, making one, its history."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from cases import disclosures as ledger
from cases import listing, opening, reads, recusing, surveys
from plumbline.attaching import Attaching
from states.facts import Refused
from states.form_values import label
from web.api import cursors, examples, fields, problems, shapes, wishes
from web.api.asking import Asked, document, etag
from web.api.operations import Act, Answers, Operation, Takes
from web.api.problems import Wrong, not_here

PLURALS: Mapping[str, str] = {
    "clue": "clues",
    "consultation": "consultations",
    "escalation": "escalations",
    "task": "tasks",
    "assignment": "assignments",
    "inspection": "inspections",
    "risk": "risks",
    "decision": "decisions",
    "catalogue": "catalogues",
    "interference": "interferences",
    "agreement": "agreements",
    "appointment": "appointments",
    "commitment": "commitments",
    "education": "educations",
    "person_file": "person-files",
    "file_reading": "file-readings",
    "own_sheet": "own-sheets",
    "project_file": "project-files",
    "zero_report": "zero-reports",
    "zero_check": "zero-checks",
    "assessment": "assessments",
}
ETAG = {"ETag": "The version, as If-Match takes it."}


@dataclass(frozen=True, slots=True)
class Matters:
    """The operations on the matters of one machine. `plural` is the key its lists answer with."""

    machine: str
    plural: str

    def operations(self, register: Takes) -> Iterator[Operation]:
        """All of them; `register` is the form of opening one."""
        yield from self._on_the_list(register)
        yield from self._on_one()

    def _on_the_list(self, register: Takes) -> Iterator[Operation]:
        list_ = {self.plural: [examples.LINE], "total": 1, "next": None}
        opened = Answers(shapes.Opened, examples.OPENED, 201, headers=ETAG | {"Location": "Where it is."})
        yield self._operation(
            "GET", "", "list", "list", "Those you may see, the most urgent first", act=self.list,
            answers=Answers(shapes.listed(self.plural), list_), query=wishes.MattersQuery,
        )  # fmt: skip
        yield self._operation(
            "POST", "", "open", "open", "Open one by hand", act=self.open, answers=opened, takes=register, key=True,
            may_refuse=True,
        )  # fmt: skip
        yield self._operation(
            "GET", "/form", "form", "read", "The fields of opening one, each with an example that would pass",
            act=self.form, answers=Answers(shapes.FormShape, {"machine": self.machine, "fields": [examples.FIELD]}),
            may_refuse=True,
        )  # fmt: skip

    def _on_one(self) -> Iterator[Operation]:
        yield self._operation(
            "GET", "/{number}", "show", "read", "One in full, as you may see it", act=self.show,
            answers=Answers(shapes.MatterShape, examples.MATTER | {"machine": self.machine}, headers=ETAG), unchanged=True,
            more="Whoever is shown a clue is on record. 304 says that no move was made since; clocks and linked "
            "matters change without one.",
        )  # fmt: skip
        yield self._operation(
            "GET", "/{number}/moves", "moves", "read", "What may be done next, and what may not, and why", act=self.moves,
            answers=Answers(shapes.MovesShape, examples.MOVES, headers=ETAG),
        )  # fmt: skip
        yield self._operation(
            "POST", "/{number}/moves/{move}", "move", "move", "Make a move", act=self.move,
            answers=Answers(shapes.MovedShape, examples.MOVED, headers=ETAG), takes=fields.ANY_FORM, key=True, if_match=True,
            may_refuse=True, more="The content is the form: its fields by name, as `moves` lists them.",
        )  # fmt: skip
        yield self._operation(
            "GET", "/{number}/history", "history", "read", "Everything that happened to it", act=self.history,
            answers=Answers(shapes.HistoryShape, examples.HISTORY),
        )  # fmt: skip
        yield self._operation(
            "GET", "/{number}/reads", "reads", "reads", "Who looked at it, for the auditor", act=self.reads,
            answers=Answers(shapes.ReadsShape, examples.READS), query=wishes.Paged,
        )  # fmt: skip
        yield self._operation(
            "GET", "/{number}/disclosures", "disclosures", "read", "What left of it, to whom", act=self.disclosures,
            answers=Answers(shapes.DisclosuresShape, examples.DISCLOSURES), query=wishes.DisclosuresQuery,
            about="disclosure",
        )  # fmt: skip
        yield self._operation(
            "GET", "/{number}/recusals", "recusals", "read", "Who is kept out of it, or asked to be", act=self.recusals,
            answers=Answers(shapes.MatterRecusalsShape, examples.MATTER_RECUSALS), about="recusal",
        )  # fmt: skip
        yield self._operation(
            "POST", "/{number}/recusals", "recuse", "ask", "Declare an interest, or challenge somebody else",
            act=self.recuse, answers=Answers(shapes.RecusalShape, examples.RECUSAL, 201),
            takes=Takes(wishes.Asking, {"reason": "A relative works for the contractor."}), key=True, may_refuse=True,
            about="recusal",
        )  # fmt: skip

    def _operation(
        self, method: str, path: str, name: str, action: str, says: str, *, act: Act, answers: Answers,
        about: str = "matter", **more: Any,
    ) -> Operation:  # fmt: skip
        return Operation(method, f"/{self.plural}{path}", f"{self.machine}_{name}", (about, action), says, act,
                         answers, self.plural, **more)  # fmt: skip

    def list(self, asked: Asked) -> Response:
        """A page of the list."""
        wanted = asked.query(wishes.MattersQuery)
        check_state(asked, self.machine, wanted.state)
        with asked.reading() as session:
            page = listing.matters(
                session, asked.office, self.machine, actor=asked.actor, at=asked.at, state=wanted.state,
                mine=wanted.mine, overdue=wanted.overdue, tab=wanted.tab, limit=wanted.limit, q=wanted.q,
                after=cursors.read(wanted.cursor),
            )  # fmt: skip
            missed = self._missed(asked, session)
        lines = [line.as_dict() for line in page.lines]
        return document(
            {self.plural: lines, "total": page.total, "next": cursors.written(page.next)} | missed
        )

    def _missed(self, asked: Asked, session: Any) -> dict[str, Any]:
        """A round that nobody opened on its day is visible beside those that were."""
        if self.machine != "inspection":
            return {}
        return {"missed": listing.missed_rounds(session, asked.office, actor=asked.actor)}

    def form(self, asked: Asked) -> Response:
        """The form of opening one."""
        self._check_machine(asked)
        with asked.reading() as session:
            found = surveys.opening_form(session, asked.office, self.machine, at=asked.at, lang=asked.lang,
                                         actor=asked.actor)  # fmt: skip
        return document({"machine": self.machine, "fields": found})

    def open(self, asked: Asked) -> Response:
        """Open one."""
        self._check_machine(asked)
        key, form = asked.key, asked.form()
        with asked.unit() as session:
            moved = opening.open_matter(session, asked.office, self.machine, actor=asked.actor, at=asked.at,
                                        fields=form, key=key, typed=True)  # fmt: skip
        found = {"number": moved.number, "state": moved.to, "version": moved.version, "event": moved.event}
        where = {"Location": f"/api/v1/{self.plural}/{moved.number}"}
        return document(found, status=201, headers=where | etag(moved.version))

    def _check_machine(self, asked: Asked) -> None:
        if self.machine not in asked.office.rulebook().machines:
            raise not_here("no_such_machine")

    def show(self, asked: Asked) -> Response:
        """One in full; or nothing, where nobody moved it since."""
        number = asked.number
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            found = listing.shown(session, asked.office, number, actor=asked.actor)
        mark = etag(found["version"])
        if asked.knows(mark):
            return Response(status_code=304, headers=mark)
        self._note_read(asked, number, reads.FILE)
        return document(found | {"rehearsal": asked.work.rehearsal}, headers=mark)

    def moves(self, asked: Asked) -> Response:
        """Open and blocked moves."""
        number = asked.number
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            survey = surveys.moves(session, asked.office, number, actor=asked.actor, at=asked.at)
        return document(survey.as_dict(asked.lang), headers=etag(survey.matter.version))

    def move(self, asked: Asked) -> Response:
        """Make a move; a refusal comes with the moves that are open."""
        number, key, version, form = asked.number, asked.key, asked.expected_version, asked.form()
        try:
            moved = Attaching(asked.work).advance(
                number, asked.names["move"], actor=asked.actor, at=asked.at, expected_version=version, key=key,
                fields=form, typed=True, check=lambda session: listing.check_machine(session, number, self.machine),
            )  # fmt: skip
        except Refused as refusal:
            return problems.answer(refusal, asked.lang, more=self._where_it_stands(asked, number))
        return document(moved.as_dict(), headers=etag(moved.version))

    def _where_it_stands(self, asked: Asked, number: str) -> dict[str, Any]:
        """State, version and the open moves, so that whoever was refused need not ask again."""
        with asked.reading() as session:
            found = surveys.moves(session, asked.office, number, actor=asked.actor, at=asked.at).as_dict(
                asked.lang
            )
        bare = [{name: one[name] for name in ("move", "to", "label")} for one in found["open"]]
        return {"state": found["state"], "version": found["version"], "open": bare}

    def history(self, asked: Asked) -> Response:
        """Its events."""
        number = asked.number
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            events = listing.history(session, asked.office, number, actor=asked.actor)
        self._note_read(asked, number, reads.HISTORY)
        return document({"number": number, "events": list(events)})

    def _note_read(self, asked: Asked, number: str, what: str) -> None:
        """A line in a unit of its own, committed before the answer leaves: what cannot be recorded is not shown."""
        if self.machine in reads.LOGGED:
            with asked.unit() as session:
                reads.note(session, number, login=asked.actor, what=what, door="api", at=asked.at)

    def reads(self, asked: Asked) -> Response:
        """Who looked at it."""
        wanted, number = asked.query(wishes.Paged), asked.number
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            lines, following = reads.of(session, asked.office, number, actor=asked.actor, limit=wanted.limit,
                                        after=cursors.read(wanted.cursor))  # fmt: skip
        return document({"number": number, "reads": list(lines), "next": cursors.written(following)})

    def disclosures(self, asked: Asked) -> Response:
        """What left of it."""
        wanted, number = asked.query(wishes.DisclosuresQuery), asked.number
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            lines = ledger.known(session, asked.office, number, actor=asked.actor, told=wanted.to)
        return document({"number": number, "disclosures": list(lines)})

    def recusals(self, asked: Asked) -> Response:
        """Who is kept out of it."""
        number = asked.number
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            found = recusing.of_matter(session, asked.office, number, actor=asked.actor)
        return document({"number": number, "recusals": found})

    def recuse(self, asked: Asked) -> Response:
        """Declare an interest of one's own, or challenge another."""
        number, wish = asked.number, asked.body(wishes.Asking)

        def act(session: Any) -> dict[str, Any]:
            listing.check_machine(session, number, self.machine)
            if wish.person is None:
                done = recusing.declare(
                    session, asked.office, number, actor=asked.actor, reason=wish.reason, at=asked.at
                )
            else:
                done = recusing.challenge(session, asked.office, number, actor=asked.actor, person_=wish.person,
                                          reason=wish.reason, at=asked.at)  # fmt: skip
            return done.as_dict()

        return document(asked.once((number, "recuse", wish.person, wish.reason), act), status=201)


def check_state(asked: Asked, machine: str, state: str | None) -> None:
    """Raises Wrong (422): a misspelt state would answer with an empty list, which looks like good news."""
    known = {name for book in asked.office.rulebooks.values() if machine in book.machines
             for name in book.machines[machine].states}  # fmt: skip
    if state is None or state in known:
        return
    close = difflib.get_close_matches(state, sorted(known), n=1)
    there = ", ".join(close or sorted(known))
    raise Wrong(422, "unknown_state", label("没有这一状态。", "There is no such state."),
                label(f"可用：{there}。", f"There is: {there}."), field="state")  # fmt: skip
