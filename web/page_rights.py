"""The table of rights of the pages: who may open each of them, and who may post there. The API has its own.

What somebody finds on a page is not asked here: `cases.access` and the rulebook decide that for every door alike. A page
with roles is not there for anybody else. A test holds every route of the application to this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.api.rights import OPERATOR


@dataclass(frozen=True, slots=True)
class PageRight:
    """What it takes: an account (`signed`), and one of these roles in any organisation; without roles, none of them."""

    signed: bool = True
    roles: frozenset[str] = frozenset()


ANYBODY = PageRight(signed=False)
SIGNED = PageRight()
OPERATORS = PageRight(roles=frozenset({OPERATOR}))

GET, POST = "GET", "POST"

RIGHTS: Mapping[tuple[str, str], PageRight] = {
    (GET, "/"): SIGNED,
    (GET, "/static/{name:path}"): ANYBODY,
    (GET, "/status"): ANYBODY,
    (POST, "/look"): ANYBODY,
    (POST, "/language"): SIGNED,
    (GET, "/register"): SIGNED,
    (GET, "/register/{machine}"): SIGNED,
    (POST, "/register/{machine}"): SIGNED,
    (GET, "/matters/{number}"): SIGNED,
    (GET, "/matters/{number}/picture"): SIGNED,
    (GET, "/matters/{number}/clocks/{key}"): SIGNED,
    (GET, "/matters/{number}/moves/{move}"): SIGNED,
    (POST, "/matters/{number}/moves/{move}"): SIGNED,
    (GET, "/worklist"): SIGNED,
    (POST, "/worklist/filters"): SIGNED,
    (POST, "/worklist/filters/{key}/remove"): SIGNED,
    (POST, "/worklist/export"): SIGNED,
    (POST, "/worklist/moves"): SIGNED,
    (POST, "/worklist/moves/{move}"): SIGNED,
    (GET, "/board"): SIGNED,
    (GET, "/board/{number}"): SIGNED,
    (GET, "/search"): SIGNED,
    (GET, "/calendar"): SIGNED,
    (POST, "/calendar/feed"): SIGNED,
    (POST, "/calendar/feed/revoke"): SIGNED,
    (GET, "/calendar/{token}.ics"): ANYBODY,  # the token in the address is its pass
    (GET, "/figures"): SIGNED,
    (GET, "/figures/{name}.csv"): SIGNED,
    (GET, "/healthz"): ANYBODY,
    (GET, "/readyz"): ANYBODY,
    (GET, "/metrics"): ANYBODY,
    (POST, "/exchange/packets"): ANYBODY,  # the file's signature is its pass
    (POST, "/exchange/questions"): ANYBODY,
    (POST, "/exchange/replies"): ANYBODY,
    (GET, "/sign-in"): ANYBODY,
    (POST, "/sign-in"): ANYBODY,
    (GET, "/sign-in/code"): ANYBODY,
    (POST, "/sign-in/code"): ANYBODY,
    (GET, "/sign-in/provider"): ANYBODY,
    (GET, "/sign-in/provider/back"): ANYBODY,
    (POST, "/sign-out"): SIGNED,
    (GET, "/rehearsal"): ANYBODY,
    (POST, "/rehearsal"): ANYBODY,
    (GET, "/welcome/{token}"): ANYBODY,
    (POST, "/welcome/{token}"): ANYBODY,
    (GET, "/account"): SIGNED,
    (POST, "/account/sessions/end-all"): SIGNED,
    (POST, "/account/sessions/{key}/end"): SIGNED,
    (GET, "/account/password"): SIGNED,
    (POST, "/account/password"): SIGNED,
    (GET, "/account/second-factor"): SIGNED,
    (POST, "/account/second-factor"): SIGNED,
    (POST, "/account/second-factor/codes"): SIGNED,
    (POST, "/account/second-factor/remove"): SIGNED,
    (GET, "/rounds"): SIGNED,
    (GET, "/rounds/{number}"): SIGNED,
    (GET, "/rounds/{number}/now"): SIGNED,
    (POST, "/rounds/{number}/opinion"): SIGNED,
    (GET, "/matters/{number}/attachments"): SIGNED,
    (POST, "/matters/{number}/attachments"): SIGNED,
    (POST, "/matters/{number}/attachments/release"): SIGNED,
    (POST, "/matters/{number}/attachments/send"): SIGNED,
    (GET, "/matters/{number}/attachments/{attachment}"): SIGNED,
    (GET, "/outbox"): SIGNED,
    (GET, "/inbox"): SIGNED,
    (GET, "/outbox/{number}"): SIGNED,
    (GET, "/inbox/{number}"): SIGNED,
    (POST, "/outbox/{number}/packet"): SIGNED,
    (POST, "/outbox/{number}/resend"): SIGNED,
    (POST, "/outbox/replies"): SIGNED,
    (POST, "/inbox/packets"): SIGNED,
    (POST, "/inbox/{number}/reply"): SIGNED,
    (GET, "/tasks"): SIGNED,
    (GET, "/inspections"): SIGNED,
    (GET, "/programme"): SIGNED,  # of the bodies whose rounds they see: cases.plan_lists
    (GET, "/coverage"): SIGNED,  # of the projects whose rounds they see: cases.coverage
    (GET, "/coverage/{project}"): SIGNED,
    (POST, "/coverage/{project}/accept"): SIGNED,  # who plans inspections: cases.planning
    (GET, "/radar"): SIGNED,  # of what they see: cases.radar
    (GET, "/inspections/{number}"): SIGNED,
    (POST, "/inspections/{number}/findings"): SIGNED,
    (GET, "/inspections/{number}/checklist"): SIGNED,
    (POST, "/inspections/{number}/checklist/{item}"): SIGNED,
    (GET, "/decisions"): SIGNED,
    (GET, "/decisions/{number}"): SIGNED,
    (GET, "/creation"): SIGNED,  # of what they see as a whole: cases.creation_scope
    (GET, "/files"): SIGNED,
    (GET, "/files/{number}"): SIGNED,
    (
        GET,
        "/files/{number}/contents",
    ): SIGNED,  # whoever asked and was approved, until its instant: cases.file_readings
    (
        GET,
        "/zero-reports",
    ): SIGNED,  # of the commission whose reports they see, or of their own body: cases.zero_lists
    (GET, "/assessment"): SIGNED,  # of the commission whose sheets they see: cases.assessments
    (POST, "/assessment/draft"): SIGNED,  # who draws up sheets: cases.assessment_sheets
    (GET, "/assessment/{number}"): SIGNED,
    (GET, "/risks"): SIGNED,
    (GET, "/risks/{number}"): SIGNED,
    (GET, "/people"): OPERATORS,
    (POST, "/people"): OPERATORS,
    (GET, "/people/{login}"): OPERATORS,
    (POST, "/people/{login}/post"): OPERATORS,
    (POST, "/people/{login}/unpost"): OPERATORS,
    (POST, "/people/{login}/invite"): OPERATORS,
    (GET, "/account-ends"): SIGNED,  # who proposes and who approves: cases.ending
    (POST, "/account-ends"): SIGNED,
    (POST, "/account-ends/{key}/approve"): SIGNED,
    (POST, "/account-ends/{key}/keep"): SIGNED,
    (GET, "/recusals"): SIGNED,  # who decides on which: cases.recusing
    (POST, "/recusals/{key}"): SIGNED,
    (GET, "/organisations"): OPERATORS,
    (POST, "/organisations"): OPERATORS,
    (GET, "/projects"): OPERATORS,
    (POST, "/projects"): OPERATORS,
    (GET, "/settings"): SIGNED,
    (POST, "/settings"): SIGNED,
    (GET, "/notices"): SIGNED,
    (POST, "/notices/{notice}/again"): SIGNED,
}
