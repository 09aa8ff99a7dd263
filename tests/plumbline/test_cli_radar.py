"""The radar from the shell: what stands still and since which act, nothing for who sees nothing."""

from __future__ import annotations

from datetime import timedelta

from tests.plumbline.shell import NOON, Shell, refused

LATER = NOON + timedelta(days=14)  # the tenth working day since is the day before
LATER_STILL = NOON + timedelta(days=15)


def test_what_nobody_touched_for_ten_working_days_stands_still(shell: Shell) -> None:
    number = shell.register(project="PC")
    assert shell.do("leader", "radar", "show", at=LATER)["matters"] == []
    found = shell.do("leader", "radar", "show", at=LATER_STILL)
    [one] = found["matters"]
    assert (one["number"], one["days"], one["step"], one["next_on"]) == (number, 10, 1, "2026-09-30")
    assert (one["act"]["seq"], one["act"]["by"]) == (1, "supervisor")
    [body] = found["organisations"]
    assert (body["organisation"], body["machine"], body["live"]) == ("MGJ", "clue", 1)
    assert [step["count"] for step in body["still"]] == [1, 0, 0]
    assert body["longest"] == {"number": number, "days": 10}
    said = shell.run("radar", "show", "--as", "leader", "--at", LATER_STILL.isoformat())
    assert (said.status, number in said.out, "≥10: 1" in said.out) == (0, True, True)


def test_of_one_body_and_one_kind_alone(shell: Shell) -> None:
    shell.register(project="PC")
    assert shell.do("leader", "radar", "show", "--organisation", "SJW", at=LATER_STILL)["organisations"] == []
    assert shell.do("leader", "radar", "show", "--machine", "task", at=LATER_STILL)["matters"] == []
    refused(shell.ask("leader", "radar", "show", "--machine", "risk"), 2, "not_a_choice")


def test_who_sees_no_clue_sees_none_stand_still(shell: Shell) -> None:
    shell.register(project="PC")
    for who in ("owner", "operator", "district"):
        found = shell.do(who, "radar", "show", at=LATER_STILL)
        assert (found["matters"], found["organisations"]) == ([], [])
