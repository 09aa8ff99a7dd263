"""Statements that are written once and run on the driver's cursor: on every database they find what they say."""

from __future__ import annotations

import pytest
from sqlalchemy import Select, bindparam, insert, select
from sqlmodel import col

from cases.organisations import Organisation
from cases.prepared import Prepared, PreparedByKey
from tests.cases.conftest import Unit


@pytest.mark.parametrize("name", ["O'Brien", "100% : rest", "a :name b", "%s", "back\\slash", "?", "甲“乙”"])
def test_a_constant_is_found_as_it_is_written(unit: Unit, name: str) -> None:
    statement = Prepared(
        select(col(Organisation.code)).where(
            col(Organisation.name_en) == name, col(Organisation.kind) == bindparam("kind")
        )
    )
    with unit() as session:
        row = {"code": "X-1", "name_zh": "甲", "name_en": name, "kind": "owner"}
        session.execute(insert(Organisation).values(**row))
        assert [tuple(one) for one in statement.rows(session, {"kind": "owner"})] == [("X-1",)]
        assert statement.rows(session, {"kind": "commission"}) == []
        session.rollback()


@pytest.mark.parametrize("wanted", [[], ["commission"], ["commission", "it's no kind"], ["none", "nobody"]])
def test_a_list_that_is_known_when_the_statement_is_written_holds_what_it_holds(
    unit: Unit, wanted: list[str]
) -> None:
    among = Prepared(select(col(Organisation.code)).where(col(Organisation.kind).in_(wanted)))
    beside = Prepared(select(col(Organisation.code)).where(col(Organisation.kind).not_in(wanted)))
    with unit() as session:
        every = session.execute(select(col(Organisation.code), col(Organisation.kind))).all()
        assert {code for (code,) in among.rows(session, {})} == {
            code for code, kind in every if kind in wanted
        }
        assert {code for (code,) in beside.rows(session, {})} == {
            code for code, kind in every if kind not in wanted
        }


def test_of_statements_kept_by_key_those_longest_not_asked_go_first() -> None:
    kept, written = PreparedByKey(2), []

    def ask(key: str) -> None:
        def write() -> Select[tuple[str]]:
            written.append(key)
            return select(col(Organisation.code))

        kept.of(key, write)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert written == ["a", "b", "c", "b"]
