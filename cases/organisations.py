"""Organisations as a tree of commissions and units, and the projects they build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import Field, Session, SQLModel, col, or_, select


class Organisation(SQLModel, table=True):
    """A commission, a company's discipline organ or a unit of a project. `parent` is the body it reports to."""

    __tablename__ = "organisation"

    code: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=32)  # commission, owner, contractor, supervision, regulator
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    parent: str | None = Field(default=None, foreign_key="organisation.code", max_length=32)

    def name(self, lang: str) -> str:
        """The name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en


class Project(SQLModel, table=True):
    """A construction project under one commission's supervision."""

    __tablename__ = "project"

    code: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=200, unique=True)
    organisation: str = Field(foreign_key="organisation.code", max_length=32)


def line_above(session: Session, code: str) -> Iterator[Organisation]:
    """The bodies above `code`, nearest first. A circle in the tree ends the line where it closes."""
    seen = {code}
    here = session.get(Organisation, code)
    while here is not None and here.parent is not None and here.parent not in seen:
        seen.add(here.parent)
        here = session.get(Organisation, here.parent)
        if here is not None:
            yield here


def organisations(session: Session) -> Sequence[Organisation]:
    """Every organisation, by code."""
    return session.exec(select(Organisation).order_by(col(Organisation.code))).all()


def projects(session: Session) -> Sequence[Project]:
    """Every project, by code."""
    return session.exec(select(Project).order_by(col(Project.code))).all()


def project_named(session: Session, name: str, *, organisation: str) -> Project:
    """The project of that name; a new one under `organisation` if there is none yet."""
    found = session.exec(select(Project).where(Project.name == name)).first()
    if found is None:
        count = len(projects(session))
        found = Project(code=f"P{count + 1:03d}", name=name, organisation=organisation)
        session.add(found)
        session.flush()
    return found


def code_named(session: Session, name: str) -> str | None:
    """The code of the body of this code or name, in either language; None where no body or more than one has it."""
    names = (Organisation.code, Organisation.name_zh, Organisation.name_en)
    query = select(Organisation.code).where(or_(*(col(one) == name.strip() for one in names)))
    found = session.exec(query).all()
    return found[0] if len(found) == 1 else None
