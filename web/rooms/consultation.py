"""The consultation room: the order of business, who sits and who has spoken, what was said and decided, item by item.

Everything on it comes through `cases.round_agenda`, `cases.round_results` and `cases.listing`, so that what is sealed stays
sealed and whoever is kept out of an item is told that it exists, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from cases import attachments, listing, round_agenda, round_results, rounds, standing_lists, surveys
from cases.advance import advance
from cases.office import Office
from cases.surveys import Survey
from states import forms
from states.facts import Refused
from states.rulebook import Machine
from web import typed_again
from web.acting import Form, Signed
from web.pages import lang_of, reasons, render
from web.room_words import TEXTS
from web.rooms import naming
from web.rooms.door import Guest, Room, fresh_key, now, office_of, page_asked, whole, work_of

router = APIRouter(route_class=Room)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the form of an item, and what was wrong with it."""

    item: int = 0
    given: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    back: bool = False  # typed before a session ended, and not sent


@router.get("/rounds")
def list_(request: Request, who: Guest) -> Response:
    """The rounds this person sees."""
    office = office_of(request)
    machines = tuple(name for name, one in office.rulebook().machines.items() if one.rounds is not None)
    with work_of(request).reading() as session:
        found = standing_lists.of(
            session, office, machines, actor=who.login, at=now(), page=page_asked(request)
        )
        context: dict[str, Any] = {"names": naming.people(session, [one.handler for one in found.lines]),
                   "bodies": naming.bodies(session, lang_of(request, who))}  # fmt: skip
    return render(request, "rooms/list.html", signed=who, title="rounds", texts=TEXTS, found=found, where="/rounds",
                  empty="no_rounds", **context)  # fmt: skip


@router.get("/rounds/{number}")
def room(request: Request, number: str, who: Guest) -> Response:
    """The room."""
    kept = {name: given[-1] for name, given in (typed_again.back(request, who) or {}).items()}
    typed = Typed(whole(kept.get("item"), most=999), kept, back=True) if kept else Typed()
    return _room(request, number, who, typed)


@router.get("/rounds/{number}/now")
def now_(request: Request, number: str, who: Guest) -> Response:
    """Who has spoken and how it stands: the part of the room that changes while people look at it."""
    with work_of(request).reading() as session:
        context = Looking(session, office_of(request), number, who.login, lang_of(request, who)).now()
    seen = request.query_params.get("seen", context["state"])
    return render(
        request, "rooms/round_now.html", signed=who, title="rounds", texts=TEXTS, seen=seen, **context
    )


@router.post("/rounds/{number}/opinion")
def opinion(request: Request, number: str, who: Guest, form: Form) -> Response:
    """Give one's opinion on an item. What was typed is not lost where it is refused."""
    work, at, item = work_of(request), now(), whole(form.get("item"), most=999)
    key, version = form.get("key", "")[:200], whole(form.get("version"), most=10**9)
    said = {
        name: text for name, text in form.items() if name not in ("item", "key", "version") and text.strip()
    }
    try:
        with work.unit() as session:
            version = round_results.version_to_expect(session, work.office, number, version, actor=who.login)
            rules = round_results.looked(session, work.office, number, actor=who.login).rules
            advance(session, work.office, number, rules.given_by, actor=who.login, at=at, expected_version=version,
                    key=key or None, fields=said | {rules.item: str(item)})  # fmt: skip
    except Refused as fault:
        typed = Typed(item, form, tuple(reasons(fault, lang_of(request, who))))
        return _room(request, number, who, typed, status=409 if fault.code == "moved_meanwhile" else 422)
    return RedirectResponse(f"/rounds/{number}?given={item}#item-{item}", status_code=303)


def _room(request: Request, number: str, who: Signed, typed: Typed, *, status: int = 200) -> Response:
    with work_of(request).reading() as session:
        seen = Looking(session, office_of(request), number, who.login, lang_of(request, who))
        context = seen.now() | seen.whole()
    return render(request, "rooms/round.html", signed=who, heading=context["number"], texts=TEXTS, status=status,
                  typed=typed, key=fresh_key(), given=request.query_params.get("given", ""), **context)  # fmt: skip


class Looking:
    """A round as one person looks at it: what its templates take. Raises NoSuchMatter."""

    def __init__(self, session: Session, office: Office, number: str, login: str, lang: str) -> None:
        self.session, self.office, self.number, self.login, self.lang = session, office, number, login, lang
        self.looked = round_results.looked(session, office, number, actor=login)

    @property
    def machine(self) -> Machine:
        """The rules of the round's machine, as the round began under them."""
        return self.office.rulebook(self.looked.row.rulebook).machines[self.looked.row.machine]

    def now(self) -> dict[str, Any]:
        """What changes while people look: state, seats, opinions and, once they are open, the results."""
        session, office, number, me = self.session, self.office, self.number, self.login
        seats = round_results.seats(session, office, number, actor=me)
        opinions = [self._opinion(one) for one in round_results.opinions(session, office, number, actor=me)]
        state = self.looked.row.state
        result = self._result()
        told = [each["person"] for one in (result or {}).get("items", []) if not one["recused"]
                for each in (*one["result"]["dissent"], *one["result"]["conditions"])]  # fmt: skip
        logins = [login for seat in seats for login in (seat["person"], seat["substitute"])]
        return {
            "number": number, "state": state, "state_label": self.machine.states[state].label.in_(self.lang),
            "version": self.looked.row.version, "seats": seats, "opinions": opinions, "result": result, "me": me,
            "names": naming.people(session, [*logins, *told, *(one["person"] for one in opinions), me]),
            "bodies": naming.bodies(session, self.lang), "views": self._choices(self.looked.rules.view),
            "decisions": self._choices(self.looked.rules.decision),
            "items": round_agenda.business(session, office, number, actor=me, at=now())["items"],
            "closes": rounds.closes_at(session, self.looked.row.id, self.looked.rules),
        }  # fmt: skip

    def whole(self) -> dict[str, Any]:
        """The rest of the room."""
        session, office, number, me = self.session, self.office, self.number, self.login
        business = round_agenda.business(session, office, number, actor=me, at=now())
        shown = listing.shown(session, office, number, actor=me)
        survey = surveys.moves(session, office, number, actor=me, at=now())
        seats = round_results.seats(session, office, number, actor=me)
        return {
            "business": business, "shown": shown, "survey": survey, "waits_for": shown["waits_for"],
            "photographs": [one for one in attachments.listed(session, office, number, actor=me)
                            if one["how"] == attachments.RELEASED],
            "sits": _sits(seats, me), "form": self._form(survey), "barred": self._barred(survey),
            "given_by": self.looked.rules.given_by, "minutes": self._minutes(shown["values"]),
        }  # fmt: skip

    def _result(self) -> dict[str, Any] | None:
        try:
            return round_results.result(self.session, self.office, self.number, actor=self.login)
        except Refused:
            return None

    def _opinion(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return dict(one) | {"given_at": datetime.fromisoformat(one["given_at"])}

    def _choices(self, name: str) -> Mapping[str, str]:
        return naming.choices(self.machine, name, self.lang)

    def _form(self, survey: Survey) -> list[dict[str, Any]] | None:
        """The fields of an opinion, without the item; None where this person may give none now."""
        rules = self.looked.rules
        for one in survey.open:
            if one.move == rules.given_by:
                described = forms.describe_fields(one.fields, self.lang, {})
                return [each for each in described if each["name"] != rules.item]
        return None

    def _barred(self, survey: Survey) -> list[str]:
        """Why they may not, where the round is at it."""
        return [f"{reason.message.in_(self.lang)} {reason.cure.in_(self.lang)}" for one in survey.blocked
                if one.move == self.looked.rules.given_by for reason in one.reasons]  # fmt: skip

    def _minutes(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What was put into words of the round as a whole, as far as it is in sight."""
        rules, moves = self.looked.rules, self.machine.moves
        agenda = {each.name for each in self.machine.register_}
        found: dict[str, tuple[str, str]] = {}
        for move in moves.values():
            for each in move.fields:
                text = values.get(each.name)
                if each.type == "long_text" and text and each.name not in agenda | {rules.last_tasks}:
                    found[each.name] = (each.label.in_(self.lang), str(text))
        return list(found.values())


def _sits(seats: list[dict[str, Any]], me: str) -> set[int]:
    """The items this person speaks on: in their own seat, or in that of a recused member."""
    return {
        one["item"] for seat in seats for one in seat["items"]
        if one["spoken_by"] in (None, me)  # else what was said stays with whom the seat passed on from
        and ((seat["person"] == me and not one["recused"]) or (seat["substitute"] == me and one["substitute_sits"]))
    }  # fmt: skip
