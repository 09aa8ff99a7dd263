"""The main pages, as somebody comes to them in an office in the middle of its work."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.furnishing import Furnished


def of(found: Furnished) -> Mapping[str, Mapping[str, str]]:
    """Name and path of each page, by who looks at it; nobody is ""."""
    return {
        "": {"sign-in": "/sign-in", "rehearsal": "/rehearsal", "status": "/status"},
        "officer": {
            "today": "/", "register": "/register", "worklist": "/worklist",
            "worklist, filtered": "/worklist?tab=all&state=registered&sort=received", "board": "/board",
            "board, move to": f"/board/{found.clue}", "calendar": "/calendar", "search": "/search?q=MGJ",
            "search without an answer": "/search?q=zzz", "figures": "/figures", "clue": f"/matters/{found.clue}",
            "state diagram": f"/matters/{found.clue}/picture", "why this date": found.clocks,
            "a move": f"/matters/{found.clue}/moves/amend", "attachments": f"/matters/{found.clue}/attachments",
            "consultations": "/rounds", "room": f"/rounds/{found.room}", "unsealed": f"/rounds/{found.unsealed}",
            "tasks": "/tasks", "notices": "/notices", "settings": "/settings", "account": "/account",
            "password": "/account/password", "second factor": "/account/second-factor",
            "an open reading": f"/files/{found.reading}/contents", "a request to read": f"/matters/{found.reading}",
        },
        "supervisor": {
            "register a clue": "/register/clue", "inspections": "/inspections",
            "inspection": f"/inspections/{found.inspection}",
            "checklist": f"/inspections/{found.checked}/checklist", "today": "/", "risks": "/risks",
            "joint creation": "/creation",
        },
        "leader": {"radar": "/radar", "coverage": "/coverage", "coverage of a project": "/coverage/PC",
                   "coverage, filtered": "/coverage/PC?side=contractor&phase=execution"},
        "registrar": {"outbox": "/outbox", "escalation": f"/outbox/{found.escalation}", "worklist": "/worklist?tab=all",
                      "today": "/", "joint creation": "/creation",
                      "risk point": f"/risks/{found.risk}", "register a risk point": "/register/risk",
                      "decisions": "/decisions", "zero reports": "/zero-reports",
                      "assessment": "/assessment?body=QJN&period=2026-09", "decision": f"/decisions/{found.decision}",
                      "register interference": "/register/interference",
                      "a risk point's page": f"/matters/{found.risk}",
                      "integrity files": "/files", "a person's file": f"/files/{found.file}",
                      "a project's file": f"/files/{found.works}", "register a person's file": "/register/person_file",
                      "putting a leaf in": f"/matters/{found.file}/moves/put_in_supplied",
                      "grading": f"/matters/{found.risk}/moves/grade_by_power",
                      "recusals": "/recusals", "passed on": "/worklist?tab=passed", "copied": "/worklist?tab=copied"},
        "owner": {"today": "/", "room": f"/rounds/{found.room}"},
        "district": {"inbox": "/inbox", "escalation": f"/inbox/{found.escalation}"},
        "operator": {"people": "/people", "a person": "/people/officer", "organisations": "/organisations",
                     "projects": "/projects", "account ends": "/account-ends"},
    }  # fmt: skip
