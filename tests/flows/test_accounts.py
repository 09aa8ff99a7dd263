"""What a run tells a leader: how much, in two languages, and what to do where something is wrong."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import get_type_hints

import pytest

from flows.accounts import DEADLINES, DELIVERY, DIGESTS, PROGRAMME, RECONCILIATION, ZERO_REPORTS, Account
from plumbline import duties

MORNING = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 8 o'clock in Shanghai
ACCOUNTS = {
    "sweep_deadlines": DEADLINES,
    "deliver_notices": DELIVERY,
    "open_inspections": PROGRAMME,
    "open_zero_reports": ZERO_REPORTS,
    "send_digests": DIGESTS,
    "reconcile": RECONCILIATION,
}


def test_a_run_is_named_by_the_office_s_clock() -> None:
    assert DEADLINES.run_name(MORNING) == "deadlines 2026-11-25 08:00"


def test_an_account_can_be_read_in_both_languages() -> None:
    text = DEADLINES.markdown(
        {"fired": 3, "planned": 4, "failed": 0, "raised": 1, "told": 0, "filed": 0},
        at=MORNING,
        rehearsal=False,
    )
    assert "期限巡查 · Deadline sweep" in text
    assert "2026-11-25 08:00 (Asia/Shanghai)" in text
    assert "| 到点的期限节点 | Rungs of deadlines that came due | 3 |" in text
    assert "演练" not in text


def test_a_rehearsal_says_so() -> None:
    text = DIGESTS.markdown({"people": 1}, at=MORNING, rehearsal=True)
    assert "演练数据，不是真实案件。 Rehearsal data, no real case." in text


def test_what_to_do_is_said_only_where_something_is_wrong() -> None:
    well = DELIVERY.markdown({"delivered": 2, "failed": 0, "dead": 0}, at=MORNING, rehearsal=False)
    ill = DELIVERY.markdown({"delivered": 2, "failed": 0, "dead": 1}, at=MORNING, rehearsal=False)
    assert "To do" not in well
    assert "plumbline notices list" in ill


def test_the_log_has_the_counts_in_one_line() -> None:
    assert DELIVERY.summary({"delivered": 2, "failed": 0, "dead": 1}) == "delivered=2 failed=0 dead=1"


@pytest.mark.parametrize("duty", ACCOUNTS)
def test_an_account_has_a_line_for_every_count_of_its_duty(duty: str) -> None:
    answer = get_type_hints(getattr(duties, duty))["return"]
    counts = [field.name for field in fields(answer) if field.type in {"int", int}]
    assert [line.count for line in ACCOUNTS[duty].lines] == counts


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=lambda account: account.key)
def test_every_text_is_there_in_both_languages(account: Account) -> None:
    assert all((account.zh, account.en))
    for line in account.lines:
        assert all((line.zh, line.en))
        assert line.cure is None or all(line.cure)
