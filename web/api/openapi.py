"""The description of the API, OpenAPI 3.1: made from the operations themselves, with an example for every answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api import shapes
from web.api.operations import Answers, Operation, Takes
from web.api.problems import KIND, TITLES
from web.api.rights import RIGHTS
from web.api.wishes import NoQuery, Wish

VERSION = "3.1.0"
_REF = "#/components/schemas/{model}"

_NAMES: Mapping[str, Mapping[str, Any]] = {
    "number": {"description": "The matter's number.", "schema": {"type": "string", "maxLength": 64},
               "example": "MGJ-2026-0001"},
    "move": {"description": "The move's name; see `moves`.", "schema": {"type": "string", "maxLength": 64},
             "example": "register"},
    "id": {"description": "Its id; see the list.", "schema": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
           "example": 9},
}  # fmt: skip
_CODES: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_json", "The content is not JSON.", ""),
    401: ("token_refused", "No valid token proves who asks.", "Ask the operator for `plumbline token issue`."),
    403: ("not_your_role", "This is for: commission head.", "Ask somebody who holds it: commission head."),
    404: ("no_such_number", "There is nothing of this name that you may see.", "The lists show what you may see."),
    405: ("method_not_allowed", "There is: GET, HEAD.", ""),
    409: ("wrong_state", "'Approve' is not a way out of the present state, 'Registered' (registered).",
          "It starts from: Assignment proposed."),
    412: ("moved_meanwhile",
          "registrar moved MGJ-2026-0001 at 2026-09-01 04:00 UTC: it is now in state “Registered”, version 2.",
          "Look at it again, then decide anew."),
    413: ("too_large", "The content is larger than 1 MB.", "Shorten it."),
    415: ("not_this_type", "Send it as application/json, in UTF-8.", ""),
    422: ("bad_form", "Title (title) is missing.", "Fill in title."),
    428: ("if_match_needed", 'If-Match: "VERSION" is needed.', "Look at it first, then send its ETag."),
    429: ("too_many", "Too many requests with this token.", "Try again in 1 seconds."),
    503: ("database_locked", "Another program holds the database, and did not let go in time.",
          "Nothing was changed; try again in a moment."),
}  # fmt: skip


def described(operations: Iterable[Operation], *, rehearsal: bool) -> dict[str, Any]:
    """The whole document."""
    every = tuple(operations)
    paths: dict[str, dict[str, Any]] = {}
    for one in every:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    note = " This is a rehearsal: no real case is on file." if rehearsal else ""
    return {
        "openapi": VERSION,
        "info": {
            "title": "Plumbline", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Problem clues on construction projects: what the shell does, for programs. What one may "
            f"not see answers 404, the same as what does not exist.{note}",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in sorted({one.tag for one in every})],
        "paths": paths,
        "components": {
            "schemas": _schemas(every),
            "responses": {f"Problem{status}": _problem(status) for status in _CODES},
            "securitySchemes": {"token": {
                "type": "http", "scheme": "bearer",
                "description": "`plumbline token issue LOGIN --scope read --scope write`",
            }},
        },
    }  # fmt: skip


def _operation(one: Operation) -> dict[str, Any]:
    scope = RIGHTS[one.right].scope
    roles = sorted(RIGHTS[one.right].roles)
    told = [one.more, f"Scope: {scope}." if scope else "", f"Role: {', '.join(roles)}." if roles else ""]
    found: dict[str, Any] = {
        "operationId": one.name, "tags": [one.tag], "summary": one.says,
        "description": " ".join(filter(None, told)) or one.says,
        "parameters": [*_path(one), *_query(one.query), *_headers(one)],
        "responses": dict(_responses(one)),
        "security": [{"token": []}] if scope else [],
    }  # fmt: skip
    if one.takes is not None:
        found["requestBody"] = _body(one.takes)
    return found


def _path(one: Operation) -> Iterator[dict[str, Any]]:
    for name, told in _NAMES.items():
        if f"{{{name}}}" in one.path:
            yield {"name": name, "in": "path", "required": True, **told}


def _query(shape: type[Wish]) -> Iterator[dict[str, Any]]:
    if shape is NoQuery:
        return
    schema = shape.model_json_schema()
    for name, told in schema.get("properties", {}).items():
        bare = dict(told)
        about = bare.pop("description", None)
        examples = bare.pop("examples", [])
        found = {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _plain(bare),
        }
        if about:
            found["description"] = about
        if examples:
            found["example"] = examples[0]
        yield found


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is there or not: it is never null."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    bare = {name: value for name, value in schema.items() if name not in ("anyOf", "title")}
    bare = (bare | options[0]) if options else bare
    return {name: value for name, value in bare.items() if not (name == "default" and value is None)}


def _headers(one: Operation) -> Iterator[dict[str, Any]]:
    yield {"name": "Accept-Language", "in": "header", "schema": {"type": "string"}, "example": "zh",
           "description": "zh or en: the language of texts."}  # fmt: skip
    if one.key:
        yield {"name": "Idempotency-Key", "in": "header", "required": True,
               "example": "5b1f7a52-9a2e-4a43-8f0c-3d1f6c1f2a10",
               "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[!-~]([ -~]*[!-~])?$"},
               "description": "The same request again with the same key: the same answer, nothing done twice."}  # fmt: skip
    if one.if_match:
        yield {"name": "If-Match", "in": "header", "required": True, "example": '"2"',
               "schema": {"type": "string", "pattern": '^"[0-9]{1,15}"$'},
               "description": "The version that the decision rests on."}  # fmt: skip
    if one.unchanged:
        yield {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "example": '"2"',
               "description": "Answer 304 where this is still its ETag."}  # fmt: skip


def _body(takes: Takes) -> dict[str, Any]:
    return {
        "required": takes.required,
        "content": {takes.kind: {"schema": _schema(takes.shape), "example": takes.example}},
    }


def _responses(one: Operation) -> Iterator[tuple[str, Any]]:
    yield str(one.answers.status), _success(one.answers)
    if one.unchanged:
        yield "304", {"description": "Not moved since.", "headers": {"ETag": _header("As it was.")}}
    for status in one.problems:
        yield str(status), {"$ref": f"#/components/responses/Problem{status}"}


def _success(answers: Answers) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": "Made." if answers.status == 201 else "Here it is.",
        "content": {
            kind: {"schema": _schema(answers.shape), "example": answers.example} for kind in answers.kinds
        },
    }
    if answers.headers:
        told["headers"] = {name: _header(about) for name, about in answers.headers.items()}
    return told


def _header(about: str) -> dict[str, Any]:
    return {"description": about, "schema": {"type": "string"}}


def _problem(status: int) -> dict[str, Any]:
    code, message, cure = _CODES[status]
    example: dict[str, Any] = {
        "type": f"urn:plumbline:problem:{code}", "title": TITLES[status].en, "status": status, "detail": message,
        "code": code, "reasons": [{"code": code, "message": message, "cure": cure}],
    }  # fmt: skip
    if status in (409, 412):
        move = {"move": "propose_assignment", "to": "assignment_proposed", "label": "Propose who handles it"}
        example |= {"state": "registered", "version": 2, "open": [move]}
    told: dict[str, Any] = {
        "description": TITLES[status].en,
        "content": {KIND: {"schema": {"$ref": _REF.format(model="Problem")}, "example": example}},
    }
    named = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}
    if status in named:
        told["headers"] = {named[status]: _header("As HTTP has it.")}
    return told


def _schema(shape: type[BaseModel] | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(shape, type):
        return {"$ref": _REF.format(model=shape.__name__)}
    return dict(shape)


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    """Every shape that is referred to, those of answers as they are written and those of requests as they are read."""
    told = {shapes.Problem, shapes.MatterLine}
    taken: set[type[BaseModel]] = set()
    for one in operations:
        if isinstance(one.answers.shape, type):
            told.add(one.answers.shape)
        if one.takes is not None and isinstance(one.takes.shape, type):
            taken.add(one.takes.shape)
    order = sorted(told, key=lambda one: one.__name__), sorted(taken, key=lambda one: one.__name__)
    both = [*((one, "serialization") for one in order[0]), *((one, "validation") for one in order[1])]
    _, schema = models_json_schema(both, ref_template=_REF)  # type: ignore[arg-type]
    found: dict[str, Any] = schema["$defs"]
    return found
