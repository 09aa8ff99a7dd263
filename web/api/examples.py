"""Examples of what is answered, for the description. A test holds each to its shape."""

from __future__ import annotations

from typing import Any

AT = "2026-09-01T04:00:00+00:00"
NUMBER = "MGJ-2026-0001"
BOTH = {"zh": "已受理", "en": "Registered"}

LINE: dict[str, Any] = {
    "number": NUMBER, "state": "registered", "version": 2, "title": "Concrete poured before acceptance",
    "handler": None, "due_at": "2026-09-08T16:00:00+00:00",
}  # fmt: skip
OPENED = {"number": NUMBER, "state": "discovered", "version": 1, "event": 17}
MOVED = {"number": NUMBER, "from": "discovered", "state": "registered", "version": 2, "event": 18}
FIELD: dict[str, Any] = {
    "name": "grade", "label": "Grade", "type": "choice", "required": True, "choices": ["general", "serious"],
    "choice_labels": {"general": "general", "serious": "serious"}, "help": None, "example": "general",
}  # fmt: skip
REASON = {
    "code": "not_your_role", "message": "This is for: commission head.",
    "cure": "Ask somebody who holds it: commission head.",
}  # fmt: skip
MATTER: dict[str, Any] = {
    "number": NUMBER, "machine": "clue", "state": "registered", "version": 2, "title": "Concrete poured before acceptance",
    "state_label": BOTH, "kind": "working", "waits_for": None, "owner": ["registrar"], "organisation": "MGJ",
    "addressee": None, "project": "PC", "opener": "supervisor", "handler": None, "received_on": "2026-09-01",
    "opened_at": AT, "moved_at": AT, "moved_by": "registrar", "rulebook": "port-centre 2026.1",
    "values": {"grade": "general"}, "subjects": [], "seats": [], "readers": [], "deadlines": [], "links": [],
    "rehearsal": True,
}  # fmt: skip
MOVES: dict[str, Any] = {
    "number": NUMBER, "state": "registered", "version": 2,
    "open": [{"move": "propose_assignment", "to": "assignment_proposed", "label": "Propose who handles it",
              "fields": [FIELD]}],
    "blocked": [{"move": "approve_assignment", "to": "assigned", "label": "Approve", "reasons": [REASON]}],
}  # fmt: skip
HISTORY: dict[str, Any] = {
    "number": NUMBER,
    "events": [{"id": 17, "seq": 1, "at": AT, "actor": "supervisor", "move": "open", "label": None, "from": None,
                "to": "discovered", "version": 1, "data": {"title": "Concrete poured before acceptance"},
                "hash": "0" * 64}],
}  # fmt: skip
READS = {
    "number": NUMBER,
    "reads": [{"id": 3, "login": "head", "what": "file", "door": "api", "at": AT}],
    "next": None,
}
DISCLOSURES: dict[str, Any] = {
    "number": NUMBER,
    "disclosures": [{"number": "MGJ-C-2026-001", "kind": "brief", "fields": ["title"], "redactions": [], "sha256": "",
                     "to": "owner", "by": "registrar", "at": AT}],
}  # fmt: skip
ADDED: dict[str, Any] = {
    "number": NUMBER, "attachment": 1, "name": "码头.jpg", "media_type": "image/jpeg", "size": 284113, "sha256": "0" * 64,
    "flags": [], "same_as": [],
}  # fmt: skip
ATTACHMENTS: dict[str, Any] = {
    "number": NUMBER,
    "attachments": [{"attachment": 1, "name": "码头.jpg", "caption": "Foundation bed, axis 3", "media_type": "image/jpeg",
                     "size": 284113, "sha256": "0" * 64, "flags": [], "how": "added", "added_by": "officer",
                     "added_at": AT, "went_to": ["MGJ-C-2026-001"]}],
    "next": None,
}  # fmt: skip
RELEASED: dict[str, Any] = {
    "number": "MGJ-C-2026-001",
    "released": [ADDED | {"number": "MGJ-C-2026-001", "name": "MGJ-C-2026-001-1.jpg"}],
}
MARKED: dict[str, Any] = {"number": "MGJ-E-2026-001", "marked": [ADDED | {"number": "MGJ-E-2026-001"}]}
IMPORTED: dict[str, Any] = {
    "read": 243, "good": 242, "more_bad": 0, "created": 210, "would_create": 0, "already": 0, "linked": 32,
    "bad": [{"row": 7, "column": "received_on", "value": "2026-02-30", "why": "no such date"}],
    "errors": {"titles": ["线索编号", "收到时间"], "rows": [{"row": 7, "cells": ["MGJ-2026-0005", "2026-02-30"]}]},
    "errors_workbook": "/api/v1/ledger/errors?name=ledger-2026.xlsx",
    "repeats": [{"row": 12, "first": "MGJ-2026-0003"}], "dry_run": False, "sheet": "台账", "header_row": 3,
    "columns": {"number": "线索编号", "received_on": "收到时间"}, "unknown_headers": [], "unread_sheets": [],
    "encoding": None, "unknown_handlers": {}, "unmatched": {}, "new_projects": [],
    "skipped": {"blank": 1, "total": 1, "footnotes": 0},
}  # fmt: skip
RECUSAL = {"id": 5, "number": NUMBER, "person": "officer2", "kind": "challenged", "state": "asked"}
MATTER_RECUSALS = {"number": NUMBER, "recusals": [RECUSAL]}
RECUSALS: dict[str, Any] = {"mine": [], "to_decide": [RECUSAL]}
INTEREST = {
    "id": 2,
    "kind": "company",
    "name": "Hengtai Supervision",
    "note": "",
    "declared_at": AT,
    "ended_at": None,
}
DEADLINE: dict[str, Any] = {
    "id": 9, "number": NUMBER, "machine": "clue", "deadline": "registration", "label": BOTH, "status": "open",
    "started_on": "2026-09-01", "budget": "5 working days", "due_on": "2026-09-08", "due_at": "2026-09-08T16:00:00+00:00",
    "provisional": False, "overdue": False, "next_at": None,
}  # fmt: skip
EXPLAINED: dict[str, Any] = DEADLINE | {
    "calendar": "CN 2026", "basis": None,
    "entries": [{"kind": "opened", "on": "2026-09-01", "at": AT, "by": "supervisor", "reason": None,
                 "period": "5 working days", "due_on": "2026-09-08", "event": 17}],
    "walk": [{"on": "2026-09-02", "zh": "第1个工作日", "en": "working day 1"}],
}  # fmt: skip
DUE: dict[str, Any] = {"due_on": "2026-09-22", "provisional": False,
                       "walk": [{"on": "2026-09-02", "zh": "第1个工作日", "en": "working day 1"}]}  # fmt: skip
NOTICE: dict[str, Any] = {
    "id": 4, "number": NUMBER, "document": "clue_noted", "recipient": "registrar", "channel": "folder",
    "status": "sent", "attempts": 1, "planned_at": AT, "next_at": None, "sent_at": AT, "last_error": None,
    "message_id": "<notice-0123@plumbline.invalid>",
}  # fmt: skip
RESENT: dict[str, Any] = {"id": 4, "status": "pending"}
RESENT_FILE: dict[str, Any] = {"number": "MGJ-SB-2026-0001", "ways": 1}
PAPER: dict[str, Any] = {
    "id": 1, "matter": NUMBER, "document": "assignment_letter", "number": "港纪办〔2026〕1号", "lang": "zh", "form": "pdf",
    "sha256": "0" * 64, "template": "1", "issued_at": AT, "issued_by": "registrar",
}  # fmt: skip
ISSUED = {"id": 1, "number": "港纪办〔2026〕1号", "sha256": "0" * 64}
CHECKED = {"ok": True, "matter": NUMBER, "event_stands": True, "checkpoint_stands": None}
ARRIVED = {
    "number": "BHJ-E-2026-001",
    "new": True,
    "state": "sent",
    "kind": "packet",
    "notice": "MGJ-E-2026-001",
}
TAKEN = {"number": "MGJ-E-2026-001", "new": True, "state": "received", "steps": ["sign_for"]}
VERIFIED: dict[str, Any] = {
    "ok": True,
    "events": 204,
    "checkpoints": 3,
    "faults": [],
    "more_faults": 0,
    "head": "0" * 64,
}
WEBHOOK: dict[str, Any] = {
    "id": 1, "url": "https://bi.example.org/plumbline", "events": ["clue.register"], "active": True, "created_at": AT,
    "failing_since": None, "stopped_why": "",
}  # fmt: skip
DELIVERY: dict[str, Any] = {
    "id": 7, "event": 18, "number": NUMBER, "move": "register", "status": "sent", "attempts": 1, "planned_at": AT,
    "next_at": None, "sent_at": AT, "last_error": None,
}  # fmt: skip
ACCOUNT: dict[str, Any] = {
    "login": "officer", "name": "李明", "organisation": "MGJ", "lang": "zh",
    "roles": [{"role": "officer", "organisation": "MGJ", "project": None, "label": BOTH}], "scopes": ["read", "write"],
}  # fmt: skip

PROGRAMMES: dict[str, Any] = {
    "plans": [{"code": "Y2026", "title": "2026年度监督检查计划", "period": "2026", "organisation": "MGJ", "project": None}],
    "programmes": [{
        "code": "PC-WEEKLY", "plan": "Y2026", "kind": "daily", "title": "港口中心项目每周巡查", "rule": "每周一",
        "recurs": "every week on Monday", "organisation": "MGJ", "project": "PC", "inspectors": ["supervisor"],
        "sites": None, "starts_on": "2026-01-01", "ends_on": "2026-12-31", "on_outage": "run_once", "active": True,
        "checklist": "LINKS", "made_by": "leader", "made_at": AT, "why": "", "change_on": None, "change": None,
    }],
}  # fmt: skip
CELL: dict[str, Any] = {
    "project": "PC", "phase": "execution", "personnel": "contractor", "link": "c15_quality", "state": "blind", "risk": 9,
    "open_clues": 1, "closed_clues": 0, "point": "high", "age": 61, "covered_until": "2026-08-31",
    "last": {"at": "2026-07-02T04:00:00+00:00", "by": "supervisor", "number": "MGJ-JC-2026-001", "machine": "inspection",
             "move": "record_nothing"},
    "planned": None,
}  # fmt: skip
COVERAGE: dict[str, Any] = {
    "as_of": "2026-09-01", "as_seen_by": "leader", "projects": ["PC"], "counts": {"covered": 0, "planned": 0, "blind": 1},
    "cells": [CELL],
}  # fmt: skip
RADAR: dict[str, Any] = {
    "as_of": "2026-09-16", "as_seen_by": "leader", "calendar": "CN-2026.f7313e", "steps": {"clue": [10, 20, 30]},
    "organisations": [{
        "organisation": "MGJ", "machine": "clue", "live": 1, "last_act_at": AT,
        "still": [{"step": 1, "days": 10, "count": 1}, {"step": 2, "days": 20, "count": 0},
                  {"step": 3, "days": 30, "count": 0}],
        "longest": {"number": "MGJ-2026-0001", "days": 10},
    }],
    "matters": [{
        "number": "MGJ-2026-0001", "machine": "clue", "state": "verifying", "title": "基床验收影像缺失",
        "organisation": "MGJ", "project": "PC", "handler": "officer", "days": 10, "step": 1, "next_on": "2026-09-30",
        "provisional": False,
        "act": {"seq": 4, "move": "sign_for", "by": "officer", "at": AT},
    }],
    "more": False,
}  # fmt: skip
PROPOSALS: dict[str, Any] = {
    "as_of": "2026-09-01", "as_seen_by": "leader", "blind": 1, "without_proposal": 0, "count": 1,
    "proposals": [{
        "project": "PC", "place": "港口中心", "link": "c15_quality", "links": ["c15_quality"],
        "link_label": "quality and hidden works", "form": "round", "kind": "special", "rule": None, "on": None,
        "reason": "With a clue open it should not wait for the next slot: send one round at once.",
        "reasons": {"zh": "线索未结，不宜等待下一期，建议立即派出一次检查。",
                    "en": "With a clue open it should not wait for the next slot: send one round at once."},
        "risk": 9, "closes": 1, "left": 0, "may_accept": True, "cells": [CELL],
    }],
}  # fmt: skip
ACCEPTED: dict[str, Any] = {
    "project": "PC", "link": "c15_quality", "form": "round", "programme": None, "number": "MGJ-JC-2026-002", "closes": 1,
    "why": "With a clue open it should not wait for the next slot: send one round at once.",
}  # fmt: skip
SLOT = {"programme": "PC-WEEKLY", "slot": "2026-09-07", "outcome": "opened", "number": "MGJ-JC-2026-001", "why": "",
        "reason": "", "at": AT}  # fmt: skip
CHECKLIST: dict[str, Any] = {
    "checklist": "LINKS@2026.1", "code": "LINKS", "version": "2026.1", "label": "Checklist of the key links in the works",
    "asks": 62, "mandatory": 48, "loaded_by": "setup", "loaded_at": AT,
}  # fmt: skip
SHEET: dict[str, Any] = {
    "number": "MGJ-JC-2026-001", "state": "under_way", "version": 4, "checklist": "LINKS@2026.1",
    "label": "Checklist of the key links in the works", "unanswered": [], "findings": ["c08_3"], "again": [],
    "items": [{
        "item": "c08_3", "link": "c08_contract", "sign": "The performance bond exceeds 10% of the contract price",
        "mandatory": True,
        "measure": {"label": "bond as a share of the contract price", "unit": "%", "least": "0", "most": "100"},
        "basis": [{"kind": "law", "source": "招标投标法实施条例", "article": "第五十七条至第五十八条"}],
        "answer": {"answer": "finding", "remark": "保证金比例偏高。", "measured": "12", "unit": "%", "photographs": [1],
                   "by": "supervisor", "at": AT, "event": 12},
        "earlier": [], "left_out": False, "asked": True,
        "led_to": [{"number": "MGJ-ZG-2026-001", "machine": "task", "state": "issued",
                    "label": {"zh": "已下达", "en": "issued"}}],
    }],
}  # fmt: skip
DRAW: dict[str, Any] = {
    "id": 1, "what": "sites", "organisation": "MGJ", "programme": "SPOT", "slot": "2026-09-07",
    "method": "plumbline-draw-1", "seed": "2026-09-07 4471", "take": 1,
    "items": [{"name": "1号泊位", "weight": "4"}, {"name": "堆场", "weight": "1"}], "drawn": ["1号泊位"],
    "digest": "b2529b032c0e5d24fcddac674b5e5b7e9c67cfb4b713ea2f6ae5f93b972bf34c", "shown_on": None,
    "made_by": "clock", "made_at": AT,
}  # fmt: skip
DECISION_GAP: dict[str, Any] = {
    "number": "MGJ-JY-2026-001", "state": "minuted", "title": "3号泊位地基处理设计变更", "project": "PC",
    "gap": "below_quorum", "label": "attendance below the quorum", "settled": False,
}  # fmt: skip
DECISION_RECORD: dict[str, Any] = {
    "number": "MGJ-JY-2026-001", "state": "minuted", "version": 9, "title": "3号泊位地基处理设计变更", "entitled": 7,
    "chair": "党委书记", "result": "approved",
    "people": [
        {"name": "党委书记", "attendance": "present", "view": "agree", "reason": "方案经专家论证。", "turn": 1, "lines": 2},
    ],
    "gaps": [{"gap": "below_quorum", "label": "attendance below the quorum", "settled": True,
              "led_to": [{"number": "MGJ-2026-0007", "machine": "clue", "state": "discovered",
                          "label": {"zh": "发现", "en": "discovered"}}]}],
}  # fmt: skip
RISK_POINT: dict[str, Any] = {
    "number": "MGJ-FX-2026-001", "state": "in_force", "version": 4, "title": "隐蔽工程验收签认", "aspect": "post",
    "place": "工程部质量专责岗", "project": "PC", "link": "c15_quality", "scheme": "consequence", "level": 2,
    "grade": "middle", "gravity": 2, "owner": "officer", "indicator": "影像缺失率不高于1%", "review_on": "2026-12-01",
    "due_at": AT,
}  # fmt: skip
RISK_SCHEME: dict[str, Any] = {
    "scheme": "consequence", "label": "by the consequence", "move": "grade_by_consequence", "formula": "choice",
    "asks": {"consequence": "what it may come to"}, "weighs": {"minor": 3, "breach": 2, "crime": 1}, "at_least": {},
    "otherwise": None,
    "levels": [{"level": 1, "grade": "high", "label": "level one (crime)", "notice": "risk_notice"}],
    "basis": {"kind": "setting", "source": "公开的廉政风险防控登记做法"},
}  # fmt: skip
RISK_RECORD: dict[str, Any] = {
    "number": "MGJ-FX-2026-001", "state": "under_review", "version": 5, "scheme": "consequence", "level": 2,
    "grade": "middle",
    "grades": [{
        "event": 21, "at": AT, "by": "registrar", "reason": "岗位对隐蔽工程验收有签认权。", "scheme": "consequence",
        "inputs": {"consequence": "breach"}, "level": 2, "grade": "middle", "grade_notice": "risk_notice",
        "explained": "by the consequence: a breach of discipline or rules -> level two (breach of discipline or rules)",
        "as_recomputed": True,
    }],
    "raised": [{"event": 30, "at": AT, "cause": {"kind": "clue", "number": "MGJ-2026-0001", "move": "register"}}],
}  # fmt: skip
_ASSESSED: dict[str, Any] = {
    "name": "zero_in_time", "label": "zero reports in time",
    "formula": "of the clocks 'the report of the period' of 'zero report' whose day lies in the period and that are over: "
               "met in time / all",
    "withheld": False, "applies": True, "hits": 1, "of": 2, "weight": 15, "each": None, "most": None, "deducted": 0,
    "hidden": 0, "rows": [{"number": "MGJ-LB-2026-0003", "hit": True}, {"number": "MGJ-LB-2026-0006", "hit": False}],
}  # fmt: skip
_ASSESSMENT: dict[str, Any] = {
    "organisation": "QJN", "period": "2026-Q4", "first_on": "2026-10-01", "last_on": "2026-12-31",
    "as_of": "2027-01-04T01:00:00+00:00", "rulebook": "port-centre@2026.6", "score": "50.0",
    "worked": "100 × (15 × 1/2) ÷ 15 − 0 = 50.0",
    "formula": "score = 100 x sum(weight x numerator / denominator) / sum(weights) - deductions, and at least 0; what has "
               "the denominator 0 does not apply and does not weigh; a deduction is the points for each row x rows, up to "
               "the most.",
}  # fmt: skip
ASSESSMENT: dict[str, Any] = _ASSESSMENT | {
    "kind": "contractor", "keeper": "MGJ", "calendar": "CN 2026", "deducted": 0, "withheld": False,
    "figures": [_ASSESSED | {"internal": False}],
}  # fmt: skip
FIXED_ASSESSMENT: dict[str, Any] = _ASSESSMENT | {
    "number": "MGJ-KH-2027-001", "state": "published", "sha256": "0" * 64, "figures": [_ASSESSED],
}  # fmt: skip
ZERO_PERIODS: dict[str, Any] = {
    "as_of": "2026-10-08", "as_seen_by": "registrar", "every": "每月1日",
    "periods": [{"period": "2026-09", "first_on": "2026-09-01", "last_on": "2026-09-30"}],
    "bodies": [{
        "organisation": "QJN", "since": "2026-09-01", "reports_to": "MGJ",
        "cells": [{"period": "2026-09", "status": "nothing", "number": "MGJ-LB-2026-0003", "signed_by": "contractor",
                   "signed_on": "2026-10-08", "due_at": None, "late": False}],
    }],
}  # fmt: skip
ZERO_GAPS: dict[str, Any] = {
    "as_of": "2026-10-20", "as_seen_by": "registrar",
    "counts": {"late": 1, "unopened": 0, "missed": 0, "false_report": 0, "lapsed": 0, "nobody": 0, "no_keeper": 0,
               "doubtful": 0},
    "gaps": [{
        "kind": "late", "organisation": "QJN", "period": "2026-09", "number": "MGJ-LB-2026-0003",
        "reason": "The day has passed, and nothing was reported.",
        "reasons": {"zh": "已过报告期限，未报告。", "en": "The day has passed, and nothing was reported."},
    }],
}  # fmt: skip
CREATION_GAPS: dict[str, Any] = {
    "as_of": "2026-11-25", "as_seen_by": "registrar",
    "counts": {"supervisors": 1, "agreement": 0, "signature": 0, "commitment": 0, "education": 0},
    "gaps": [{
        "kind": "supervisors", "organisation": "MGJ", "project": "PC", "body": None, "person": None,
        "reason": "Integrity supervisors in term: 2, of at least 3.",
        "reasons": {"zh": "在聘廉洁监督员2人，应不少于3人。", "en": "Integrity supervisors in term: 2, of at least 3."},
        "rows": [{"number": "MGJ-PR-2026-001", "note": "周正 (supervisor): in term (2026-09-01 – 2027-08-31)"}],
    }],
}  # fmt: skip
PERSON_FILE: dict[str, Any] = {
    "number": "MGJ-LD-2026-001", "state": "in_force", "version": 9, "person": "郑海峰", "unit": "港口工程公司",
    "post": "工程部经理", "keeper": "registrar", "project": None, "live": True, "leaves": 7, "lacking": [], "due_at": AT,
}  # fmt: skip
PERSON_FILE_RECORD: dict[str, Any] = PERSON_FILE | {
    "readings": [{"number": "MGJ-CY-2026-001", "state": "open", "title": "任前廉政审核", "by": "officer",
                  "parts": "work_parts", "until": AT}],
}  # fmt: skip
PROJECT_FILE: dict[str, Any] = {
    "number": "MGJ-XD-2026-001", "state": "collecting", "version": 2, "title": "港口中心项目廉政档案", "project": "PC",
    "keeper": "registrar", "live": True, "items": 18, "lacking": ["tender"], "due_at": AT,
}  # fmt: skip
PROJECT_FILE_RECORD: dict[str, Any] = PROJECT_FILE | {
    "each": [{
        "item": "risk_table", "label": "table of risks", "state": "complete", "state_label": "complete", "settled": True,
        "on": "2026-11-25", "where": "档案柜A-3", "by": "registrar",
        "basis": {"kind": "setting", "source": "德州市工程项目廉政档案做法"},
        "counted": [{"item": "risk_table", "machine": "risk", "label": "integrity risk point", "total": 1, "over": 0,
                     "numbers": ["MGJ-FX-2026-001"]}],
    }],
}  # fmt: skip
