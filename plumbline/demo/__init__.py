"""The main job, played: some weeks of an office on a simulated calendar, through real Prefect flow runs."""

from __future__ import annotations

import os
import sys
from typing import Any

from plumbline.settings import Settings


def demo(settings: Settings, *, lang: str = "en") -> tuple[dict[str, Any], list[str]]:
    """Play the story in the folder `demo` under PLUMBLINE_HOME; a document for machines, and the account in lines.

    Raises NotTheDemos, CannotServe, and StoryBroken where the story no longer fits the rulebook.
    """
    os.environ.setdefault(
        "PREFECT_LOGGING_LEVEL", "WARNING"
    )  # the account is told here, not in Prefect's log
    os.environ.setdefault("PREFECT_HOME", str(settings.home / "demo" / "prefect-session"))
    from plumbline.demo import log, page, play  # noqa: PLC0415 - Prefect reads its environment as it is loaded

    played = play.play(settings.home / "demo", say=_say, lang=lang)
    _say({"zh": "复盘一份真实日志 ……"}.get(lang, "Rehearsing a real log ..."))
    rehearsed = log.rehearsed(settings.home / "demo")
    shown = page.write(played, rehearsed=rehearsed)
    played.work.engine.dispose()
    document = {
        "folder": str(shown.parent), "page": str(shown), "seconds": round(played.seconds, 1),
        "runs": dict(played.runs), "counts": dict(played.counts), "matters": played.called, "rehearsed": rehearsed,
    }  # fmt: skip
    look = {"zh": f"请打开 {shown} 查看。"}.get(lang, f"Look at it: {shown}")
    return document, [*page.account(played, rehearsed, lang=lang), look]


def _say(line: str) -> None:
    """The account as it happens. On standard error, so that `--json` keeps standard output to itself."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is the demo's voice
