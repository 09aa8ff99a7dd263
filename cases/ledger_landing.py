"""Landing a ledger: its good rows become clues, with history, clocks and links, in one transaction.

An import is the one way a clue comes in at another state than the first. It makes no moves: the event `import` says where
the clue stood, in which row of which file, and who vouches for it. From there on every move goes through the gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import history
from cases.deadlines import Deadline, DeadlineEntry
from cases.gathering import standing
from cases.ledger import Fault, Ledger, Progress
from cases.ledger_bulk import Same, reserve, roomy, unhindered, write
from cases.ledger_clocks import DEADLINE, ENTRY, MOVE, ImportedClocks
from cases.ledger_repeats import key as repeat_key
from cases.ledger_values import Clue, Translation
from cases.ledger_words import plain, words_with
from cases.matters import Matter, MatterLink, Reporter, Subject
from cases.numbering import raise_to
from cases.office import Office
from cases.organisations import project_named, projects
from cases.people import Person
from states.facts import Reason, Refused
from states.rulebook import Label, Machine, Reach

REPEAT = "repeat"  # the kind of the link from a first clue to one that repeats it
ELSEWHERE = "this number is on file at another organisation"
OTHERWISE = "this number is on file with another date of receipt"
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Landed:
    """What an import did, or would do. `conflicts` are good rows whose number is taken by something else."""

    created: int
    already: int
    linked: int
    conflicts: tuple[Fault, ...] = ()
    unknown_handlers: Mapping[str, int] = field(default_factory=dict)
    unmatched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # words that are no choice of the rulebook
    new_projects: tuple[str, ...] = ()


def land(
    session: Session, office: Office, ledger: Ledger, *, actor: str, at: datetime, organisation: str | None = None,
    dry_run: bool = False, progress: Progress | None = None,
) -> Landed:  # fmt: skip
    """Put the good rows of a ledger on file as clues of `organisation`, at the instant `at`.

    `actor` must hold a role there that registers clues and sees all of them; without `organisation` it is the one of that
    posting. A number already on file is left as it is, so the same file again creates nothing. `dry_run` only counts.
    Nothing is announced; clocks that are due fire with the next sweep. Raises Refused.
    """
    rules = office.rulebook().machines["clue"]
    keeper = _entitled(session, office, rules, actor, organisation)
    importing = _Import(session, office, rules, ledger, actor, at, keeper, progress or (lambda _part, _done, _of: None))
    with unhindered():
        return importing.run(dry_run=dry_run)


def _entitled(session: Session, office: Office, rules: Machine, login: str, organisation: str | None) -> str:
    """The organisation for which this person may take in a whole ledger."""
    roles = office.rulebook().roles
    for posting in standing(session, login, matter=0)[0]:
        sees = roles[posting.role].sees.get("clue") if posting.role in roles else None
        fits = posting.role in rules.registered_by and sees is Reach.ORGANISATION and posting.project is None
        if fits and organisation in (None, posting.organisation):
            return posting.organisation
    able = [(name, role) for name, role in roles.items()
            if name in rules.registered_by and role.sees.get("clue") is Reach.ORGANISATION]  # fmt: skip
    raise Refused("not_your_role", (Reason(
        "not_your_role",
        Label(en=f"{login} may not import a ledger.", zh=f"{login} 无权导入台账。"),
        Label(en="Ask " + " or ".join(f"the {role.label.en} ({name})" for name, role in able) + " to import it.",
              zh="请由" + "或".join(f"{role.label.zh}（{name}）" for name, role in able) + "导入。"),
    ),))  # fmt: skip


@dataclass
class _Import:
    """One import, from the rows of a ledger to the rows of tables."""

    session: Session
    office: Office
    rules: Machine
    ledger: Ledger
    actor: str
    at: datetime
    organisation: str
    tell: Progress

    def __post_init__(self) -> None:
        self.today = self.office.day(self.at)
        self.clocks = ImportedClocks(self.office, self.rules, self.actor, self.at)
        self.ids: dict[str, int] = {}  # of every number that this ledger names and that is on file
        self.unknown_handlers: dict[str, int] = {}

    def run(self, *, dry_run: bool) -> Landed:
        rows = self.ledger.rows
        taken = _on_file(self.session, rows["number"])
        conflicts = tuple(self._conflicts(taken))
        fresh = rows[~rows["number"].isin(list(taken))]
        translation = Translation(fresh, self.rules, words_with(self.rules))
        self.ids = {number: held.id for number, held in taken.items()}
        self.people = _people(self.session, self.organisation)
        new_projects = self._place(fresh, dry_run=dry_run)
        linked = 0
        if not dry_run:
            roomy(self.session)
        for done, batch in _batches(translation.clues(), len(fresh), self.tell):
            if dry_run:
                self._handlers(batch)
            else:
                self._land(batch)
            self.tell("landing", done, len(fresh))
        if not dry_run:
            linked = self._link(fresh)
            self._raise_counters((*fresh["number"], *self.ledger.bad_numbers))
        strange = {name: tuple(sorted(words)) for name, words in translation.unmatched.items()}
        return Landed(len(fresh), len(rows) - len(fresh) - len(conflicts), linked, conflicts, self.unknown_handlers,
                      strange, new_projects)  # fmt: skip

    def _conflicts(self, taken: Mapping[str, _Held]) -> Iterator[Fault]:
        """Rows whose number is on file for something else: left alone, and said."""
        if not taken:
            return
        for row, number, day in zip(self.ledger.rows.index, self.ledger.rows["number"],
                                    self.ledger.rows["received_on"], strict=True):  # fmt: skip
            held = taken.get(number)
            if held is not None and held.organisation != self.organisation:
                yield Fault(int(row), "number", number, ELSEWHERE)
            elif held is not None and held.received_on != day:
                yield Fault(int(row), "number", number, OTHERWISE)

    def _place(self, fresh: Any, *, dry_run: bool) -> tuple[str, ...]:
        """Find every project by its name, and enter those that are new."""
        self.projects = {plain(project.name): project.code for project in projects(self.session)}
        named = [name for name in fresh["project"].dropna().unique()] if "project" in fresh else []
        new = {plain(name): name for name in reversed(named) if plain(name) not in self.projects}
        for word, name in reversed(new.items()):
            if not dry_run:
                made = project_named(self.session, name, organisation=self.organisation)
                self.projects[word] = made.code
        return tuple(reversed(new.values()))

    def _handlers(self, batch: Sequence[Clue]) -> list[str | None]:
        """The logins of the handlers; a name that is nobody's here, or two people's, is counted."""
        found = []
        for clue in batch:
            login = self.people.get(clue.handler or "")
            if clue.handler and login is None:
                self.unknown_handlers[clue.handler] = self.unknown_handlers.get(clue.handler, 0) + 1
            found.append(login)
        return found

    def _land(self, batch: Sequence[Clue]) -> None:
        """Put a batch on file: matters, the first link of each chain, subjects, reporters, clocks."""
        keys = reserve(self.session, Matter, len(batch))
        handlers = self._handlers(batch)
        for clue, handler in zip(batch, handlers, strict=True):
            if clue.handler and handler is None:
                clue.values["handler_text"] = clue.handler
        said = [clue.values | {"ledger_row": clue.row, "ledger_sha256": self.ledger.sha256} for clue in batch]
        marks = [self._mark(clue, data) for clue, data in zip(batch, said, strict=True)]
        self._write_matters(batch, keys, handlers, marks)
        events = self._write_events(batch, keys, said, marks)
        self._write_subjects(batch, keys)
        self._write_clocks(batch, keys, events)
        self.ids.update(zip((clue.number for clue in batch), keys, strict=True))

    def _mark(self, clue: Clue, data: dict[str, Any]) -> str:
        return history.digest(number=clue.number, seq=1, at=self.at, actor=self.actor, move=MOVE, from_state=None,
                              to_state=clue.state, version=1, data=data, prev_hash="")  # fmt: skip

    def _write_matters(
        self, batch: Sequence[Clue], keys: Sequence[int], handlers: Sequence[str | None], marks: Sequence[str]
    ) -> None:  # fmt: skip
        noon = time(12)
        write(self.session, Matter, {
            "id": keys, "machine": Same("clue"), "number": [clue.number for clue in batch],
            "rulebook": Same(self.office.current), "state": [clue.state for clue in batch], "version": Same(1),
            "organisation": Same(self.organisation), "handler": handlers, "title": [clue.title for clue in batch],
            "project": [self.projects.get(plain(clue.project)) if clue.project else None for clue in batch],
            "received_on": [clue.received_on for clue in batch], "opened_at": Same(self.at),
            "moved_at": Same(self.at), "moved_by": Same(self.actor),
            "progressed_at": [datetime.combine(clue.known_on, noon, self.office.zone) for clue in batch],
            "values": [clue.values for clue in batch], "acts": Same({MOVE: [self.actor, self.today.isoformat()]}),
            "head_seq": Same(1), "head_hash": marks,
        })  # fmt: skip

    def _write_events(
        self, batch: Sequence[Clue], keys: Sequence[int], said: Sequence[dict[str, Any]], marks: Sequence[str]
    ) -> Sequence[int]:  # fmt: skip
        ids = reserve(self.session, history.Event, len(batch))
        write(self.session, history.Event, {
            "id": ids, "matter": keys, "seq": Same(1), "at": Same(self.at), "actor": Same(self.actor),
            "move": Same(MOVE), "to_state": [clue.state for clue in batch], "version": Same(1), "data": said,
            "prev_hash": Same(""), "hash": marks,
        })  # fmt: skip
        return ids

    def _write_subjects(self, batch: Sequence[Clue], keys: Sequence[int]) -> None:
        named = [(key, clue.values) for key, clue in zip(keys, batch, strict=True) if "subject" in clue.values]
        write(self.session, Subject, {
            "matter": [key for key, _ in named], "name": [values["subject"] for _, values in named],
            "unit": [values.get("subject_unit", "") for _, values in named],
            "post": [values.get("subject_post", "") for _, values in named],
            "managed_by": [values.get("managed_by", "") for _, values in named],
        })  # fmt: skip
        told = [(key, clue.private) for key, clue in zip(keys, batch, strict=True) if clue.private]
        write(self.session, Reporter, {"matter": [key for key, _ in told], "details": [what for _, what in told]})

    def _write_clocks(self, batch: Sequence[Clue], keys: Sequence[int], events: Sequence[int]) -> None:
        made = [(key, event, clock) for key, event, clue in zip(keys, events, batch, strict=True)
                for clock in self.clocks.of(clue)]  # fmt: skip
        ids = reserve(self.session, Deadline, len(made))
        columns = zip(*(clock.deadline for _, _, clock in made), strict=True)
        write(self.session, Deadline, {"id": ids, "matter": [key for key, _, _ in made]}
              | dict(zip(DEADLINE, columns, strict=False)))  # fmt: skip
        lines = [(key, event, line) for key, (_, event, clock) in zip(ids, made, strict=True) for line in clock.entries]
        columns = zip(*(line for _, _, line in lines), strict=True)
        write(self.session, DeadlineEntry, {
            "deadline": [key for key, _, _ in lines], "event": [event for _, event, _ in lines],
            "at": Same(self.at), "by": Same(self.actor),
        } | dict(zip(ENTRY, columns, strict=False)))  # fmt: skip

    def _link(self, fresh: Any) -> int:
        """Link each repeat to the first report of the same, in this ledger or on file."""
        new = set(fresh["number"])
        number = dict(zip(self.ledger.rows.index, self.ledger.rows["number"], strict=True))
        links = {number[repeat.row]: self.ids[repeat.first] for repeat in self.ledger.repeats
                 if number[repeat.row] in new and repeat.first in self.ids}  # fmt: skip
        write(self.session, MatterLink, {
            "parent": list(links.values()), "child": [self.ids[child] for child in links], "kind": Same(REPEAT)
        })  # fmt: skip
        return len(links)

    def _raise_counters(self, numbers: Iterable[str]) -> None:
        """Let new numbers go on after the highest of the same series, bad rows included: they will come again."""
        form = re.escape(self.rules.number).replace(r"\ ", " ")
        form = re.sub(r"\\{seq[^}]*\\}", r"(?P<seq>[0-9]{1,9})", form)
        form = form.replace(r"\{code\}", re.escape(self.organisation)).replace(r"\{year\}", r"(?P<year>[0-9]{4})")
        highest: dict[str, int] = {}
        for found in filter(None, map(re.compile(form).fullmatch, numbers)):
            highest[found["year"]] = max(highest.get(found["year"], 0), int(found["seq"]))
        for year, last in sorted(highest.items()):
            series = self.rules.number.split("{seq")[0].format(code=self.organisation, year=year)
            raise_to(self.session, series, at_least=last)


@dataclass(frozen=True, slots=True)
class _Held:
    """What is on file under a number."""

    id: int
    organisation: str
    received_on: date | None


def _on_file(session: Session, numbers: Sequence[str]) -> dict[str, _Held]:
    """What is on file under these numbers."""
    query = select(col(Matter.number), col(Matter.id), col(Matter.organisation), col(Matter.received_on))
    found: dict[str, _Held] = {}
    wanted = list(numbers)
    for start in range(0, len(wanted), _BATCH):
        rows = session.execute(query.where(col(Matter.number).in_(wanted[start : start + _BATCH])))
        found |= {number: _Held(key, keeper, day) for number, key, keeper, day in rows if key is not None}
    return found


def _people(session: Session, organisation: str) -> dict[str, str | None]:
    """Logins by name of the active people of an organisation; None where two bear the same name."""
    query = select(col(Person.name), col(Person.login)).where(
        col(Person.organisation) == organisation, col(Person.active)
    )
    found: dict[str, str | None] = {}
    for name, login in session.execute(query):
        found[name] = None if name in found else login
        found.setdefault(login, login)
    return found


def _batches(clues: Iterator[Clue], count: int, tell: Progress) -> Iterator[tuple[int, Sequence[Clue]]]:
    """The clues in batches, with how many are done after each."""
    tell("landing", 0, count)
    done = 0
    while batch := list(islice(clues, _BATCH)):
        done += len(batch)
        yield done, batch
