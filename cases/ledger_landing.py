"""Landing a ledger: its good rows become clues, with history, clocks and links, in one transaction.

An import is the one way a clue comes in at another state than the first. It makes no moves: the event
`import` says where the clue stood, in which row of which file, and who vouches for it. From there on
every move goes through the gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from cases import ledger_on_file as on_file
from cases import recusing
from cases.gathering import standing
from cases.ledger import Fault, Ledger, Progress
from cases.ledger_bulk import Same, roomy, unhindered, write
from cases.ledger_clocks import ImportedClocks
from cases.ledger_repeats import Repeat
from cases.ledger_tables import Placed, Tables
from cases.ledger_values import Clue, Translation
from cases.ledger_words import plain, words_with
from cases.matters import Matter, MatterLink
from cases.numbering import raise_to
from cases.office import Office
from cases.organisations import project_named, projects
from states.facts import Reason, Refused
from states.rulebook import Label, Machine, Reach

REPEAT = "repeat"  # the kind of the link from a first clue to one that repeats it
ELSEWHERE = "this number is on file at another organisation"
OTHERWISE = "this number is on file with another date of receipt"
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Landed:
    """What an import did, or would do."""

    created: int
    already: int
    linked: int
    conflicts: tuple[Fault, ...]  # good rows whose number is taken by something else
    unknown_handlers: Mapping[str, int]  # names nobody here bears, or two people do
    unmatched: Mapping[str, tuple[str, ...]]  # words that are no choice of the rulebook, by field
    new_projects: tuple[str, ...]
    repeats_on_file: tuple[Repeat, ...]  # rows that repeat a clue that was on file before


def land(
    session: Session, office: Office, ledger: Ledger, *, actor: str, at: datetime, organisation: str | None = None,
    dry_run: bool = False, progress: Progress | None = None,
) -> Landed:  # fmt: skip
    """Put the good rows of a ledger on file as clues of `organisation`, at the instant `at`.

    `actor` must hold a role there that registers clues and sees all of them; without `organisation` it is
    the one of that posting. A number already on file is left as it is, so the same file again creates
    nothing. `dry_run` only counts. Nothing is announced; clocks that are due fire with the next sweep.
    Raises Refused.
    """
    rules = office.rulebook().machines["clue"]
    keeper = keeper_for(session, office, actor, organisation)
    tell = progress or (lambda _part, _done, _of: None)
    importing = _Import(session, office, rules, ledger, actor, at, keeper, tell)
    with unhindered():
        return importing.run(dry_run=dry_run)


def keeper_for(session: Session, office: Office, login: str, organisation: str | None = None) -> str:
    """The organisation for which this person may take in a whole ledger. Raises Refused("not_your_role")."""
    roles, rules = office.rulebook().roles, office.rulebook().machines["clue"]
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
    ids: dict[str, int] = field(default_factory=dict)  # of every number this ledger names that is on file
    unknown_handlers: dict[str, int] = field(default_factory=dict)
    reports: dict[on_file.Report, Clue] = field(default_factory=dict)  # the first row of each report

    def __post_init__(self) -> None:
        self.before = self.session.scalar(select(func.max(Matter.id))) or 0
        self.logins = on_file.logins(self.session, self.organisation)
        self.projects = {plain(project.name): project.code for project in projects(self.session)}
        self.repeated = {repeat.row for repeat in self.ledger.repeats}

    def run(self, *, dry_run: bool) -> Landed:
        """Land every row whose number is free."""
        rows = self.ledger.rows
        taken = on_file.held(self.session, rows["number"]) if self.before else {}
        self.ids |= {number: held.id for number, held in taken.items()}
        conflicts = tuple(self._conflicts(taken))
        fresh = rows[~rows["number"].isin(list(taken))]
        new_projects = self._projects(fresh, dry_run=dry_run)
        translation = Translation(fresh, self.rules, words_with(self.rules))
        self._batches(translation, dry_run=dry_run)
        found = self._on_file()
        linked = 0 if dry_run else self._link(found)
        if not dry_run:
            self._raise_counters((*fresh["number"], *self.ledger.bad_numbers))
            recusing.match_everything(self.session, self.office, at=self.at, since=self.before)
        return Landed(
            len(fresh), len(rows) - len(fresh) - len(conflicts), linked, conflicts, self.unknown_handlers,
            {name: tuple(sorted(words)) for name, words in translation.unmatched.items()}, new_projects,
            tuple(Repeat(row, first) for row, (first, _) in sorted(found.items())),
        )  # fmt: skip

    def _conflicts(self, taken: Mapping[str, on_file.Held]) -> Iterator[Fault]:
        """Rows whose number is on file for something else: left alone, and said."""
        rows = self.ledger.rows
        for row, number, day in zip(rows.index, rows["number"], rows["received_on"], strict=True):
            held = taken.get(number)
            if held is not None and held.organisation != self.organisation:
                yield Fault(int(row), "number", number, ELSEWHERE)
            elif held is not None and held.received_on != day:
                yield Fault(int(row), "number", number, OTHERWISE)

    def _projects(self, fresh: Any, *, dry_run: bool) -> tuple[str, ...]:
        """Enter the projects that are new; their names."""
        named = fresh["project"].dropna().unique() if "project" in fresh else ()
        new: dict[str, str] = {}
        for name in named:
            if plain(name) not in self.projects:
                new.setdefault(plain(name), name)
        for word, name in new.items() if not dry_run else ():
            self.projects[word] = project_named(self.session, name, organisation=self.organisation).code
        return tuple(new.values())

    def _batches(self, translation: Translation, *, dry_run: bool) -> None:
        """Write the clues, some thousand at a time."""
        tables = Tables(
            self.session, self.office, ImportedClocks(self.office, self.rules, self.actor, self.at),
            self.organisation, self.actor, self.at, self.ledger.sha256,
        )  # fmt: skip
        if not dry_run:
            roomy(self.session)
        clues, done = translation.clues(), 0
        self.tell("landing", done, len(translation.rows))
        while batch := [self._placed(clue) for clue in islice(clues, _BATCH)]:
            if not dry_run:
                self.ids |= tables.write(batch)
            done += len(batch)
            self.tell("landing", done, len(translation.rows))

    def _placed(self, clue: Clue) -> Placed:
        login = self.logins.get(clue.handler) if clue.handler else None
        project = self.projects.get(plain(clue.project)) if clue.project else None
        if clue.handler and login is None:
            self.unknown_handlers[clue.handler] = self.unknown_handlers.get(clue.handler, 0) + 1
        if self.before and clue.values.get("subject") and clue.row not in self.repeated:
            self.reports.setdefault(on_file.report(clue.values, project), clue)
        return Placed(clue, login, project)

    def _on_file(self) -> dict[int, tuple[str, int]]:
        """Rows that repeat a clue that was on file before: the number and id of the first, by row."""
        names = list({clue.values["subject"] for clue in self.reports.values()})
        found: dict[int, tuple[str, int]] = {}
        for report, key, number in on_file.firsts(
            self.session, names, organisation=self.organisation, up_to=self.before
        ):
            if report in self.reports:
                found.setdefault(self.reports[report].row, (number, key))
        return found

    def _link(self, found: Mapping[int, tuple[str, int]]) -> int:
        """Link each new repeat to the first report of the same, in this ledger or on file."""
        number = dict(zip(self.ledger.rows.index, self.ledger.rows["number"], strict=True))
        links = {number[row]: first for row, (_, first) in found.items()}
        for repeat in self.ledger.repeats:
            child = number[repeat.row]
            if self.ids.get(child, 0) > self.before and repeat.first in self.ids:
                links[child] = self.ids[repeat.first]
        columns = {"parent": list(links.values()), "child": [self.ids[child] for child in links]}
        write(self.session, MatterLink, {**columns, "kind": Same(REPEAT)})
        return len(links)

    def _raise_counters(self, numbers: Iterable[str]) -> None:
        """Let new numbers go on after the highest of the same series, bad rows included: they will come again."""
        form = re.sub(r"\\{seq[^}]*\\}", "(?P<seq>[0-9]{1,9})", re.escape(self.rules.number))
        form = form.replace(r"\{code\}", re.escape(self.organisation)).replace(
            r"\{year\}", "(?P<year>[0-9]{4})"
        )
        highest: dict[str, int] = {}
        for found in filter(None, map(re.compile(form).fullmatch, numbers)):
            highest[found["year"]] = max(highest.get(found["year"], 0), int(found["seq"]))
        for year, last in sorted(highest.items()):
            series = self.rules.number.split("{seq")[0].format(code=self.organisation, year=year)
            raise_to(self.session, series, at_least=last)
