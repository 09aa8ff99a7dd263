"""Coverage: every cell of the projects in sight, what is proposed against the blind ones, and accepting it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from cases import coverage, proposing
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes
from web.api.problems import not_here

NO_SUCH = "no_such_project"


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/coverage", "coverage_show", ("coverage", "read"),
                    "Each phase, side and link of the projects whose rounds you see: covered, planned or blind", show,
                    Answers(shapes.CoverageShape, examples.COVERAGE), "inspections", query=wishes.CoverageQuery,
                    may_refuse=True)  # fmt: skip
    yield Operation("GET", "/coverage/proposals", "coverage_propose", ("coverage", "read"),
                    "What would close the blind cells, that which closes most first, each with its reason", propose,
                    Answers(shapes.ProposalsShape, examples.PROPOSALS), "inspections", query=wishes.ProposalsQuery,
                    may_refuse=True)  # fmt: skip
    yield Operation("POST", "/coverage/acceptances", "coverage_accept", ("coverage", "accept"),
                    "Accept what is proposed at a link: it becomes a programme or a round", accept,
                    Answers(shapes.AcceptedShape, examples.ACCEPTED, 201), "inspections", key=True, may_refuse=True,
                    takes=Takes(wishes.Accepting, {"project": "PC", "link": "c15_quality"}))  # fmt: skip


def show(asked: Asked) -> Response:
    """Every cell."""
    wanted = asked.query(wishes.CoverageQuery)
    with asked.reading() as session:
        _check(session, asked, wanted.project)
        found = coverage.of(session, asked.office, actor=asked.actor, at=asked.at, project=wanted.project)
    return document(coverage.document(asked.office, found, actor=asked.actor, at=asked.at))


def propose(asked: Asked) -> Response:
    """What would close the blind ones."""
    wanted = asked.query(wishes.ProposalsQuery)
    with asked.reading() as session:
        _check(session, asked, wanted.project)
        found = proposing.of(session, asked.office, actor=asked.actor, at=asked.at, project=wanted.project)
        return document(proposing.document(session, asked.office, found, actor=asked.actor, at=asked.at, lang=asked.lang,
                                           limit=wanted.limit))  # fmt: skip


def accept(asked: Asked) -> Response:
    """Do what is proposed."""
    wish = asked.body(wishes.Accepting)

    def act(session: Session) -> dict[str, Any]:
        _check(session, asked, wish.project)
        return proposing.accept(session, asked.office, actor=asked.actor, at=asked.at, project=wish.project,
                                link=wish.link, kind=wish.kind, why=wish.why, inspectors=wish.inspectors,
                                lang=asked.lang).as_dict()  # fmt: skip

    done = asked.once(("coverage", wish.project, wish.link, wish.kind, wish.why, *wish.inspectors), act)
    return document(done, status=201)


def _check(session: Session, asked: Asked, project: str | None) -> None:
    """Raises Wrong (404) for a project that is not there or whose rounds they do not see."""
    there = {one.code for one in coverage.projects(session, asked.office, asked.actor)}
    if project is not None and project not in there:
        raise not_here(NO_SUCH)
