"""Statements that are written once and run on the driver's cursor: on every database they find what they say."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, insert, select
from sqlmodel import col

from cases.organisations import Organisation
from cases.prepared import Prepared
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
