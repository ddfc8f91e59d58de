"""`/feed.atom`: developments for feed readers, all of them or those that a query or filters leave."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from alerts.masking import Mask, mask_of
from nightdesk import atom, listing, search
from nightdesk.app import App
from nightdesk.web.api import parameters, problems
from nightdesk.web.api.parameters import Given, Parameter
from nightdesk.web.reading import Reading
from store import stories

_QUERY = replace(parameters.QUERY, required=False)
_TOKEN = Parameter(
    "token", "The key of a token, for readers that send no header.", {"type": "string", "maxLength": 200}
)
_PARAMETERS = (_QUERY, *parameters.ALL, parameters.LIMIT, _TOKEN)
#: Hits that are looked through for the developments that they report.
_HITS = 200
#: Reports that an entry names.
_REPORTS = 10

Row = Mapping[str, Any]


class Feed:
    """The feed of one App."""

    def __init__(self, app: App, reading: Reading) -> None:
        self._app = app
        self._reading = reading

    async def show(self, request: Request) -> Response:
        try:
            body = await self._reading.ask(lambda db: self._write(db, request))
        except Exception as error:
            told = problems.answer(error)
            if told is None:
                raise
            return told
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in (asked.strip().removeprefix("W/") for asked in request.headers.get("if-none-match", "").split(",")):
            return Response(None, 304, headers)
        return Response(body, media_type="application/atom+xml", headers=headers)

    def _write(self, db: Connection, request: Request) -> bytes:
        now, zone = self._app.clock(), ZoneInfo(self._app.config.timezone)
        given = parameters.read(request.query_params.multi_items(), _PARAMETERS, now, zone)
        asked = {name: value for name, value in sorted(given.values.items()) if name not in ("token", "limit")}
        public = self._app.config.web.public_url.rstrip("/")
        here = public or str(request.base_url).rstrip("/")
        title = f"Nightdesk: {', '.join(str(value) for value in asked.values())}" if asked else "Nightdesk"
        address = f"{here}/feed.atom" + (f"?{urlencode(asked)}" if asked else "")
        entries = read_entries(db, _developments(db, given), public)
        return atom.write(title, json.dumps(asked, ensure_ascii=False), address, entries)


def _developments(db: Connection, given: Given) -> list[Row]:
    """Those that changed last; of a query, those that its newest hits report."""
    recent = replace(listing.DEVELOPMENTS, order="updated_at")
    query = given.get(_QUERY)
    if query is None:
        return list(listing.rows(db, recent, replace(given.filters, limit=given.limit)))
    found = search.find(db, search.Question(query, replace(given.filters, limit=_HITS)))
    ids = list(dict.fromkeys(hit.row["development_id"] for hit in found.hits if hit.row["development_id"]))
    return [row for row in _of(db, "developments_v", "id", ids[: given.limit]) if row["merged_into"] is None]


def read_entries(db: Connection, developments: Sequence[Row], public: str) -> list[atom.Entry]:
    """The developments with what befell them and who reports them."""
    ids = [row["id"] for row in developments]
    changes: dict[int, list[Row]] = {}
    for change in _of(db, "changes_v", "development_id", ids):
        changes.setdefault(change["development_id"], []).append(change)
    reports = {id: stories.articles_of(db, [id]) for id in ids}
    return [
        _entry(row, befell, of[:_REPORTS], public, _mask(db, row, befell, of))
        for row in developments
        for befell, of in ((changes.get(row["id"], []), reports[row["id"]]),)
    ]


def _mask(db: Connection, row: Row, changes: Sequence[Row], reports: Sequence[sa.Row[Any]]) -> Mask:
    facts = stories.facts_of(db, [report.version_id for report in reports])
    renamed = [(change["old"], change["new"]) for change in changes if change["what"] == "name"]
    return mask_of(facts, json.loads(row["event_types"] or "[]"), renamed)


def _entry(row: Row, changes: Sequence[Row], articles: Sequence[sa.Row[Any]], public: str, mask: Mask) -> atom.Entry:
    """What readers keep and share without a login, so masked as messages are."""
    began = changes[0]["at"] if changes else row["first_found_at"]
    listed = [word for name in ("topics", "event_types", "countries") for word in json.loads(row[name] or "[]")]
    told = sorted(articles, key=lambda one: one.duplicate_of is not None)
    return atom.Entry(
        number=row["id"],
        began=began,
        updated=max((change["at"] for change in changes), default=row["updated_at"]),
        title=mask(row["title"]),
        language=told[0].language if told else None,
        lede=mask(row["lede"] or ""),
        page=f"{public}/developments/{row['id']}" if public else "",
        labels=tuple(listed),
        changes=tuple(mask(_change(change)) for change in changes if change["kind"] != "new"),
        reports=tuple(atom.Report(mask(one.title), one.url, one.outlet or one.source or "unknown") for one in told),
        sources=row["independent_sources"],
    )


def _change(change: Row) -> str:
    said = " to ".join(side for side in (change["old"], change["new"]) if side)
    return ": ".join(part for part in (change["kind"], change["what"], said) if part)


def _of(db: Connection, view: str, column: str, ids: Sequence[int]) -> list[Row]:
    """The rows of a view that belong to these ids, in the order of their own."""
    query = sa.text(f"SELECT * FROM {view} WHERE {column} IN :ids")
    asked = query.bindparams(sa.bindparam("ids", expanding=True))
    rows = [dict(row) for row in db.execute(asked, {"ids": list(ids)}).mappings()]
    return sorted(rows, key=lambda row: int(row["id"]))  # asked to sort, SQLite might read the whole table in order
