"""What goes from one body to another: the outbox, the inbox, and the signed files between two sites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from cases import attachments, carriages, listing, packing, people, standing_lists
from cases.packets import SignedPacket
from notifications import mailed_files
from plumbline.exchange import Exchanger
from states.facts import Refused
from states.rulebook import Exchange, Rulebook
from web.acting import Form, Signed
from web.pages import lang_of, reasons, render
from web.room_words import TEXTS
from web.rooms import naming
from web.rooms.door import STATUS, Guest, NotHere, Room, now, office_of, page_asked, work_of
from web.rooms.uploads import Files

router = APIRouter(route_class=Room)
FACT = "leave-"  # a box to tick: this, and the name of a fact that stays here


@router.get("/outbox")
def outbox(request: Request, who: Guest) -> Response:
    """What this person's bodies send: owed reports first."""
    return _box(request, who, "outbox")


@router.get("/inbox")
def inbox(request: Request, who: Guest) -> Response:
    """What was sent to them."""
    return _box(request, who, "inbox")


def _box(
    request: Request, who: Signed, box: str, *, faults: list[str] | None = None, said: str = "",
    packet: SignedPacket | None = None, status: int = 200,
) -> Response:  # fmt: skip
    office, lang = office_of(request), lang_of(request, who)
    lists: Callable[..., standing_lists.Lines] = (
        standing_lists.outbox if box == "outbox" else standing_lists.inbox
    )
    with work_of(request).reading() as session:
        found = lists(session, office, actor=who.login, at=now(), page=page_asked(request))
        steps = [step.by for one in found.lines for step in one.steps]
        context: dict[str, Any] = {"names": naming.people(session, [*steps, *(one.handler for one in found.lines)]),
                   "bodies": naming.bodies(session, lang),
                   "carries": box in _carries(session, office.rulebook(), who.login)}  # fmt: skip
    return render(request, "rooms/box.html", signed=who, title=box, texts=TEXTS, status=status, found=found, box=box,
                  where=f"/{box}", faults=faults or [], said=said, packet=packet, **context)  # fmt: skip


def _carries(session: Session, book: Rulebook, login: str) -> set[str]:
    """In which of the boxes this person may take in files of another site."""
    roles = {one.role for one in people.postings_of(session, login)}
    found: set[str] = set()
    for name in standing_lists.travelling(book):
        rules = book.machines[name].exchange
        if rules is not None:
            found |= {"outbox"} if roles & {*rules.sent_by, *rules.carried_by} else set()
            found |= {"inbox"} if roles & {*rules.taken_in_by, *rules.carried_by} else set()
    return found


# -------------------------------------------------------------------------------------------------- one of them


@router.get("/outbox/{number}")
def sent(request: Request, number: str, who: Guest) -> Response:
    """One that was sent or is to be: how it travels, and its file."""
    return _one(request, number, who, "outbox")


@router.get("/inbox/{number}")
def came(request: Request, number: str, who: Guest) -> Response:
    """One that came: what it says, what it brought, and the file of its reply."""
    return _one(request, number, who, "inbox")


def _one(request: Request, number: str, who: Signed, box: str) -> Response:
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).reading() as session:
        shown = listing.shown(session, office, number, actor=who.login)
        book = office.rulebook(shown["rulebook"])
        machine = book.machines[shown["machine"]]
        if machine.exchange is None:
            raise NotHere(str(NotHere.__doc__))
        found = standing_lists.one(session, office, number, actor=who.login, at=now())
        facts = _facts(book, shown["machine"], machine.exchange, shown["values"], lang)
        context: dict[str, Any] = {
            "names": naming.people(session, [*(step.by for step in found.steps), shown["moved_by"]]),
            "bodies": naming.bodies(session, lang), "ways": carriages.of_matter(session, number),
            "enclosed": attachments.listed(session, office, number, actor=who.login),
        }  # fmt: skip
    return render(request, "rooms/travelling.html", signed=who, heading=number, texts=TEXTS, number=number, box=box,
                  one=found, shown=shown, facts=facts, **context)  # fmt: skip


def _facts(
    book: Rulebook, machine: str, rules: Exchange, values: dict[str, Any], lang: str
) -> list[tuple[str, str, str, bool]]:
    """What of it travels: name, label, what it says, and whether it must not be left out."""
    found = []
    for name in rules.carries:
        value = values.get(name)
        if value in (None, "", []):
            continue
        field = packing.field_of(book, machine, name, value)  # most of it was filled in where it came from
        label = field.label.in_(lang) if field is not None else name
        choice = field.choices.get(str(value)) if field is not None else None
        found.append(
            (name, label, choice.in_(lang) if choice is not None else str(value), name in rules.always)
        )
    return found


# ------------------------------------------------------------------------------------------------------- files


@router.post("/outbox/{number}/packet")
def packet(request: Request, number: str, who: Guest, form: Form) -> Response:
    """The signed packet of it, to be brought to the other site by hand; asked again, the same file."""
    redact = sorted(name.removeprefix(FACT) for name in form if name.startswith(FACT))
    written = Exchanger.of(work_of(request)).packet(number, actor=who.login, at=now(), redact=redact)
    return _file(written.text, f"{number}-packet-{written.edition}.json")


@router.post("/outbox/{number}/resend")
def resend(request: Request, number: str, who: Guest, _form: Form) -> Response:
    """Have its file brought or mailed again."""
    ways = Exchanger.of(work_of(request)).once_more(number, actor=who.login, at=now())
    said = TEXTS[lang_of(request, who)]["goes_again" if ways else "goes_not"].format(number)
    return _box(request, who, "outbox", said=said)


@router.post("/inbox/{number}/reply")
def reply(request: Request, number: str, who: Guest, _form: Form) -> Response:
    """Receipt or answer as a signed file, for the site it came from."""
    written = Exchanger.of(work_of(request)).reply(number, actor=who.login, at=now())
    return _file(written.text, f"{number}-reply-{written.edition}.json")


def _file(data: bytes, name: str) -> Response:
    return Response(data, media_type="application/json",
                    headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})  # fmt: skip


@router.post("/inbox/packets")
def receive(request: Request, who: Guest, form: Files) -> Response:
    """Take in a packet of another site, or only look at what it is."""
    text = TEXTS[lang_of(request, who)]
    if (data := _first(form)) is None:
        return _box(request, who, "inbox", faults=[text["no_file"]], status=422)
    end = Exchanger.of(work_of(request))
    try:
        if form.fields.get("act") == "look":
            return _box(request, who, "inbox", packet=end.look(data, actor=who.login))
        arrived = end.receive(data, actor=who.login, at=now())
    except Refused as fault:
        return _box_refused(request, who, "inbox", fault)
    return _box(
        request,
        who,
        "inbox",
        said=text["arrived_new" if arrived.new else "arrived_again"].format(arrived.number),
    )


@router.post("/outbox/replies")
def take_reply(request: Request, who: Guest, form: Files) -> Response:
    """Take in receipt or answer of another site; its steps are made here."""
    text = TEXTS[lang_of(request, who)]
    if (data := _first(form)) is None:
        return _box(request, who, "outbox", faults=[text["no_file"]], status=422)
    try:
        taken = Exchanger.of(work_of(request)).take_reply(data, actor=who.login, at=now())
    except Refused as fault:
        return _box_refused(request, who, "outbox", fault)
    return _box(
        request, who, "outbox", said=text["reply_new" if taken.new else "reply_again"].format(taken.number)
    )


def _first(form: Files) -> bytes | None:
    """The first file; one byte more than the longest, so that a longer one is refused and put on record."""
    return form.files[0].stream.read(mailed_files.MOST_BYTES + 1) if form.files else None


def _box_refused(request: Request, who: Signed, box: str, fault: Refused) -> Response:
    return _box(
        request, who, box, faults=reasons(fault, lang_of(request, who)), status=STATUS.get(fault.code, 422)
    )


# ------------------------------------------------------------------------------------------------------- tasks


@router.get("/tasks")
def tasks(request: Request, who: Guest) -> Response:
    """The tasks of one's organisation, as far as this person sees them: the nearest limit first."""
    office = office_of(request)
    book = office.rulebook()
    follows = tuple(
        dict.fromkeys(opens.machine for machine in book.machines.values() if machine.rounds is not None
                      for opens in machine.openings if machine.rounds.follows is not None
                      and opens.link == machine.rounds.follows.link)
    )  # fmt: skip
    with work_of(request).reading() as session:
        found = standing_lists.of(
            session, office, follows, actor=who.login, at=now(), page=page_asked(request)
        )
        context: dict[str, Any] = {"names": naming.people(session, [one.handler for one in found.lines]),
                   "bodies": naming.bodies(session, lang_of(request, who))}  # fmt: skip
    return render(request, "rooms/list.html", signed=who, title="tasks", texts=TEXTS, found=found, where="/matters",
                  empty="no_tasks", **context)  # fmt: skip
