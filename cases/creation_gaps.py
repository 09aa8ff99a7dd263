"""What is missing of joint creation, each gap with its reason and the rows it was found in.

Computed from the rows in sight of whoever asks, on the day they ask; nothing is stored. Dates decide, not clocks: an
agreement is in force through its last day, an appointment counts from its first day through its last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from cases import creation_scope
from cases.creation_scope import Scope
from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.people import Person
from states.form_values import label
from states.rulebook import Label

AGREEMENT, APPOINTMENT, COMMITMENT, EDUCATION = "agreement", "appointment", "commitment", "education"
MACHINES = (AGREEMENT, APPOINTMENT, COMMITMENT, EDUCATION)
KINDS = ("supervisors", "agreement", "signature", "commitment", "education")
PARTIES = ("a", "b", "c", "d", "e")
SESSIONS = {"hold_warning": "warning_sessions_per_year", "hold_study": "study_sessions_per_year"}
SUPERVISORS, COMMITTED = "supervisors_per_project", "committed_roles"
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Row:
    """A matter that a gap was found in, and what it says of it."""

    number: str
    note: Label


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing: of a project, a body or a person, in the keeping of `organisation`."""

    kind: str
    organisation: str
    reason: Label
    rows: tuple[Row, ...] = ()
    project: str | None = None
    body: str | None = None
    person: str | None = None

    def as_dict(self, lang: str) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind, "organisation": self.organisation, "project": self.project, "body": self.body,
            "person": self.person, "reason": self.reason.in_(lang),
            "reasons": {"zh": self.reason.zh, "en": self.reason.en},
            "rows": [{"number": one.number, "note": one.note.in_(lang)} for one in self.rows],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Looking:
    session: Session
    office: Office
    actor: str
    today: date

    def scopes(self, machine: str) -> list[Scope]:
        return creation_scope.scopes(self.session, self.office, self.actor, machine)

    def matters(self, scope: Scope, machine: str) -> list[Matter]:
        return creation_scope.matters(self.session, self.office, scope, machine, actor=self.actor)

    def setting(self, name: str) -> Any:
        found = self.office.rulebook().settings.get(name)
        return found.value if found is not None else None


def gaps(session: Session, office: Office, *, actor: str, at: datetime) -> list[Gap]:
    """Everything that is missing as far as `actor` sees, kind by kind. Empty for those who see none of it as a whole."""
    looking = _Looking(session, office, actor, office.day(at))
    return [*_supervisors(looking), *_agreements(looking), *_commitments(looking), *_educations(looking)]


def document(session: Session, office: Office, *, actor: str, at: datetime, lang: str) -> dict[str, Any]:
    """For JSON."""
    found = gaps(session, office, actor=actor, at=at)
    counts = Counter(one.kind for one in found)
    return {"as_of": office.day(at).isoformat(), "as_seen_by": actor, "counts": {kind: counts[kind] for kind in KINDS},
            "gaps": [one.as_dict(lang) for one in found]}  # fmt: skip


def _day(row: Matter, name: str) -> date | None:
    said = row.values.get(name)
    return date.fromisoformat(said) if isinstance(said, str) else None


def _within(row: Matter, today: date) -> bool:
    """Whether this is one of the days from its first through its last."""
    begins, ends = _day(row, "begins_on"), _day(row, "ends_on")
    return begins is not None and ends is not None and begins <= today <= ends


def _term(row: Matter) -> str:
    return f"{row.values.get('begins_on', '')} – {row.values.get('ends_on', '')}"


# ---------------------------------------------------------------------------------------------------- supervisors


def _supervisors(looking: _Looking) -> Iterator[Gap]:
    wanted = looking.setting(SUPERVISORS)
    for scope in looking.scopes(APPOINTMENT) if isinstance(wanted, int) else ():
        rows = looking.matters(scope, APPOINTMENT)
        for project in creation_scope.projects(looking.session, scope):
            posted = creation_scope.posted(
                looking.session, bodies=[scope.organisation], roles=[SUPERVISOR], project=project.code
            )
            there = {one.login for one in posted}
            mine = [row for row in rows if row.project == project.code and row.state != "ended"]
            serving = {str(row.values["supervisor"]) for row in mine if _serves(row, there, looking.today)}
            if len(serving) < wanted:
                yield Gap(
                    "supervisors", scope.organisation, project=project.code,
                    reason=label(f"在聘廉洁监督员{len(serving)}人，应不少于{wanted}人。",
                                 f"Integrity supervisors in term: {len(serving)}, of at least {wanted}."),
                    rows=tuple(_appointed(looking.session, row, there, looking.today) for row in mine),
                )  # fmt: skip


def _serves(row: Matter, there: Collection[str], today: date) -> bool:
    return row.state == "in_term" and _within(row, today) and row.values.get("supervisor") in there


def _appointed(session: Session, row: Matter, there: Collection[str], today: date) -> Row:
    login, term = str(row.values.get("supervisor")), _term(row)
    person = session.get(Person, login)
    who = f"{person.name if person else login} ({login})"
    if row.state != "in_term":
        note = label(f"{who}：聘书未颁发", f"{who}: the letter is not issued yet")
    elif not _within(row, today):
        note = label(f"{who}：不在聘期内（{term}）", f"{who}: not in term ({term})")
    elif login not in there:
        note = label(f"{who}：任职已结束", f"{who}: holds the post no longer")
    else:
        note = label(f"{who}：在聘（{term}）", f"{who}: in term ({term})")
    return Row(row.number, note)


# ----------------------------------------------------------------------------------------------------- agreements


def _agreements(looking: _Looking) -> Iterator[Gap]:
    for scope in looking.scopes(AGREEMENT):
        live = [row for row in looking.matters(scope, AGREEMENT) if row.state != "ended"]
        if scope.project is None:
            parties = {body for row in live for body in _parties(row).values()}
            for body in sorted({*creation_scope.works(looking.session, scope.organisation), *parties}):
                named = [row for row in live if body in _parties(row).values()]
                if not any(row.state == "in_force" and _within(row, looking.today) for row in named):
                    yield Gap("agreement", scope.organisation, body=body,
                              reason=label("没有期限内生效的联创共建协议。", "No agreement is in force and in its term."),
                              rows=tuple(_agreed(row) for row in named))  # fmt: skip
        for row in live:
            yield from _unsigned(scope, row)


def _parties(row: Matter) -> dict[str, str]:
    """The bodies that an agreement is between, by the letter of the party."""
    found = {letter: row.values.get(f"party_{letter}") for letter in PARTIES}
    return {letter: str(body) for letter, body in found.items() if body}


def _agreed(row: Matter) -> Row:
    term = _term(row)
    if row.state == "drafted":
        return Row(row.number, label("待签署", "to be signed"))
    return Row(row.number, label(f"不在期限内（{term}）", f"not in its term ({term})"))


def _unsigned(scope: Scope, row: Matter) -> Iterator[Gap]:
    for letter, body in _parties(row).items() if row.state == "drafted" else ():
        if f"sign_{letter}" not in row.acts:
            yield Gap("signature", scope.organisation, project=row.project, body=body,
                      reason=label("该方尚未签署协议。", "This party has not signed the agreement."),
                      rows=(Row(row.number, label(row.title, row.title)),))  # fmt: skip


# ---------------------------------------------------------------------------------------------------- commitments


def _commitments(looking: _Looking) -> Iterator[Gap]:
    roles = looking.setting(COMMITTED)
    whole = [one for one in looking.scopes(COMMITMENT) if one.project is None]
    for scope in whole if isinstance(roles, str) else ():
        rows = looking.matters(scope, COMMITMENT)
        bodies = [scope.organisation, *creation_scope.works(looking.session, scope.organisation)]
        for person in creation_scope.posted(looking.session, bodies=bodies, roles=roles.split()):
            mine = [row for row in rows if _whose(row) == person.login]
            if not any(_signed_in(row) == looking.today.year for row in mine):
                year = looking.today.year
                yield Gap("commitment", scope.organisation, person=person.login, body=person.organisation,
                          reason=label(f"{year}年未签订廉洁承诺。", f"No commitment was signed in {year}."),
                          rows=tuple(_committed(row) for row in mine if row.state != "withdrawn"))  # fmt: skip


def _whose(row: Matter) -> str | None:
    """Who signed it; until then, who is to."""
    return row.acts["sign"][0] if "sign" in row.acts else row.handler


def _signed_in(row: Matter) -> int | None:
    signed = _day(row, "signed_on")
    return signed.year if row.state == "signed" and signed is not None else None


def _committed(row: Matter) -> Row:
    on = row.values.get("signed_on")
    return Row(row.number, label(f"{on}签", f"signed on {on}") if on else label("待签", "to be signed"))


# ------------------------------------------------------------------------------------------------------ education


def _educations(looking: _Looking) -> Iterator[Gap]:
    wanted = {move: looking.setting(name) for move, name in SESSIONS.items()}
    if not all(isinstance(times, int) for times in wanted.values()):
        return
    for scope in [one for one in looking.scopes(EDUCATION) if one.project is None]:
        live = [row for row in looking.matters(scope, EDUCATION)
                if row.state != "called_off" and _within(row, looking.today)]  # fmt: skip
        for body in [scope.organisation, *creation_scope.works(looking.session, scope.organisation)]:
            mine = [row for row in live if row.values.get("body") == body]
            held = _held(looking.session, mine)
            if all(held[move] >= wanted[move] for move in SESSIONS):
                continue
            yield Gap("education", scope.organisation, body=body, reason=_short(mine, held, wanted),
                      rows=tuple(Row(row.number, label(_term(row), _term(row))) for row in mine))  # fmt: skip


def _held(session: Session, rows: Sequence[Matter]) -> Counter[str]:
    """How many sessions of each kind were held within the years of these rows."""
    years = {row.id: row for row in rows}
    query = select(Event).where(col(Event.matter).in_(list(years)), col(Event.move).in_(list(SESSIONS)))
    found = Counter[str]()
    for event in session.exec(query) if years else ():
        held_on = event.data.get("held_on")
        if isinstance(held_on, str) and _within(years[event.matter], date.fromisoformat(held_on)):
            found[event.move] += 1
    return found


def _short(rows: Sequence[Matter], held: Counter[str], wanted: dict[str, Any]) -> Label:
    warnings, studies = (f"{held[move]}/{wanted[move]}" for move in SESSIONS)
    if not rows:
        return label("没有登记本年度的廉洁教育。", "No education of this year is registered.")
    return label(f"本年度警示教育{warnings}次，廉洁学习{studies}次，未达最低要求。",
                 f"Below the minimum of the year: warning sessions {warnings}, study sessions {studies}.")  # fmt: skip
