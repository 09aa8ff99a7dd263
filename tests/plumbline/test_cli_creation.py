"""Joint creation from the shell: a commitment from its opening to its signature, and what is missing."""

from __future__ import annotations

from tests.plumbline.shell import Shell, refused


def test_a_commitment_is_signed_by_whom_it_binds_and_is_missing_no_more(shell: Shell) -> None:
    fields = shell.do("registrar", "commitment", "form")["fields"]
    number = shell.do("registrar", "commitment", "register", *shell.filled(fields, committed="owner"))[
        "number"
    ]
    missing = shell.do("registrar", "creation", "gaps")
    assert missing["counts"]["supervisors"] == 3
    assert "owner" in {one["person"] for one in missing["gaps"] if one["kind"] == "commitment"}
    refused(
        shell.ask("registrar", "commitment", "advance", number, "sign", "--set", "signed_on=2026-09-01"),
        1,
        "is_handler",
    )
    refused(shell.ask("contractor", "commitment", "show", number), 2, "no_such_number")
    [form] = [
        one for one in shell.do("owner", "commitment", "moves", number)["open"] if one["move"] == "sign"
    ]
    assert (
        shell.do("owner", "commitment", "advance", number, "sign", *shell.filled(form["fields"]))["state"]
        == "signed"
    )
    left = shell.do("registrar", "creation", "gaps")["gaps"]
    assert "owner" not in {one["person"] for one in left if one["kind"] == "commitment"}
    assert shell.do("owner", "creation", "gaps")["gaps"] == []
    assert "PROJECT" in shell.run("creation", "gaps", "--as", "registrar").out.upper()
    assert shell.do("auditor", "audit", "verify")["ok"] is True
