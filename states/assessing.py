"""The score of a sheet, exactly, from its figures and the weights of the rulebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from states.assessment_rules import Indicator
from states.form_values import label

FORMULA = label(
    "得分 = 100 × Σ(权重 × 分子 ÷ 分母) ÷ Σ权重 − Σ扣分，低于0的计0；分母为0的指标不适用，不计权重；"
    "扣分 = 每件扣分 × 件数，不超过扣分上限。",
    "score = 100 x sum(weight x numerator / denominator) / sum(weights) - deductions, and at least 0; what has the "
    "denominator 0 does not apply and does not weigh; a deduction is the points for each row x rows, up to the most.",
)


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted: of a share, `hits` of `of`; of anything else, `hits` alone."""

    hits: int
    of: int | None = None

    @property
    def applies(self) -> bool:
        """Whether there was anything to count: 0 of 0 is neither nothing nor everything."""
        return self.of is None or self.of > 0


@dataclass(frozen=True, slots=True)
class Score:
    """`total` is None where no share applies. `worked` shows how it came about."""

    total: Fraction | None
    deducted: int
    worked: str

    @property
    def shown(self) -> str | None:
        """With one decimal, half up."""
        return rounded(self.total) if self.total is not None else None


def deduction(one: Indicator, count: Count) -> int:
    """The points that its rows take off."""
    return min(one.deducts.each * count.hits, one.deducts.most) if one.deducts is not None else 0


def score(figures: Iterable[tuple[Indicator, Count]]) -> Score:
    """The score of these figures; from 0 to 100."""
    figures = tuple(figures)
    weighing = [(one.weight, count) for one, count in figures if one.weight and count.of]
    deducted = sum(deduction(one, count) for one, count in figures)
    weights = sum(weight for weight, _ in weighing)
    if not weights:
        return Score(None, deducted, "")
    gained = sum((weight * Fraction(count.hits, count.of or 1) for weight, count in weighing), Fraction())
    exact = 100 * gained / weights - deducted
    return Score(max(Fraction(), exact), deducted, _worked(weighing, weights, deducted, exact))


def _worked(weighing: Sequence[tuple[int, Count]], weights: int, deducted: int, exact: Fraction) -> str:
    parts = " + ".join(f"{weight} × {count.hits}/{count.of}" for weight, count in weighing)
    least = f" → {rounded(Fraction())}" if exact < 0 else ""
    return f"100 × ({parts}) ÷ {weights} − {deducted} = {rounded(exact)}{least}"


def rounded(value: Fraction) -> str:
    """With one decimal, half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
