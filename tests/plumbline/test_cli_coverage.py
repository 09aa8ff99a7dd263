"""Coverage from the shell: every cell with its state, a link that will be looked at, and nothing for who sees no rounds."""

from __future__ import annotations

from tests.plumbline.shell import Shell, refused


def test_a_programme_at_a_link_plans_its_cells(shell: Shell) -> None:
    before = shell.do("leader", "coverage", "show", "--project", "PC")
    assert before["counts"] == {"covered": 0, "planned": 0, "blind": 141}
    shell.do("leader", "programme", "add", "Q", "--kind", "special", "--title", "质量", "--organisation", "MGJ", "--project",
             "PC", "--link", "c15_quality", "--rule", "每月10日")  # fmt: skip
    after = shell.do("leader", "coverage", "show", "--project", "PC")
    assert after["counts"] == {"covered": 0, "planned": 4, "blind": 137}
    assert {one["link"] for one in after["cells"] if one["state"] == "planned"} == {"c15_quality"}
    assert "blind" in shell.run("coverage", "show", "--as", "leader").out


def test_who_sees_no_rounds_sees_no_project(shell: Shell) -> None:
    assert shell.do("owner", "coverage", "show")["projects"] == []
    refused(shell.ask("owner", "coverage", "show", "--project", "PC"), 2, "unknown_reference")
