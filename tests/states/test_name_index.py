"""Many names at once: no text that names a known firm or person is passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.name_index import Known
from states.names import near, of_firm, of_person, same
from tests.states.test_names import FIELDS


@given(st.lists(FIELDS, max_size=5), st.lists(FIELDS, max_size=5), FIELDS)
def test_whatever_is_the_same_or_near_touches(persons: list[str], firms: list[str], text: str) -> None:
    known = [of_person(one) for one in persons] + [of_firm(one) for one in firms]
    index = Known(known[:3])
    index.touches(text)
    index.add(known[3:])
    read = of_person(text), of_firm(text)
    if any(same(one, said) or near(one, said) for one in known for said in read):
        assert index.touches(text)


@pytest.mark.parametrize(
    "text", ["恒泰监理（集团）有限公司", "长春恒泰监理工程", "沈洁、许静", "恒泰", "恒（某）泰监理公司"]
)
def test_what_names_one_of_them_touches(text: str) -> None:
    assert Known([of_firm("恒泰监理公司"), of_person("沈洁")]).touches(text)


@pytest.mark.parametrize("text", ["", "（）", "远洋劳务公司", "公司", "监理有限公司", "许静", "沈"])
def test_what_names_another_does_not(text: str) -> None:
    assert not Known([of_firm("恒泰监理公司"), of_person("沈洁")]).touches(text)
