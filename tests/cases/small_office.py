"""A small office with a small rulebook, for tests of the gate itself: few rules, so that each test shows its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from cases.office import Occurred, Office
from plumbline import sample
from states.calendars import china
from states.rulebook import Rulebook

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)  # Tuesday 1 September 2026, noon in Shanghai


def label(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


SETTING = {"kind": "setting", "source": "test"}


def rulebook(**changes: Any) -> Rulebook:
    """Registered, assigned, then concluded; a second matter may be opened on the way."""
    clue = {
        "label": label("clue"),
        "initial": "registered",
        "registered_by": ["registrar"],
        "register": [
            {"name": "title", "type": "text", "label": label("title"), "sets": "title", "example": "x"},
            {"name": "received_on", "type": "date", "label": label("received"), "sets": "received_on"},
            {"name": "reporter_name", "type": "text", "label": label("r"), "private": True, "required": False},
        ],
        "states": {
            "registered": {"label": label("registered"), "owner": ["registrar"]},
            "assigned": {"label": label("assigned"), "owner": ["officer"]},
            "waiting": {"label": label("waiting"), "kind": "waiting"},
            "closed": {"label": label("closed"), "kind": "final"},
        },
        "moves": {
            "assign": {
                "label": label("assign"), "from": ["registered"], "to": "assigned", "roles": ["registrar"],
                "fields": [{"name": "handler", "type": "person", "holding": "officer", "label": label("handler"),
                            "sets": "handler"}],
            },
            "wait": {"label": label("wait"), "from": ["assigned"], "to": "waiting", "roles": ["officer"]},
            "go_on": {"label": label("go on"), "from": ["waiting"], "to": "assigned", "roles": ["officer"]},
            "close": {"label": label("close"), "from": ["assigned"], "to": "closed", "roles": ["officer"],
                      "fields": [{"name": "outcome", "type": "text", "label": label("o"), "example": "nothing found"}]},
            "ask": {"label": label("ask"), "from": ["assigned"], "to": "waiting", "roles": ["officer"],
                    "opens": {"machine": "errand", "link": "errand", "copies": ["title"]}},
            "fold": {"label": label("fold"), "from": ["registered"], "to": "closed", "roles": ["registrar"],
                     "fields": [{"name": "first", "type": "matter", "machine": "clue", "links": "repeat",
                                 "label": label("first")}]},
            "answered": {"label": label("answered"), "from": ["waiting"], "to": "assigned", "engine": True},
        },
        "deadlines": {
            "opinion": {
                "label": label("opinion"), "budget": "15 working days", "starts": ["open"], "stops": ["close"],
                "from_fact": "received_on", "pauses_in": ["waiting"], "basis": SETTING,
                "extension": {"by": "5 working days", "times": 1, "approver": ["head"], "basis": SETTING},
                "ladder": [
                    {"name": "remind", "label": label("remind"), "offset": "-3 working days", "to": ["handler"],
                     "document": "reminder"},
                    {"name": "press", "label": label("press"), "offset": "+1 working day", "to": ["handler", "leader"],
                     "document": "reminder"},
                ],
            }
        },
    }  # fmt: skip
    errand = {
        "label": label("errand"), "initial": "asked", "number": "{code}-Q-{year}-{seq:03d}",
        "register": [{"name": "title", "type": "text", "label": label("title"), "sets": "title", "example": "x"}],
        "states": {"asked": {"label": label("asked"), "owner": ["leader"]},
                   "done": {"label": label("done"), "kind": "final"}},
        "moves": {"answer": {"label": label("answer"), "from": ["asked"], "to": "done", "roles": ["leader"],
                             "drives": [{"link": "errand", "move": "answered"}]}},
    }  # fmt: skip
    everything = {"clue": "organisation", "errand": "organisation"}
    rules: dict[str, Any] = {
        "name": "small", "version": "1", "label": label("small"),
        "roles": {
            "registrar": {"label": label("registrar"), "sees": {"clue": "organisation"}},
            "officer": {"label": label("officer"), "sees": {"clue": "own"}},
            "leader": {"label": label("leader"), "sees": everything},
            "head": {"label": label("head"), "sees": everything},
            "member": {"label": label("member"), "sees": {}},
            "district": {"label": label("district"), "sees": {"clue": "addressed"}},
        },
        "documents": {"reminder": label("reminder")},
        "machines": {"clue": clue, "errand": errand},
    }  # fmt: skip
    return Rulebook.model_validate(rules | changes)


class Told:
    """An `announce` that only remembers."""

    def __init__(self) -> None:
        self.occurred: list[Occurred] = []

    def __call__(self, _session: Session, _office: Office, events: Sequence[Occurred]) -> int:
        self.occurred += events
        return len(events)


def office(told: Told | None = None, rules: Rulebook | None = None) -> Office:
    """The small office; what it announces is remembered in `told`."""
    book = rules or rulebook()
    return Office({book.key: book}, book.key, china(), told or Told())


def staffed(session: Session) -> None:
    """Put the sample's organisations and people on file."""
    sample.load(session, on=NOON.date())
