"""The OpenAPI document, made from the table of resources, so that it says what is there and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import nightdesk
from nightdesk.columns import Kind, kind_of
from nightdesk.web.api import problems, summaries
from nightdesk.web.api.parameters import Parameter
from nightdesk.web.api.resources import RESOURCES, Resource
from store.facets import FACETS

PREFIX = "/api/v1"
_TYPES: Mapping[Kind, Mapping[str, Any]] = {
    Kind.TEXT: {"type": ["string", "null"]},
    Kind.WHOLE: {"type": ["integer", "null"]},
    Kind.NUMBER: {"type": ["number", "null"]},
    Kind.TRUTH: {"type": ["boolean", "null"]},
    Kind.TIME: {"type": ["string", "null"], "format": "date-time"},
    Kind.LIST: {"type": ["array", "null"], "items": {"type": "string"}},
}
#: What a listing of watches has beside the columns of its view.
_MORE_LISTS = frozenset({"events", "languages", "channels", "threads"})
_MORE_NUMBERS = frozenset(
    {"minimum_sources", "matched_30d", "alerts_30d", "open_misses", "told", "judged", "precision"}
)
_ABOUT = (
    "What Nightdesk has on record, read only. Times are ISO 8601 in UTC, ids whole numbers. A page has items and "
    "next; give next as after to go on. What comes in meanwhile neither repeats nor hides a row."
)


def document(columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document of an API whose listings have these columns."""
    paths: dict[str, Any] = {}
    for resource in RESOURCES:
        paths[f"{PREFIX}/{resource.name}"] = {"get": _listing(resource)}
        if resource.one is not None:
            paths[f"{PREFIX}/{resource.name}/{{{resource.key}}}"] = {"get": _one(resource)}
    paths |= {**_QUERIES, **_summaries()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nightdesk", "version": nightdesk.__version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"basic": []}, {}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "description": "Any name, the key as password."},
            },
            "schemas": {
                "Problem": _problem(),
                **{_title(resource): _row(resource, columns[resource.name]) for resource in RESOURCES},
            },
        },
    }


def _title(resource: Resource) -> str:
    return "Hit" if resource.name == "search" else resource.noun.capitalize()


def _listing(resource: Resource) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{_title(resource)}"}}
    page = {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": items, "next": {"type": ["string", "null"]}},
    }
    return {
        "operationId": f"list_{resource.name}" if resource.name != "search" else "search",
        "summary": resource.says,
        "parameters": [_parameter(parameter) for parameter in resource.parameters],
        "responses": {"200": _content("A page.", page), **_refusals(400, 401, 403, 429, 503)},
    }


def _one(resource: Resource) -> dict[str, Any]:
    name = resource.key
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{_title(resource)}"}
    says = f"One {resource.noun}."
    if resource.is_whole:
        says = f"One {resource.noun} with all that belongs to it: its row, and lists of rows by name."
        kind = {"type": "string"} if resource.noun == "fact" else {"const": resource.noun}  # a fact has its own kind
        schema = {"type": "object", "required": ["kind", "id"], "properties": {"kind": kind, "id": {"type": "integer"}}}
    form = {"type": "string", "minLength": 1, "maxLength": 100}
    called = "Its name." if name == "name" else "Its number, or as messages have it, with its letter."
    return {
        "operationId": f"get_{resource.noun}",
        "summary": says,
        "parameters": [{"name": name, "in": "path", "required": True, "description": called, "schema": form}],
        "responses": {"200": _content("It.", schema), **_refusals(400, 401, 403, 404, 429, 503)},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.says,
        "schema": dict(parameter.schema),
    }


def _row(resource: Resource, columns: Sequence[str]) -> dict[str, Any]:
    properties = {column: _type(column) for column in columns}
    return {"type": "object", "required": list(columns), "properties": properties}


def _type(column: str) -> dict[str, Any]:
    if column in _MORE_LISTS:
        return dict(_TYPES[Kind.LIST])
    if column == "sources":  # of a development how many, of a watch which
        return {"type": ["integer", "array", "null"]}
    return dict(_TYPES[Kind.NUMBER if column in _MORE_NUMBERS else kind_of(column)])


def _content(says: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": dict(schema)}}}


def _refusals(*statuses: int) -> dict[str, Any]:
    told = {
        401: "No token, or one that does not hold.",
        403: "Not with this token, or not from another site.",
        429: "More than 240 requests in a minute.",
    }
    found: dict[str, Any] = {}
    for status in statuses:
        if status in problems.TITLES:
            schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
            found[str(status)] = {"description": f"{problems.TITLES[status]}.", "content": {problems.TYPE: schema}}
        else:
            text = {"text/plain": {"schema": {"type": "string"}}}
            found[str(status)] = {"description": told[status], "content": text}
    return found


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "parameter": {"type": "string", "description": "Which parameter is meant."},
            "position": {"type": "integer", "description": "Where in a query the mistake is, from 0."},
        },
    }


def _summaries() -> dict[str, Any]:
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    facets = {
        "type": "object",
        "required": ["articles", "whole", "counts"],
        "properties": {
            "articles": {"type": "integer", "description": "How many hits were counted."},
            "whole": {"type": "boolean", "description": "Whether these are all; else they are the newest."},
            "counts": {"type": "object", "required": list(FACETS), "additionalProperties": counts},
        },
    }
    form = {
        "name": "form",
        "in": "path",
        "required": True,
        "description": "Word, Markdown, a page, or its articles for reference managers: RIS and CSL-JSON.",
        "schema": {"type": "string", "enum": list(summaries.FORMS)},
    }
    binary, cited = {"type": "string", "format": "binary"}, {"type": "array", "items": {"type": "object"}}
    content = {
        kind.partition(";")[0]: {"schema": cited if kind.endswith("+json") else binary}
        for _, kind in summaries.FORMS.values()
    }
    return {
        summaries.FACETS_PATH: {
            "get": {
                "operationId": "count_facets",
                "summary": "How the hits of a search divide by topic, event, country, source, language and month.",
                "parameters": [_parameter(one) for one in summaries.FACETS_TAKE],
                "responses": {"200": _content("Articles by value, most first.", facets), **_REFUSED},
            }
        },
        summaries.BRIEF_PATH: {
            "get": {
                "operationId": "write_brief",
                "summary": "Developments by case with a footnote for every figure: those of the last seven days, or"
                f" of those before until, where since says nothing else, {summaries.MOST} at the most.",
                "parameters": [form, *(_parameter(one) for one in summaries.BRIEF_TAKES)],
                "responses": {"200": {"description": "A file.", "content": content}, **_REFUSED, **_refusals(404)},
            }
        },
    }


_QUERY_NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "Its name. The parameters of the query follow the ?.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}
_ROWS = {
    "type": "object",
    "required": ["items", "next", "cut"],
    "properties": {
        "items": {"type": "array", "items": {"type": "object"}},
        "next": {"type": "null"},
        "cut": {"type": ["string", "null"]},
    },
}
#: The named queries are files that people write: their parameters and columns are not known here.
_QUERIES: Mapping[str, Any] = {
    f"{PREFIX}/queries": {
        "get": {
            "operationId": "list_queries",
            "summary": "The named queries, each with its parameters.",
            "parameters": [],
            "responses": {
                "200": _content("All of them.", {"type": "object", "required": ["items", "next"]}),
                **_refusals(400, 401, 403, 429),
            },
        }
    },
    f"{PREFIX}/queries/{{name}}.json": {
        "get": {
            "operationId": "ask_query_rows",
            "summary": "What a named query gives, as rows; cut says why there are no more, where there would be.",
            "parameters": [_QUERY_NAME],
            "responses": {
                "200": _content("Rows by the names of its columns.", _ROWS),
                **_refusals(400, 401, 403, 404, 429),
            },
        }
    },
    f"{PREFIX}/queries/{{name}}.csv": {
        "get": {
            "operationId": "ask_query",
            "summary": "What a named query gives, as CSV whose cells are no formulas.",
            "parameters": [_QUERY_NAME],
            "responses": {
                "200": {"description": "All rows.", "content": {"text/csv": {"schema": {"type": "string"}}}},
                **_refusals(400, 401, 403, 404, 429),
            },
        }
    },
}
_REFUSED = _refusals(400, 401, 403, 429, 503)
