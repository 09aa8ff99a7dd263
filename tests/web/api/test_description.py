"""The description of the API, held to the API: schemathesis asks what it says may be asked, as three different people."""

from __future__ import annotations

import io
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error, response_schema_conformance
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)

from plumbline.attaching import Attaching
from tests.plumbline.shell import NOON
from tests.web.api.client import Client
from web.api import door, openapi

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PEOPLE = ("registrar", "auditor", "owner")
FEW, MANY = 4, 25


def description(api: Client) -> dict[str, Any]:
    answer = api.browser.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_every_operation_is_described_with_examples_for_every_answer(api: Client) -> None:
    told = description(api)
    every = door.operations(api.work)
    assert told["openapi"].startswith("3.1")
    assert {(path, method) for path, methods in told["paths"].items() for method in methods} == {
        (one.path, one.method.lower()) for one in every
    }
    for methods in told["paths"].values():
        for one in methods.values():
            assert one["summary"]
            for parameter in one["parameters"]:
                assert "schema" in parameter
            for content in one.get("requestBody", {}).get("content", {}).values():
                assert "example" in content
            for status, answer in one["responses"].items():
                whole = resolved(told, answer)
                examples = [content for content in whole.get("content", {}).values() if "example" in content]
                assert examples or status == "304", (one["operationId"], status)


def test_every_example_is_of_the_shape_it_illustrates(api: Client) -> None:
    told = description(api)
    root = {"components": told["components"], "$schema": "https://json-schema.org/draft/2020-12/schema"}
    looked = 0
    for methods in told["paths"].values():
        for one in methods.values():
            contents = [one["requestBody"]] if "requestBody" in one else []
            contents += [resolved(told, answer) for answer in one["responses"].values()]
            for content in (each for whole in contents for each in whole.get("content", {}).values()):
                if "example" in content and content["schema"].get("format") != "binary":
                    Draft202012Validator(root | content["schema"]).validate(content["example"])
                    looked += 1
    assert looked > 300
    Draft202012Validator.check_schema(told["components"]["schemas"]["Problem"])
    with pytest.raises(jsonschema.ValidationError):
        Draft202012Validator(root | {"$ref": "#/components/schemas/Problem"}).validate({"code": "x"})


def test_the_description_is_in_the_version_it_says(api: Client) -> None:
    schemathesis.openapi.from_dict(description(api)).validate()
    assert openapi.VERSION == "3.1.0"


def resolved(told: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in answer:
        return answer
    found: dict[str, Any] = told["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found


@pytest.fixture
def busy(api: Client) -> Client:
    """An office with something on file."""
    number = api.note(classification="none", project="PC")
    api.do("registrar", number, "register", managed_by="ours")
    api.note("leader", "consultations", seats=["owner", "contractor", "overseer"])
    Attaching(api.work).add(number, io.BytesIO(b"text"), name="a.txt", actor="registrar", at=NOON)
    return api


def test_what_the_description_allows_is_answered_as_it_says(busy: Client) -> None:
    ask_everything(busy, examples=FEW)


@pytest.mark.slow
@pytest.mark.skipif("config.getoption('-m') != 'slow'", reason="by hand: pytest -m slow tests/web/api")
def test_the_same_at_length(busy: Client) -> None:
    ask_everything(busy, examples=MANY)


def ask_everything(api: Client, *, examples: int) -> None:
    """Each operation, with what fits its description and with what does not, as each of three people."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.browser.app)
    headers = {who: {"Authorization": f"Bearer {api.token(who)}"} for who in PEOPLE}
    known = {"clues": "MGJ-2026-0001", "consultations": "MGJ-C-2026-001"}
    asked = 0
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        number = known.get(operation.path.split("/")[1], "MGJ-2026-0001")
        there = {name: value for name, value in (("number", number), ("move", "register"), ("id", 1))
                 if f"{{{name}}}" in operation.path}  # fmt: skip
        ways = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
                operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)]  # fmt: skip
        if there:
            ways.append(operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=there))

        @settings(max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet)  # fmt: skip
        @given(case=st.one_of(ways), who=st.sampled_from(PEOPLE))
        def ask(case: Any, who: str) -> None:
            nonlocal asked
            case.call_and_validate(headers=headers[who], checks=CHECKS)
            asked += 1

        ask()
    assert asked > examples * 60
