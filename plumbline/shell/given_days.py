"""Days as a person types them."""

from __future__ import annotations

from datetime import date

from plumbline.shell.failures import WrongUsage
from plumbline.shell.words import visible


def day_of(text: str, what: str) -> date:
    """`text` as a day, 2026-09-01. Raises WrongUsage."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        shown = visible(text)[:40]
        raise WrongUsage("not_a_date", (f"{what}：{shown} 不是日期。", f"{what}: {shown} is not a date."),
                         ("请写成 2026-09-01。", "Write it as 2026-09-01.")) from None  # fmt: skip


def day_if_given(text: str | None, what: str) -> date | None:
    """As `day_of`; None for an option that was not given."""
    return None if text is None else day_of(text, what)
