"""What the minutes of a round say that nobody has to type: decisions, dissent and conditions, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from cases import round_items, round_words
from cases.rounds import RESULT, RULES
from states.agenda import FIRST
from states.round_rules import RoundRules
from states.rounds import Said
from states.rulebook import FormField

GAP = {"zh": "；", "en": "; "}


def dissent(session: Session, values: Mapping[str, Any], lang: str) -> str:
    """All dissent as the record has it, and whatever else was typed."""
    rules, said = RoundRules.model_validate(values[RULES]), _said(values, "dissent")
    typed = str(values.get(rules.dissent or "") or "")
    own = "" if round_words.filled_in(session, said, typed) else typed
    return _joined(filter(None, [*round_words.lines(session, said, lang), own]), lang)


def conditions(session: Session, values: Mapping[str, Any], lang: str) -> str:
    """The conditions under which somebody agreed."""
    return _joined(round_words.lines(session, _said(values, "conditions"), lang), lang)


def _joined(said: Iterable[str], lang: str) -> str:
    """One after the other, with a full stop after the last alone."""
    texts = [text.rstrip() for text in said]
    return GAP[lang].join([text.rstrip("。.") for text in texts[:-1]] + texts[-1:])


def recused(session: Session, values: Mapping[str, Any], lang: str) -> str:
    """Who of those with a seat was out when it was decided, item by item; never why."""
    by_item = {item: result["recused"] for item, result in _results(values).items()}
    names = round_words.names(session, {one for people in by_item.values() for one in people})
    gap = {"zh": "、", "en": ", "}[lang]
    said = {
        item: gap.join(names.get(one, one) for one in people) for item, people in by_item.items() if people
    }
    return GAP[lang].join((f"{item}. " if len(by_item) > 1 else "") + who for item, who in said.items())


def decisions(values: Mapping[str, Any], field: FormField | None, lang: str) -> str:
    """What was decided on each item, where there are several. `field` holds the words for decisions."""
    rules, results = RoundRules.model_validate(values[RULES]), _results(values)
    if not any(item != FIRST for item in results):
        return ""
    made = {item: str(values[rules.decision] if item == FIRST else values[round_items.result_key(item)]["decision"])
            for item in results}  # fmt: skip
    words = {key: label.in_(lang) for key, label in field.choices.items()} if field is not None else {}
    return GAP[lang].join(f"{item}. {words.get(decision, decision)}" for item, decision in made.items())


def _said(values: Mapping[str, Any], what: str) -> dict[int, list[Said]]:
    return {item: [Said(**one) for one in result[what]] for item, result in _results(values).items()}


def _results(values: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """The result of each item among these values: those that whoever looks may see."""
    further = {item: values[name]["result"] for item in range(FIRST + 1, _last(values) + 1)
               if (name := round_items.result_key(item)) in values}  # fmt: skip
    return ({FIRST: values[RESULT]} if RESULT in values else {}) | further


def _last(values: Mapping[str, Any]) -> int:
    prefix = round_items.result_key(0)[:-1]
    return max((int(name[len(prefix):]) for name in values if name.startswith(prefix) and name[len(prefix):].isdigit()),
               default=FIRST)  # fmt: skip
