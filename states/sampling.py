"""Which sites are looked at: drawn by lot, weighted by risk, so that anyone can draw again and get the same ones.

Weighted sampling without replacement after P. S. Efraimidis and P. G. Spirakis, "Weighted random sampling with a
reservoir", Information Processing Letters 97 (2006) 181-185, algorithm A: each item of weight w gets the key u^(1/w) with
u uniform on (0, 1), and the items with the largest keys are drawn. Equal to drawing one after the other, each time with
a chance in proportion to the weights that are left.

u is no library's random number: it is SHA-256 over the seed and the item's name, so the draw depends neither on the
version of Python nor on the order of the list, and any other program can repeat it. In full, for a seed and a name that
are text in Unicode's form NFC:

1. h = SHA-256 of the UTF-8 bytes of "plumbline-draw-1" LF seed LF name; n = h as an integer, the first byte the highest.
2. u = (2n + 1) / 2^257, which is never 0 or 1.
3. The key -ln(u) / w orders as u^(1/w) does, the smallest first: it is computed in decimal, to 100 digits, because a
   machine's logarithm may differ in its last digit. Equal keys, which nobody will see, go by name.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise

METHOD = "plumbline-draw-1"
LONGEST_SEED = 200
LONGEST_NAME = 200
MOST_ITEMS = 100_000
HEAVIEST = Decimal(1_000_000)
LIGHTEST = Decimal("0.000001")
_DIGITS = Context(prec=100, rounding=ROUND_HALF_EVEN)  # 78 tell the nearest to 1 from 1
_HALF_STEPS = Decimal(2) ** 257


class CannotDraw(ValueError):
    """The list cannot be drawn from. `zh` says the same in Chinese; `code` names the fault."""

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.code, self.zh = code, zh


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One of those that may be drawn: its name, and its weight as a decimal number (2 is twice as likely at first)."""

    name: str
    weight: Decimal = Decimal(1)

    @classmethod
    def of(cls, name: str, weight: object = 1) -> Item:
        """The item as somebody wrote it. Raises CannotDraw."""
        said = unicodedata.normalize("NFC", " ".join(str(name).split()))
        if not said or len(said) > LONGEST_NAME or not said.isprintable():
            raise CannotDraw("bad_name", f"A name has 1 to {LONGEST_NAME} visible characters: {said[:40]!r}.",
                             f"名称须为 1 至 {LONGEST_NAME} 个可见字符：{said[:40]!r}。")  # fmt: skip
        return cls(said, _weight(said, weight))


@dataclass(frozen=True, slots=True)
class Draw:
    """All that a draw consists of: what was drawn from, the seed, how many, and what came out, in the order drawn."""

    seed: str
    take: int
    items: tuple[Item, ...]
    drawn: tuple[str, ...]
    method: str = METHOD

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over method, seed, number and the list with its weights: two draws of one digest agree."""
        lines = [
            self.method,
            self.seed,
            str(self.take),
            *(f"{one.name}\t{written(one.weight)}" for one in self.items),
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def draw(items: Iterable[Item], *, seed: str, take: int) -> Draw:
    """`take` of the items, or all where there are fewer. Raises CannotDraw."""
    listed = _checked(items, seed, take)
    said = unicodedata.normalize("NFC", seed)
    ordered = sorted(listed, key=lambda one: (key(said, one), one.name))
    return Draw(said, take, listed, tuple(one.name for one in ordered[:take]))


def key(seed: str, item: Item) -> Decimal:
    """By which the items are ordered, the smallest first: steps 1 to 3 of the method."""
    text = f"{METHOD}\n{seed}\n{item.name}"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    uniform = _DIGITS.divide(Decimal(2 * number + 1), _HALF_STEPS)
    return _DIGITS.divide(_DIGITS.minus(_DIGITS.ln(uniform)), item.weight)


def redraw(items: Iterable[Item], *, seed: str, take: int, drawn: Sequence[str]) -> bool:
    """Whether drawing again gives the same in the same order. Raises CannotDraw."""
    return draw(items, seed=seed, take=take).drawn == tuple(drawn)


def written(weight: Decimal) -> str:
    """A weight in its one spelling: 2, 0.5, 1000."""
    return f"{weight.normalize():f}"


def chance_of_first(items: Sequence[Item], name: str) -> Fraction:
    """How likely an item is the first one drawn."""
    total = sum(Fraction(one.weight) for one in items)
    return sum((Fraction(one.weight) for one in items if one.name == name), Fraction(0)) / total


def _weight(name: str, weight: object) -> Decimal:
    try:
        found = Decimal(unicodedata.normalize("NFKC", str(weight)).strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not LIGHTEST <= found <= HEAVIEST or -int(found.as_tuple().exponent) > 6:
        raise CannotDraw(
            "bad_weight",
            f"{name}: the weight {str(weight)[:20]!r} is not a number from 0.000001 to 1000000 with at most six decimals.",
            f"{name}：权重 {str(weight)[:20]!r} 不是 0.000001 至 1000000 之间、至多六位小数的数。",
        )
    return found


def _checked(items: Iterable[Item], seed: str, take: int) -> tuple[Item, ...]:
    listed = tuple(sorted(items))
    if not seed.strip() or len(seed) > LONGEST_SEED or not seed.isprintable():
        raise CannotDraw("bad_seed", f"A seed has 1 to {LONGEST_SEED} visible characters.",
                         f"种子须为 1 至 {LONGEST_SEED} 个可见字符。")  # fmt: skip
    if not listed or len(listed) > MOST_ITEMS:
        raise CannotDraw("bad_list", f"A list to draw from has 1 to {MOST_ITEMS:,} names.",
                         f"抽取名单须有 1 至 {MOST_ITEMS:,} 个名称。")  # fmt: skip
    if take < 1:
        raise CannotDraw("bad_take", "At least one has to be drawn.", "至少抽取一个。")
    for one, other in pairwise(listed):
        if one.name == other.name:
            raise CannotDraw("named_twice", f"{one.name} is in the list twice; its weight would be unclear.",
                             f"{one.name} 在名单中出现两次，权重不明。")  # fmt: skip
    return listed
