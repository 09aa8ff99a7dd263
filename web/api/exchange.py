"""The exchange between sites by somebody's hand: write a packet or a reply, take one in. Files travel as bodies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from cases import listing
from cases.packets import Packet
from cases.packing import Written
from notifications import mailed_files
from plumbline.exchange import Exchanger
from plumbline.work import Work
from web.api import bodies, examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes, Upload

MACHINE, PLURAL = "escalation", "escalations"


def _most(_work: Work) -> int:
    """As on the page: a file of the longest, in a saved mail."""
    return mailed_files.MOST_BYTES


FILE = Takes(
    {"type": "object", "description": "The signed file, as it was written."}, {"content": {}, "signature": ""},
    upload=Upload(_most, bodies.too_large, kinds=bodies.FILES),
)  # fmt: skip


def operations() -> Iterator[Operation]:
    """All of them."""
    example = {"content": {"kind": "packet"}, "key": "…", "signature": "…"}
    told = {"Content-Disposition": "The file's name."}
    signed = Answers({"type": "object"}, example, headers=told)
    yield Operation("POST", f"/{PLURAL}/{{number}}/packet", "escalation_packet", ("packet", "write"),
                    "The signed packet for the other site; asked again, the same file", packet, signed, PLURAL,
                    takes=Takes(wishes.Leaving, {"redact": []}, required=False), may_refuse=True)  # fmt: skip
    yield Operation("POST", f"/{PLURAL}/receive", "escalation_receive", ("packet", "take"),
                    "Take in a packet of another site; again: the same number, nothing new", receive,
                    Answers(shapes.ArrivedShape, examples.ARRIVED), PLURAL, query=wishes.ReceiveQuery, takes=FILE,
                    refused=422, may_refuse=True)  # fmt: skip
    yield Operation("POST", f"/{PLURAL}/{{number}}/reply", "escalation_reply", ("packet", "write"),
                    "Receipt or answer for the site it came from", reply, signed, PLURAL, may_refuse=True)  # fmt: skip
    yield Operation("POST", f"/{PLURAL}/take-reply", "escalation_take_reply", ("packet", "take"),
                    "Take in a receipt or an answer", take_reply, Answers(shapes.TakenShape, examples.TAKEN), PLURAL,
                    takes=FILE, refused=422, may_refuse=True)  # fmt: skip
    yield Operation("POST", f"/{PLURAL}/{{number}}/resend", "escalation_resend", ("packet", "resend"),
                    "Have its file brought or mailed once more; `ways` is on how many, 0 where it never was", resend,
                    Answers(shapes.ResentFileShape, examples.RESENT_FILE), PLURAL, key=True, may_refuse=True)  # fmt: skip


def packet(asked: Asked) -> Response:
    """Write the packet."""
    number, wish = asked.number, asked.body(wishes.Leaving)
    _check(asked, number)
    end = Exchanger.of(asked.work)
    return _file(end.packet(number, actor=asked.actor, at=asked.at, redact=wish.redact), "packet")


def reply(asked: Asked) -> Response:
    """Write the reply."""
    number = asked.number
    _check(asked, number)
    return _file(Exchanger.of(asked.work).reply(number, actor=asked.actor, at=asked.at), "reply")


def resend(asked: Asked) -> Response:
    """Have its file brought again."""
    number, key = asked.number, asked.key
    _check(asked, number)
    ways = Exchanger.of(asked.work).once_more(number, actor=asked.actor, at=asked.at, key=key)
    return document({"number": number, "ways": ways})


def _check(asked: Asked, number: str) -> None:
    with asked.reading() as session:
        listing.check_machine(session, number, MACHINE)


def _file(written: Written, what: str) -> Response:
    name = f"{written.number}.{what}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written.text, media_type="application/json", headers=headers)


def receive(asked: Asked) -> Response:
    """Take a packet in, or only look at it."""
    wanted, data, end = asked.query(wishes.ReceiveQuery), asked.uploaded.read(), Exchanger.of(asked.work)
    if wanted.dry_run:
        found = end.look(data, actor=asked.actor).content
        return document(
            {"new": False} | _shown(found) | {"facts": [fact.model_dump() for fact in found.facts]}
        )
    arrived = end.receive(data, actor=asked.actor, at=asked.at)
    return document(
        {"number": arrived.number, "new": arrived.new, "state": arrived.state} | _shown(arrived.packet)
    )


def _shown(found: Packet) -> dict[str, Any]:
    return {"kind": found.kind, "notice": found.notice, "edition": found.edition, "document": found.document,
            "sender": found.sender.code, "addressee": found.addressee.code, "urgency": found.urgency,
            "redactions": found.redactions, "checkpoint": found.checkpoint.code}  # fmt: skip


def take_reply(asked: Asked) -> Response:
    """Take a reply in."""
    taken = Exchanger.of(asked.work).take_reply(asked.uploaded.read(), actor=asked.actor, at=asked.at)
    return document(
        {"number": taken.number, "new": taken.new, "state": taken.state, "steps": list(taken.steps)}
    )
