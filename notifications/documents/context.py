"""Everything that stands on a paper. Both forms, PDF and docx, are made from this and from nothing else."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict

UNPRINTABLE = ("Cc", "Cs", "Cf", "Co", "Cn")


def printable(text: str) -> str:
    """The text without signs that no paper shows: controls, turns of direction, halves of characters."""
    return "".join(sign for sign in text if sign == "\n" or category(sign) not in UNPRINTABLE).strip()


def kept(text: str) -> str:
    """The same of a word that goes before or after others: its blanks stay."""
    return "".join(sign for sign in text if category(sign) not in UNPRINTABLE)


Text = Annotated[str, AfterValidator(printable)]
Word = Annotated[str, AfterValidator(kept)]


class Particular(BaseModel):
    """One line of the table on a paper."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Text
    value: Text


class NoticeContext(BaseModel):
    """One paper, whole. Texts are in `lang`; an empty text leaves its place out.

    `number` is the paper's own, such as 港纪督〔2026〕12号; empty on a draft. `upward` papers name their signer at the
    head. `code` is what the QR holds and `code_text` how people read it: the place in the matter's history that the
    paper was made from. Nothing here may name who reported: `wording` chooses what does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lang: Literal["zh", "en"]
    kind: str
    issuer: Text
    number: Text = ""
    upward: bool = False
    signer: Text = ""
    copy_no: Text = ""
    classification: Text = ""
    urgency: Text = ""
    title: Text
    addressee: Text = ""
    body: tuple[Text, ...]
    particulars: tuple[Particular, ...] = ()
    closing: tuple[Text, ...] = ()
    attachments: tuple[Text, ...] = ()
    dated_on: date
    dated: Text
    contact: Text = ""
    copies_to: Text = ""
    printed: Text = ""
    stamp: Text = ""
    code: str = ""
    code_text: Text = ""
    words: dict[str, Word]
