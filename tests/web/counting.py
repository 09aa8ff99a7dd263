"""How many statements a page asks of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from cases import prepared
from tests.web.browsing import Office


def queries(office: Office, act: Callable[[], Any]) -> int:
    """The statements that `act` sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    run = prepared.run

    def noted(text: str, *rest: Any, **how: Any) -> None:
        sent.append(text)
        run(text, *rest, **how)

    event.listen(office.work.engine, "before_cursor_execute", note)
    try:
        with patch.object(prepared, "run", noted):  # these run on the driver's own cursor, which tells nobody
            act()
    finally:
        event.remove(office.work.engine, "before_cursor_execute", note)
    return len(sent)
