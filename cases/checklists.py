"""Checklists on file: loaded once, never changed; a round keeps the version it was opened with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from states.checklists import Checklist
from states.facts import Reason, Refused
from states.rulebook import Label, Machine

FIELD = "checklist"  # the fact of a round: the key of its checklist


class LoadedChecklist(SQLModel, table=True):
    """A version of a checklist, as the JSON it was loaded in. `key` is "LINKS@2026.1"."""

    __tablename__ = "checklist"

    key: str = Field(primary_key=True, max_length=65)
    code: str = Field(index=True, max_length=32)
    version: str = Field(max_length=32)
    sha256: str = Field(max_length=64)
    text: str
    loaded_by: str = Field(max_length=64)
    loaded_at: datetime

    @property
    def content(self) -> Checklist:
        """What it asks."""
        return _read(self.text)


@lru_cache(maxsize=64)
def _read(text: str) -> Checklist:
    return Checklist.model_validate_json(text)


def put(session: Session, checklist: Checklist, *, by: str, at: datetime) -> str:
    """Put a version on file for the rounds to come; again, the same one changes nothing. Its key.

    Raises Refused: already_loaded (other content under the same version).
    """
    text = checklist.model_dump_json(exclude_none=True)
    mark = hashlib.sha256(text.encode()).hexdigest()
    held = session.get(LoadedChecklist, checklist.key)
    if held is None:
        session.add(LoadedChecklist(key=checklist.key, code=checklist.code, version=checklist.version,
                                    sha256=mark, text=text, loaded_by=by, loaded_at=at))  # fmt: skip
        session.flush()
    elif held.sha256 != mark:
        raise _refused("already_loaded", f"检查清单 {checklist.key} 已载入，内容不同。",
                       f"{checklist.key} is on file already with other content.", "请改用新的版本号。",
                       "Give the new one a new version.")  # fmt: skip
    return checklist.key


def all_(session: Session) -> list[LoadedChecklist]:
    """Every version on file, by code, the newest first."""
    query = select(LoadedChecklist).order_by(
        col(LoadedChecklist.code), col(LoadedChecklist.loaded_at).desc(), col(LoadedChecklist.key).desc()
    )
    return list(session.exec(query))


def named(session: Session, name: str) -> LoadedChecklist:
    """The version "LINKS@2026.1", or of "LINKS" the one that was loaded last. Raises Refused (unknown_reference)."""
    code, _, version = name.strip().partition("@")
    query = select(LoadedChecklist).where(col(LoadedChecklist.code) == code)
    if version:
        query = query.where(col(LoadedChecklist.version) == version)
    query = query.order_by(col(LoadedChecklist.loaded_at).desc(), col(LoadedChecklist.key).desc())
    found = session.exec(query.limit(1)).first()
    if found is None:
        raise _refused("unknown_reference", f"没有检查清单“{name[:70]}”。",
                       f"There is no checklist {name[:70]!r} on file.",
                       "请用 checklist list 查看已载入的清单。", "`checklist list` shows which there are.",
                       FIELD)  # fmt: skip
    return found


def frozen(session: Session, machine: Machine, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a new round starts with: the checklist it names is, from here on, the version that is in force now.

    Raises Refused (unknown_reference).
    """
    given = values.get(FIELD)
    if not given or FIELD not in {field.name for field in machine.register_}:
        return dict(values)
    return dict(values) | {FIELD: named(session, str(given)).key}


def as_dict(one: LoadedChecklist, labels: Mapping[str, Label], lang: str) -> dict[str, Any]:
    """A checklist in full."""
    content = one.content
    return summary(one, lang) | {
        "links": [
            {"link": section.link, "label": labels[section.link].in_(lang) if section.link in labels else section.link,
             "basis": [basis.model_dump(mode="json", exclude_none=True) for basis in section.basis],
             "items": [
                 {"item": item.id, "sign": item.sign.in_(lang), "mandatory": item.mandatory,
                  "measure": {"label": item.measure.label.in_(lang), "unit": item.measure.unit,
                              "least": item.measure.least, "most": item.measure.most} if item.measure else None}
                 for item in section.items]}
            for section in content.links]}  # fmt: skip


def summary(one: LoadedChecklist, lang: str) -> dict[str, Any]:
    """A checklist in one line."""
    asked = [item for _, item in one.content.asked()]
    return {"checklist": one.key, "code": one.code, "version": one.version, "label": one.content.label.in_(lang),
            "asks": len(asked), "mandatory": sum(item.mandatory for item in asked), "loaded_by": one.loaded_by,
            "loaded_at": one.loaded_at.isoformat()}  # fmt: skip


def _refused(code: str, zh: str, en: str, cure_zh: str, cure_en: str, field: str | None = None) -> Refused:
    return Refused(code, (Reason(code, Label(zh=zh, en=en), Label(zh=cure_zh, en=cure_en), field),))
