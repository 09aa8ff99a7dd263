"""Names as they are compared: of firms without their legal form and note, of persons without title; several in one field.

Two names are the `same` where what is left of them is equal, and `near` where one holds the other: the first is taken for
certain, the second is for somebody to look at. What is left of a name is never so little that other firms share it: of
"监理公司" nothing is taken off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from states.name_words import (
    ABBREVIATED,
    ENGLISH_FORMS,
    ENGLISH_TITLES,
    FIRM_ENDS,
    GENERIC,
    SITE_OFFICES,
    TITLES,
)

_NAMES_AT_MOST = 20  # in one field; what comes after them is compared as a whole
_NOTES_AT_MOST = 3  # of which each may be left out for itself
_BRACKETS = str.maketrans("[{【〔〖", "(((((") | str.maketrans("]}】〕〗", ")))))")
_NOTE = re.compile(r"\(([^()]*)(?:\)|$)")
_BETWEEN, _COMMA = re.compile(r"[、;|/\n]"), re.compile(",")
_AND = re.compile("以及|和|与|及|&| and ")
_PLAIN = re.compile(r"[一-鿿]+")
_ENDS = (*FIRM_ENDS, *SITE_OFFICES)
_ABBREVIATION = re.compile(r"(?<=\b\w)\.(?=\w\b|\s|$|,)")
_APART = re.compile(r"[^\W_]+")
_OFFICE_OF = re.compile(rf"(.{{2,}}?公司)(?:(?!公司).)+(?:{'|'.join(SITE_OFFICES)})")


@dataclass(frozen=True)
class Name:
    """A field that names somebody or something, as it is compared.

    `whole`: each of the names in it. `forms`: these and what is left of them without their notes in brackets; `sought`:
    those of them that are looked for in another, in whose `texts` they may stand.
    """

    whole: frozenset[str]
    forms: frozenset[str]
    sought: frozenset[str]
    texts: frozenset[str]
    is_person: bool

    @cached_property
    def sought_pairs(self) -> frozenset[str]:
        """Every two signs that follow one another in what is looked for."""
        return frozenset(pair for form in self.sought for pair in pairs(form))

    @cached_property
    def text_pairs(self) -> frozenset[str]:
        """The same of the texts. Two names that have to do with each other share some, unless they are equal."""
        return frozenset(pair for text in self.texts for pair in pairs(text))


@lru_cache(maxsize=2**14)
def key_of(name: str) -> str:
    """A name as it is written: NFKC, without case, blanks and punctuation. "恒泰 監理(Co.)" is "恒泰監理co"."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def same(one: Name, other: Name) -> bool:
    """Whether the two name the same. Of two with different notes in brackets nobody can be certain."""
    return not one.whole.isdisjoint(other.forms) or not other.whole.isdisjoint(one.forms)


def near(one: Name, other: Name) -> bool:
    """Whether the two may name the same, and nothing makes it certain: one holds the other, as a branch does its firm."""
    alike = not one.forms.isdisjoint(other.forms) or _holds(one, other) or _holds(other, one)
    return alike and not same(one, other)


def _holds(text: Name, name: Name) -> bool:
    for form in name.sought:
        for held in text.texts:
            if form in held and not _another(held, form, text):
                return True
    return False


def _another(text: str, name: str, of: Name) -> bool:
    """Whether a text of three signs is the name of somebody else: 李明华 is not 李明, but 李明工 and 老李明 may be."""
    plain = of.is_person and len(text) == 3 and len(name) == 2 and not text.isascii()
    return plain and text.replace(name, "", 1) not in ABBREVIATED


@lru_cache(maxsize=2**14)
def of_person(field: str) -> Name:
    """The persons a field names: without notes and titles."""
    text = folded(field)
    whole = _read(text, persons=True)
    return _named(whole, whole, text, is_person=True)


@lru_cache(maxsize=2**14)
def of_firm(field: str) -> Name:
    """The firms (projects, bodies) a field names: without legal form and the tail of a unit."""
    text = folded(field)
    whole = _read(text, persons=False)
    if "(" not in text:
        return _named(whole, whole, text, is_person=False)
    bare = {_core(left) for part in _parts(text, persons=False) for left in _noted(part)[1]}
    return _named(whole, whole | {form for form in bare if _tells(form)}, text, is_person=False)


def _read(text: str, *, persons: bool) -> frozenset[str]:
    """The names in a text; what is left of one is read again, since only then two may come to light in it."""
    found: set[str] = set()
    for part in _parts(text, persons=persons):
        name = _untitled(part) if persons else _core(_noted(part)[0])
        found |= {name} - {""} if name == text else _read(name, persons=persons)
    return frozenset(found)


def _named(whole: frozenset[str], forms: frozenset[str], text: str, *, is_person: bool) -> Name:
    sought = frozenset(form for form in forms if _may_be_sought(form))
    texts = forms | ({key_of(text)} - {""})
    return Name(whole, forms, sought, texts, is_person)


def pairs(text: str) -> Iterator[str]:
    """Every two signs of a text that follow one another."""
    return (text[start : start + 2] for start in range(len(text) - 1))


def _tells(form: str) -> bool:
    """Whether enough is left of a name to tell it from others."""
    return len(form) > 1 and form not in GENERIC


def _may_be_sought(form: str) -> bool:
    """Whether a text that holds this may mean it: not what is short, nor what so many firms are called."""
    return len(form) >= (4 if form.isascii() else 2) and _tells(form) and _tells(_once_stripped(form))


def parts_of(field: str) -> tuple[str, ...]:
    """The names of persons in a field, each as it would stand in a text; longer than one sign."""
    return tuple(sorted(name for name in of_person(field).whole if _tells(name) and name not in TITLES))


def folded(field: str) -> str:
    """A field with signs of one width, small letters and brackets of one kind."""
    return unicodedata.normalize("NFKC", field).casefold().translate(_BRACKETS)


# ------------------------------------------------------------------------------------------- several in one field


def _parts(text: str, *, persons: bool) -> list[str]:
    """The names in a text; the text itself where it cannot be taken apart with certainty."""
    if _PLAIN.fullmatch(text) and not _AND.search(text):
        return [text]
    found = [piece for part in _cut(text, _BETWEEN) for piece in _by_comma(part, persons=persons)]
    found = [piece for part in found for piece in _by_word(part, persons=persons)]
    if len(found) > _NAMES_AT_MOST or any(len(key_of(one)) < 2 for one in found):
        return [text]
    return found


def _cut(text: str, between: re.Pattern[str]) -> list[str]:
    """A text cut where such a mark stands outside brackets."""
    if not between.search(text):
        return [text]
    inside = [range(*note.span()) for note in _NOTE.finditer(text)]
    cuts = [one for one in between.finditer(text) if not any(one.start() in note for note in inside)]
    edges = [0, *(edge for one in cuts for edge in one.span()), len(text)]
    pieces = [text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
    return [piece for piece in pieces if key_of(piece)] or [text]


def _by_comma(text: str, *, persons: bool) -> list[str]:
    """ "Hengtai Co., Ltd." and "Zhao, Deming" are one name each."""
    found: list[str] = []
    for piece in _cut(text, _COMMA):
        if found and not _ends_before(found[-1], piece, persons=persons):
            found[-1] += f",{piece}"
        else:
            found.append(piece)
    return found


def _ends_before(left: str, right: str, *, persons: bool) -> bool:
    if not persons and key_of(right) in ENGLISH_FORMS:
        return False
    words = _words(left)
    if not key_of(left).isascii():
        return True
    return len(words) > 1 and (persons or words[-1] in ENGLISH_FORMS)


def _by_word(text: str, *, persons: bool) -> list[str]:
    """Apart at 和, 与 and 及, where both sides are whole names: 李和平 is one person, 和平建设公司 one firm."""
    for found in _AND.finditer(text):
        sides = text[: found.start()], text[found.end() :]
        if all(_stands_alone(side, persons=persons) for side in sides):
            return [sides[0], *_by_word(sides[1], persons=persons)]
    return [text]


def _stands_alone(side: str, *, persons: bool) -> bool:
    if not persons:
        text = _without_notes(side)
        return _core(text) != key_of(text)
    name = _untitled(side)
    return 2 <= len(name) <= 4 and not name.isascii()


# -------------------------------------------------------------------------------------------------- what is left


def _without_notes(text: str) -> str:
    while (left := _NOTE.sub(" ", text)) != text:
        text = left
    return text


def _noted(text: str) -> tuple[str, list[str]]:
    """A firm's name with its notes in place, but for those that only tell its legal form; and with some of them left out."""
    if "(" not in text:
        return text, []
    text = _NOTE.sub(lambda note: " " if _says_nothing(note[1]) else note[0], text)
    spans = [note.span() for note in _NOTE.finditer(text)]
    if len(spans) > _NOTES_AT_MOST:
        return text, [_without_notes(text)]
    chosen = (some for count in range(1, len(spans) + 1) for some in combinations(spans, count))
    return text, [_left_out(text, some) for some in chosen]


def _left_out(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]} {text[end:]}"
    return text


def _says_nothing(note: str) -> bool:
    key = key_of(note)
    return not key or key in FIRM_ENDS or key in SITE_OFFICES or all(w in ENGLISH_FORMS for w in _words(note))


def _core(text: str) -> str:
    """What is left of a firm's name: without legal forms and tails of units, as far as it still tells the firm."""
    left = first if _tells(first := _once_stripped(text)) else key_of(text)
    while (further := _once_stripped(left)) != left and _tells(further):
        left = further
    return left


def _once_stripped(text: str) -> str:
    words = _words(text)
    while words and words[-1] in ENGLISH_FORMS:
        words.pop()
    key = "".join(words)
    if not key.endswith(_ENDS):
        return key
    if office := _OFFICE_OF.fullmatch(key):
        key = office[1]
    return key.removesuffix(next((end for end in _ENDS if key.endswith(end)), ""))


def _words(text: str) -> list[str]:
    """The words of a text; a Chinese name is one, whatever blanks stand in it, and another than what it stands beside."""
    if _PLAIN.fullmatch(text):
        return [text]
    closed = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", _ABBREVIATION.sub("", text))
    parted = re.sub(r"(?<=[一-鿿])(?=[a-z])|(?<=[a-z])(?=[一-鿿])", " ", closed)
    return [key for word in _APART.findall(parted) if (key := key_of(word))]


def _untitled(text: str) -> str:
    """A person's name without notes and titles, as far as a whole name is left."""
    bare = _without_notes(text)
    words = _words(bare if len(key_of(bare)) > 1 else text)
    while len(words) > 2 and words[0] in ENGLISH_TITLES:
        words = words[1:]
    name = "".join(words)
    while (shorter := _less_a_title(name)) != name:
        name = shorter
    return name


def _less_a_title(name: str) -> str:
    if len(name) < 3 or not (name.endswith(TITLES) or name.startswith(TITLES)):
        return name
    for title in TITLES:
        for left in (name.removesuffix(title), name.removeprefix(title)):
            if left != name and 2 <= len(left) <= 4 and not left.isascii():
                return left
    return name
