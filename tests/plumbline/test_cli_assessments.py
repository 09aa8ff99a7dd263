"""Assessment from the shell: the sheet with its workbook, drawn up, put to the body and counted anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from tests.plumbline.shell import Shell, refused

SEPTEMBER, OCTOBER = datetime(2026, 9, 1, 4, tzinfo=UTC), datetime(2026, 10, 8, 1, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, 1, tzinfo=UTC)


def test_a_sheet_is_shown_written_drawn_up_and_counted_anew(shell: Shell, tmp_path: Path) -> None:
    shell.do("operator", "tick", at=SEPTEMBER)
    shell.do("operator", "tick", at=OCTOBER)
    file = tmp_path / "sheet.xlsx"
    found = shell.do(
        "registrar", "assessment", "sheet", "QJN", "--period", "2026-10", "--xlsx", str(file), at=NOVEMBER
    )
    shares = {one["name"]: one for one in found["figures"]}
    assert (shares["zero_in_time"]["hits"], shares["zero_in_time"]["of"]) == (0, 1)
    assert shares["education_met"]["applies"] is False
    assert openpyxl.load_workbook(file).sheetnames == ["Sheet", "Rows"]
    early = shell.do("registrar", "assessment", "sheet", "QJN", "--period", "2026-10", "--as-of", OCTOBER.isoformat(),
                     at=NOVEMBER)  # fmt: skip
    assert next(one for one in early["figures"] if one["name"] == "zero_in_time")["applies"] is False
    number = shell.do("registrar", "assessment", "draft", "QJN", "--period", "2026-10", at=NOVEMBER)["number"]
    refused(shell.ask("contractor", "assessment", "fixed", number, at=NOVEMBER), 2, "no_such_number")
    shell.do("registrar", "assessment", "advance", number, "put_to_body", at=NOVEMBER)
    assert shell.do("contractor", "assessment", "fixed", number, at=NOVEMBER)["number"] == number
    refused(shell.ask("owner", "assessment", "fixed", number, at=NOVEMBER), 2, "no_such_number")
    refused(shell.ask("contractor", "assessment", "sheet", "QJN", "--period", "2026-10", at=NOVEMBER), 2,
            "unknown_reference")  # fmt: skip
    refused(
        shell.ask("registrar", "assessment", "draft", "QJN", "--period", "2026-11", at=NOVEMBER),
        2,
        "too_early",
    )
    assert shell.do("auditor", "assessment", "recount", at=NOVEMBER)["wrong"] == 0
    said = shell.run(
        "assessment", "sheet", "MGJ", "--period", "2026-10", "--as", "leader", "--at", NOVEMBER.isoformat()
    )
    assert "supervisors in term" in " ".join(said.out.split())
    assert shell.do("auditor", "audit", "verify")["ok"] is True
