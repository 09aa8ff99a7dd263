"""Zero reports from the shell: opened by a tick, confirmed by the member, told in the matrix."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.plumbline.shell import Shell, refused

SEPTEMBER, OCTOBER = datetime(2026, 9, 1, 4, tzinfo=UTC), datetime(2026, 10, 8, 1, tzinfo=UTC)


def test_a_tick_asks_each_body_once_and_its_member_answers(shell: Shell) -> None:
    assert shell.do("operator", "tick", at=SEPTEMBER)["zero_reports"]["opened"] == 0
    told = shell.do("operator", "tick", at=OCTOBER)["zero_reports"]
    assert told == {"opened": 3, "late": 0, "lapsed": 0, "failed": 0}
    assert shell.do("operator", "tick", at=OCTOBER)["zero_reports"]["opened"] == 0
    [body] = shell.do("contractor", "zero-report", "periods", at=OCTOBER)["bodies"]
    [number] = [cell["number"] for cell in body["cells"] if cell["number"]]
    refused(shell.ask("owner", "zero-report", "show", number, at=OCTOBER), 2, "no_such_number")
    made = shell.do("contractor", "zero-report", "advance", number, "report_nothing", "--set", "signed_on=2026-10-08",
                    at=OCTOBER)  # fmt: skip
    assert made["state"] == "nothing"
    listed = shell.do("contractor", "zero-report", "list", at=OCTOBER)["zero_reports"]
    assert [one["number"] for one in listed] == [number]
    assert shell.do("registrar", "zero-report", "gaps", at=OCTOBER)["gaps"] == []
    said = shell.run("zero-report", "periods", "--as", "registrar", "--at", OCTOBER.isoformat()).out
    assert number in said
    assert shell.do("auditor", "audit", "verify")["ok"] is True
