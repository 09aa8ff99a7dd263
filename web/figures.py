"""Figures: pictures with their tables, and each table as a file."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request, Response
from markupsafe import Markup

from cases.worklist import Looker
from plumbline import clock
from web import acting, charts, filters
from web.acting import Signed, Who
from web.charts import Bars
from web.list_words import WORDS
from web.pages import lang_of, render
from web.worklist import Shown

if TYPE_CHECKING:
    from cases.reports import Figure, Report

router = APIRouter()


@router.get("/figures")
def page(request: Request, who: Who) -> Response:
    """Every figure of one machine."""
    lang, office = lang_of(request, who), acting.accounts(request).work.office
    found, machines = _report(request, who)
    pictures = {one.name: _picture(found, one, lang) for one in found.figures} if found else {}
    return render(request, "figures.html", signed=who, title="figures", texts=WORDS, report=found, machines=machines,
                  pictures=pictures, shown=Shown(office, clock.now(), lang))  # fmt: skip


@router.get("/figures/{name}.csv")
def table(request: Request, name: str, who: Who) -> Response:
    """One figure as a file that a spreadsheet opens, in the words and with the guard of the page."""
    lang = lang_of(request, who)
    found, _ = _report(request, who)
    figure = next((one for one in found.figures if one.name == name), None) if found else None
    if found is None or figure is None:
        raise HTTPException(404)
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(["", *(one.in_(lang) for one in figure.columns)])
    lines.writerows([_safe(said.in_(lang)), *_said(found, figure, row)] for said, row in figure.rows)
    lines.writerow([WORDS[lang]["as_of_day"].format(found.as_of)])
    filed = f"{found.machine}-{name}-{found.as_of:%Y%m%d}.csv"
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": f'attachment; filename="{filed}"'})  # fmt: skip


def _report(request: Request, who: Signed) -> tuple[Report | None, tuple[str, ...]]:
    from cases.reports import report  # noqa: PLC0415 - pandas takes half a second to load

    work, at = acting.accounts(request).work, clock.now()
    with work.reading() as session:
        looker = Looker.of(session, work.office, who.login)
        machines = looker.machines()
        if not machines:
            return None, ()
        wanted, _ = filters.read({"machine": request.query_params.get("machine", "")}, machines)
        return report(session, looker, wanted.machine, at=at), machines


def _said(found: Report, figure: Figure, row: tuple[float, ...]) -> list[str]:
    return [found.said(value, days=figure.days and place > 0) for place, value in enumerate(row)]


def _safe(text: str) -> str:
    """A text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _picture(found: Report, figure: Figure, lang: str) -> Markup:
    """The figure drawn; what is guarded is drawn as nothing, so that no length tells what no number does."""
    first, many = (1, 2) if figure.days else (0, 2)
    rows = []
    for said, row in figure.rows:
        told = tuple(_said(found, figure, row)[first:many])
        long = (
            0 if text.startswith("<") else value for text, value in zip(told, row[first:many], strict=True)
        )
        rows.append(Bars(said.in_(lang), tuple(long), told))
    return Markup(charts.columns(rows) if figure.name == "flow" else charts.bars(rows))  # noqa: S704 - escaped there
