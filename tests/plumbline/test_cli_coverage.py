"""Coverage from the shell: every cell with its state, a link that will be looked at, nothing for who sees no rounds;
what is proposed, and what becomes of it."""

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


def test_a_proposal_says_why_and_once_accepted_becomes_a_programme(shell: Shell) -> None:
    proposed = shell.do("leader", "coverage", "propose", "--project", "PC", "--limit", "2")
    assert (proposed["blind"], proposed["count"], proposed["without_proposal"]) == (141, 24, 0)
    [first, second] = proposed["proposals"]
    assert (first["link"], first["closes"], first["left"], first["may_accept"]) == (
        "c22_conduct",
        40,
        101,
        True,
    )
    assert second["closes"] <= first["closes"]
    assert "40 blind cells, 40 never looked at" in first["reason"]
    assert "盲区40个，40个从未检查" in first["reasons"]["zh"]
    assert {one["link"] for one in first["cells"]} == {"c22_conduct"}
    assert "PROJECT LINK" in shell.run("coverage", "propose", "--as", "leader").out
    done = shell.do(
        "leader", "coverage", "accept", "PC", "c22_conduct", "--inspector", "supervisor", "--why", "quarter"
    )
    assert (done["form"], done["programme"], done["closes"]) == ("programme", "MGJ-PC-C22", 40)
    assert done["why"].endswith("quarter")
    assert shell.do("leader", "coverage", "show", "--project", "PC")["counts"]["planned"] == 40
    refused(shell.ask("leader", "coverage", "accept", "PC", "c22_conduct"), 1, "not_proposed")


def test_where_a_clue_is_open_it_becomes_a_round_that_the_audit_replays(shell: Shell) -> None:
    shell.register(link="c15_quality", project="PC")
    done = shell.do("registrar", "coverage", "accept", "PC", "c15_quality", "--kind", "unannounced")
    shown = shell.do("registrar", "inspection", "show", done["number"])
    assert (shown["state"], shown["values"]["kind"], shown["values"]["why"]) == (
        "planned",
        "unannounced",
        done["why"],
    )
    assert shell.do("auditor", "audit", "verify")["ok"] is True


def test_who_does_not_plan_accepts_nothing(shell: Shell) -> None:
    refused(shell.ask("supervisor", "coverage", "accept", "PC", "c22_conduct"), 1, "not_your_role")
    refused(shell.ask("owner", "coverage", "accept", "PC", "c22_conduct"), 2, "unknown_reference")
    refused(
        shell.ask("leader", "coverage", "accept", "PC", "c22_conduct", "--kind", "dance"), 2, "not_a_choice"
    )
