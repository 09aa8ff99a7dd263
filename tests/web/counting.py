"""How many statements a page asks of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from tests.web.browsing import Office


def queries(office: Office, act: Callable[[], Any]) -> int:
    """The statements that `act` sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(office.work.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(office.work.engine, "before_cursor_execute", note)
    return len(sent)
