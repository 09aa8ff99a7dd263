"""Passwords: what is refused as one, and what proves one. Only argon2id hashes are on file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col

from cases.people import Person
from states.facts import Reason, Refused
from states.names import key_of
from states.rulebook import Label

LEAST, MOST = 10, 128
"""Characters. The office's own settings: no law names a number. The most keeps anybody from having novels hashed."""
FEWEST_DIFFERENT = 5
_LIST = Path(__file__).with_name("common_passwords.txt")
_HASHING = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=46 * 1024, parallelism=1),))
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujmikolp",
         "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")  # fmt: skip
_AROUND = "0123456789 !@#$%^&*()_-+=.,;:?~'\"/\\|<>[]{}"
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


class Credential(SQLModel, table=True):
    """The argon2id hash of an account's password, and who set it: the person, always."""

    __tablename__ = "credential"

    login: str = Field(primary_key=True, foreign_key="person.login", max_length=64)
    hash: str = Field(max_length=255)
    set_at: datetime


def normalised(password: str) -> str:
    """The password as it is hashed: NFKC, so that keyboards that compose signs differently agree."""
    return unicodedata.normalize("NFKC", password)


def faults(password: str, *, about: Iterable[str] = ()) -> list[Reason]:
    """Everything that speaks against a password; `about` are the names of whose it is to be, and of the office."""
    text = normalised(password)
    return list(_faults(text, [key_of(one) for one in about]))


def _faults(text: str, about: list[str]) -> Iterator[Reason]:
    if len(text) < LEAST:
        yield _reason("password_short", f"The password has fewer than {LEAST} characters.", f"密码少于 {LEAST} 个字符。",
                      "Three or four unrelated words are long and easy to keep.",
                      "可用三四个互不相关的词组成。")  # fmt: skip
    if len(text) > MOST:
        yield _reason("password_long", f"The password has more than {MOST} characters.", f"密码超过 {MOST} 个字符。",
                      "Take a shorter one.", "请缩短。")  # fmt: skip
        return
    plain = key_of(text)
    if any(len(name) >= 3 and name in plain for name in about) or any(
        len(name) == 2 and not name.isascii() and name in plain for name in about
    ):
        yield _reason("password_names_you", "The password holds a name of yours or of the office.",
                      "密码含有您的账号、姓名或单位名称。", "Take one that says nothing about you.",
                      "请另选与本人、单位无关的密码。")  # fmt: skip
    if len(set(plain or text)) < FEWEST_DIFFERENT or is_sequence(plain):
        yield _reason("password_sequence", "The password is a row or a repetition of signs.", "密码是连续或重复的字符。",
                      "Take one without an order to it.", "请避免有规律的字符。")  # fmt: skip
    if is_common(text):
        yield _reason("password_common", "The password is one of those that are tried first: it, or one like it, has "
                      "been in many a leak.", "该密码（或与之相近的密码）属常见泄露密码，最先被尝试。",
                      "Take an uncommon one.", "请另选不常见的密码。")  # fmt: skip


def is_sequence(plain: str) -> bool:
    """Whether a text is, but for three signs, made of at most three pieces of a keyboard's or the alphabet's rows,
    forwards, backwards or standing still."""
    pieces = strays = at = 0
    while at < len(plain):
        length = _longest_run(plain, at)
        pieces, strays = (pieces + 1, strays) if length >= 3 else (pieces, strays + length)
        at += length
    return 0 < pieces <= 3 and strays <= 3


def _longest_run(plain: str, at: int) -> int:
    """How long a piece of one row, forwards, backwards or standing still, begins at a place."""
    best = 0
    for row in (*_ROWS, *(row[::-1] for row in _ROWS), plain[at] * len(plain)):
        doubled = row + row
        length = 1
        while at + length < len(plain) and plain[at : at + length + 1] in doubled:
            length += 1
        best = max(best, length if plain[at] in row else 0)
    return best


def is_common(text: str) -> bool:
    """Whether it is on the list, or a word or two of the list with digits and signs around it, or with look-alikes."""
    words = _common()
    folded = text.casefold()
    bare = folded.strip(_AROUND)
    for form in (folded, bare, bare.rstrip("is"), bare.translate(_LOOKALIKES), folded.translate(_LOOKALIKES)):
        if form in words or any(
            form[:cut] in words and form[cut:] in words for cut in range(3, len(form) - 2)
        ):
            return True
    return False


@cache
def _common() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def hashed(password: str) -> str:
    """The argon2id hash: 46 MiB, one pass as OWASP names it; 50 to 100 ms, so never with a transaction open."""
    return _HASHING.hash(normalised(password))


def proves(password: str, held: str | None) -> bool:
    """Whether a password is the one that was hashed. Without a hash the same work is done, and the answer is no."""
    text = normalised(password)[: MOST + 1]
    good = _HASHING.verify(text, held if held is not None else _nobodys())
    return good and held is not None


@cache
def _nobodys() -> str:
    """The hash that accounts without a password are held against, so that an answer takes as long for them."""
    return _HASHING.hash("no password has this hash")


def check(person: Person, password: str, *, about: Iterable[str] = ()) -> None:
    """Raises Refused with everything that speaks against this password for this person."""
    names = [person.login, person.name, (person.email or "").partition("@")[0], *about]
    if found := faults(password, about=names):
        raise Refused("password_refused", tuple(found))


def held(session: Session, login: str) -> str | None:
    """The hash on file of an active account."""
    person, credential = session.get(Person, login), session.get(Credential, login)
    return credential.hash if credential is not None and person is not None and person.active else None


def keep(session: Session, login: str, hash_: str, *, at: datetime) -> None:
    """Put a new password's hash on file, instead of the one before."""
    credential = session.get(Credential, login)
    if credential is None:
        session.add(Credential(login=login, hash=hash_, set_at=at))
    else:
        credential.hash, credential.set_at = hash_, at
        session.add(credential)
    session.flush()


def forget(session: Session, login: str) -> None:
    """The account has no password any more."""
    session.execute(delete(Credential).where(col(Credential.login) == login))


def _reason(code: str, en: str, zh: str, cure_en: str, cure_zh: str) -> Reason:
    return Reason(code, Label(en=en, zh=zh), Label(en=cure_en, zh=cure_zh))
