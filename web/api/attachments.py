"""Attachments of a matter: the list, adding one, its bytes; releasing photographs to a round, sending with an escalation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from cases import attachments, evidence, listing, reads
from cases.file_kinds import ENDINGS
from cases.paging import Place
from plumbline.attaching import Attaching
from plumbline.work import Work
from web import files
from web.api import cursors, examples, shapes, wishes
from web.api.asking import Asked, document, etag
from web.api.machines import PLURALS
from web.api.operations import Act, Answers, Operation, Takes, Upload
from web.api.problems import not_here

NO_SUCH = "no_such_attachment"
HASH = {"ETag": "Its SHA-256."}
CONTENT = {"type": "string", "format": "binary"}


def operations() -> Iterator[Operation]:
    """All of them."""
    for machine, plural in PLURALS.items():
        yield from Attachments(machine, plural).operations()
    yield Operation("POST", "/consultations/{number}/attachments/release", "attachment_release", ("attachment", "release"),
                    "Release photographs of a clue to a round, as copies without metadata", release,
                    Answers(shapes.ReleasedShape, examples.RELEASED, 201), "consultations", key=True, may_refuse=True,
                    takes=Takes(wishes.Releasing, {"clue": "MGJ-2026-0001", "attachments": [1]}))  # fmt: skip
    yield Operation("POST", "/escalations/{number}/attachments/send", "attachment_send", ("attachment", "send"),
                    "Mark attachments of the clue to go with its escalation; of one received, for its reply", send,
                    Answers(shapes.MarkedShape, examples.MARKED, 201), "escalations", key=True, may_refuse=True,
                    takes=Takes(wishes.Sending, {"attachments": [1]}))  # fmt: skip


def most(work: Work) -> int:
    """How many bytes a file may have, as on the page."""
    return work.evidence.most


FILE = Takes(CONTENT, "…", kind="application/octet-stream", upload=Upload(most, evidence.too_large))


@dataclass(frozen=True, slots=True)
class Attachments:
    """The operations on the attachments of the matters of one machine."""

    machine: str
    plural: str

    def operations(self) -> Iterator[Operation]:
        """All of them."""
        place = {"Location": "Where its bytes are.", **HASH}
        told = {"Content-Disposition": "The file's name.", **HASH}
        yield self._operation(
            "GET", "", "attachments", "read", "Its attachments, and where they went", act=self.list,
            answers=Answers(shapes.AttachmentsShape, examples.ATTACHMENTS), query=wishes.Paged,
            more="Whoever is shown those of a clue is on record.",
        )  # fmt: skip
        yield self._operation(
            "POST", "", "attach", "add", "Add a file", act=self.add,
            answers=Answers(shapes.AddedShape, examples.ADDED, 201, headers=place), query=wishes.AddingQuery, takes=FILE,
            before=self.may_add, key=True, may_refuse=True,
            more="The body is the file as it is. What it is, is seen from its content: JPEG, PNG, WebP, PDF, Word, Excel, "
            "MP4, MP3 and text are taken in. It is read once it is known that whoever sends it may.",
        )  # fmt: skip
        yield self._operation(
            "GET", "/{id}", "attachment", "read", "The bytes of one, as they were handed in, checked", act=self.get,
            answers=Answers(CONTENT, "…", kinds=tuple(ENDINGS), headers=told), unchanged=True, may_refuse=True,
            more="What another body than the keeping one reads is in the history.",
        )  # fmt: skip

    def _operation(
        self,
        method: str,
        path: str,
        name: str,
        action: str,
        says: str,
        *,
        act: Act,
        answers: Answers,
        **more: Any,
    ) -> Operation:
        return Operation(method, f"/{self.plural}/{{number}}/attachments{path}", f"{self.machine}_{name}",
                         ("attachment", action), says, act, answers, self.plural, **more)  # fmt: skip

    def list(self, asked: Asked) -> Response:
        """A page of the list."""
        number, wanted = asked.number, asked.query(wishes.Paged)
        after = cursors.read(wanted.cursor)
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            every = attachments.listed(session, asked.office, number, actor=asked.actor)
        if self.machine in reads.LOGGED:
            with asked.unit() as session:
                reads.note(session, number, login=asked.actor, what=reads.FILE, door="api", at=asked.at)
        left = [one for one in every if after is None or one["attachment"] > after.id]
        lines = left[: wanted.limit]
        following = Place(None, lines[-1]["attachment"]) if len(left) > len(lines) else None
        return document({"number": number, "attachments": lines, "next": cursors.written(following)})

    def may_add(self, asked: Asked) -> None:
        """What can be said before the file is read."""
        number, _, wanted = asked.number, asked.key, asked.query(wishes.AddingQuery)
        attachments.checked_caption(wanted.caption)
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            attachments.to_add(session, asked.office, number, actor=asked.actor)

    def add(self, asked: Asked) -> Response:
        """Add a file."""
        wanted = asked.query(wishes.AddingQuery)
        added = Attaching(asked.work).add(
            asked.number, asked.uploaded, name=wanted.name, caption=wanted.caption, actor=asked.actor, at=asked.at,
            key=asked.key,
        )  # fmt: skip
        where = {"Location": f"/api/v1/{self.plural}/{added.matter}/attachments/{added.number}"}
        return document(added.as_dict(), status=201, headers=where | etag(added.sha256))

    def get(self, asked: Asked) -> Response:
        """The bytes of one; or nothing, to whoever has them."""
        number, key = asked.number, asked.id(NO_SUCH)
        with asked.reading() as session:
            listing.check_machine(session, number, self.machine)
            every = attachments.listed(session, asked.office, number, actor=asked.actor)
        mark = next((etag(one["sha256"]) for one in every if one["attachment"] == key), None)
        if mark is None:
            raise not_here(NO_SUCH)
        if asked.knows(mark):
            return Response(status_code=304, headers=mark)
        return files.answer(Attaching(asked.work).opened(number, key, actor=asked.actor, at=asked.at))


def release(asked: Asked) -> Response:
    """Release photographs to a round."""
    number, wish = asked.number, asked.body(wishes.Releasing)
    _check(asked, number, "consultation")
    made = Attaching(asked.work).release(number, wish.clue, wish.attachments, actor=asked.actor, at=asked.at,
                                         caption=wish.caption, key=asked.key)  # fmt: skip
    return document({"number": number, "released": [one.as_dict() for one in made]}, status=201)


def send(asked: Asked) -> Response:
    """Mark attachments for an escalation."""
    number, wish = asked.number, asked.body(wishes.Sending)
    _check(asked, number, "escalation")
    made = Attaching(asked.work).send(number, wish.attachments, actor=asked.actor, at=asked.at, key=asked.key)
    return document({"number": number, "marked": [one.as_dict() for one in made]}, status=201)


def _check(asked: Asked, number: str, machine: str) -> None:
    with asked.reading() as session:
        listing.check_machine(session, number, machine)
