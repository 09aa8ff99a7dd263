"""Integrity files besides their matters: how they stand and what they lack. No operation answers with what a leaf says."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import file_lists, listing, person_files, project_files, reads
from web.api import examples, shapes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation

NEVER = "What a leaf says is read on a page alone, by an approved reading."


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/files", "files", ("file", "read"), "The integrity files you see, and what each lacks", files,
                    Answers(shapes.FilesShape, {"people": [examples.PERSON_FILE], "projects": [examples.PROJECT_FILE]}),
                    "files", more=NEVER)  # fmt: skip
    yield Operation("GET", "/person-files/{number}/record", "person_file_record", ("file", "read"),
                    "How a person's file stands, and its readings as far as you see them", of_person,
                    Answers(shapes.PersonFileRecordShape, examples.PERSON_FILE_RECORD), "person-files",
                    more=NEVER)  # fmt: skip
    yield Operation("GET", "/project-files/{number}/record", "project_file_record", ("file", "read"),
                    "The items of a project's file, each with what is on file of it here", of_project,
                    Answers(shapes.ProjectFileRecordShape, examples.PROJECT_FILE_RECORD), "project-files")  # fmt: skip


def files(asked: Asked) -> Response:
    """Of people and of projects."""
    with asked.reading() as session:
        people = file_lists.lines(session, asked.office, actor=asked.actor, at=asked.at, lang=asked.lang)
        works = project_files.lines(session, asked.office, actor=asked.actor, lang=asked.lang)
    return document({"people": people, "projects": works})


def of_person(asked: Asked) -> Response:
    """One file; that it was looked at is on record."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, person_files.MACHINE)
        found = file_lists.record(
            session, asked.office, number, actor=asked.actor, at=asked.at, lang=asked.lang
        )
    with asked.unit() as session:
        reads.note(session, number, login=asked.actor, what=reads.FILE, door="api", at=asked.at)
    return document(found)


def of_project(asked: Asked) -> Response:
    """One file."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, project_files.MACHINE)
        found = project_files.record(session, asked.office, number, actor=asked.actor, lang=asked.lang)
    return document(found)
