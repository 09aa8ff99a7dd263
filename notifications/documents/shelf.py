"""Where templates come from: each file from the office's own folder if it is there, else the one that came with us."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from notifications.documents import docx, pdf
from notifications.documents.faulty import FaultyTemplate

SHIPPED = Path(__file__).parent / "templates"
RULES = "papers.yaml"

Form = Literal["pdf", "docx"]
T = TypeVar("T", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Paper(_Strict):
    """What is fixed about a kind of paper, in every language."""

    about: tuple[str, ...]
    by: tuple[str, ...]
    series: str = Field(min_length=1, max_length=8)
    voice: Literal["keeper", "addressee", "recipient"] = "keeper"
    """Who speaks: the body that keeps the matter, the one it was sent to, or the one it was handed over to."""
    names_nobody: bool = False
    """It goes to a reporter, a unit or the members of a round: whom the matter is about is not named on it."""
    upward: bool = False
    urgency: bool = False
    needs: tuple[str, ...] = ()
    table: tuple[str, ...] = ()


class Papers(_Strict):
    """Every kind of paper, and how the numbers of the office begin."""

    mark: str = Field(min_length=1, max_length=16)
    papers: dict[str, Paper]


class Texts(_Strict):
    """The texts of a kind of paper in one language; each is a small template."""

    title: str
    addressee: str = ""
    body: tuple[str, ...]
    closing: tuple[str, ...] = ()


class Language(_Strict):
    """Everything papers say in one language."""

    words: dict[str, str]
    stamps: dict[str, str]
    urgency: str
    dated: str
    printed: str
    code: str
    extract: str
    """What stands at the head of an extract; `items` are those that are left out."""
    labels: dict[str, str]
    papers: dict[str, Texts]


@dataclass(frozen=True)
class Shelf:
    """The templates an office works with. `own` is its folder, if it has one; a file there replaces ours."""

    own: Path | None = None

    def path(self, name: str) -> Path:
        """Where the template of this name is."""
        own = self.own / name if self.own is not None else None
        return own if own is not None and own.is_file() else SHIPPED / name

    @cached_property
    def papers(self) -> Papers:
        """The kinds of paper. Raises FaultyTemplate."""
        return _read(self.path(RULES), Papers)

    @cached_property
    def languages(self) -> dict[str, Language]:
        """The texts by language. Raises FaultyTemplate."""
        return {lang: _read(self.path(f"{lang}.yaml"), Language) for lang in ("zh", "en")}

    def layout(self, form: Form, lang: str) -> Path:
        """The template that lays a paper out."""
        return self.path(pdf.TEMPLATE if form == "pdf" else docx.TEMPLATES[lang])

    def version(self, form: Form, lang: str) -> str:
        """What tells these templates from others: 16 hexadecimal digits of the SHA-256 of all that a paper is made of."""
        told = hashlib.sha256()
        for path in (self.path(RULES), self.path(f"{lang}.yaml"), self.layout(form, lang)):
            told.update(hashlib.sha256(path.read_bytes()).digest())
        return told.hexdigest()[:16]


def copy_to(folder: Path) -> list[Path]:
    """Copy our templates into `folder`, to be edited there; the paths that are new. What is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = [path for path in sorted(SHIPPED.iterdir()) if not (folder / path.name).exists()]
    return [Path(shutil.copy(path, folder)) for path in fresh]


def _read(path: Path, kind: type[T]) -> T:
    try:
        found: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return kind.model_validate(found)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise FaultyTemplate(path.name, str(fault)) from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        raise FaultyTemplate(path.name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from fault
