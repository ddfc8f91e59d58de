"""A development as a pack that proves itself: pages as they were fetched, texts, versions, facts, hashes of all."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.clock import iso
from core.errors import NotFound, UsageError
from nightdesk.differences import difference
from nightdesk.output import natural
from nightdesk.warcs import KeptPage, write_archive
from nightdesk.whole import whole
from store import views
from store.articles import article_versions, page_outcomes
from store.engine import Store
from store.facts import facts
from store.pages import pages

FORMAT = "nightdesk-evidence/1"
WARC = "pages.warc"
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same pack has the same bytes whenever it is made
_BLOCK = 1 << 20

Row = Mapping[str, Any]


def export_evidence(store: Store, development_id: int, target: str, restricted: bool = False) -> int:
    """Write the pack of a development to `target`, whole or not at all; how many pages are in it. Raises NotFound.

    With `restricted` what stands beside it is in the pack too, marked.
    """
    if not target.endswith(".zip"):
        raise UsageError(f"{target}: the name of a pack of evidence must end in .zip")
    with store.read() as db:
        found = _Found(db, development_id, views.named("articles_v", restricted))
    with whole(Path(target)) as file, tempfile.TemporaryFile() as archive:
        missing: list[Row] = []
        count = write_archive(archive, f"d{found.id}.warc", _kept(store, found.pages, missing))
        archive.seek(0)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
            members: dict[str, Row] = {}
            for name, content in found.members():
                members[name] = _put(pack, name, content)
            members[WARC] = _put(pack, WARC, archive)
            manifest = {"format": FORMAT, "development": found.id, "members": members, "missing_bodies": missing}
            _put(pack, "manifest.json", _json(manifest))
    return count


class _Found:
    """Everything on record of a development."""

    def __init__(self, db: Connection, development_id: int, articles: str) -> None:
        self.development = _rows(db, "SELECT * FROM developments_v WHERE id = :id", development_id)
        if not self.development:
            raise NotFound(f"there is no development d{development_id}")
        self.id = int(self.development[0]["merged_into"] or development_id)
        if self.id != development_id:
            self.development = _rows(db, "SELECT * FROM developments_v WHERE id = :id", self.id)
        of = "WHERE development_id = :id"
        self.changes = _rows(db, f"SELECT * FROM changes_v {of} ORDER BY seq", self.id)
        self.articles = _rows(db, f"SELECT * FROM {articles} {of} ORDER BY id", self.id)
        ids = [article["id"] for article in self.articles]
        mine = sa.select(article_versions).where(article_versions.c.article_id.in_(ids))
        order = (article_versions.c.article_id, article_versions.c.seq)
        self.versions = [dict(row) for row in db.execute(mine.order_by(*order)).mappings()]
        self.facts = _facts(db, ids)
        of_articles = sa.select(page_outcomes.c.page_id).where(page_outcomes.c.article_id.in_(ids))
        chosen = sa.or_(pages.c.id.in_(of_articles), pages.c.id.in_([row["page_id"] for row in self.versions]))
        self.pages = [dict(row) for row in db.execute(sa.select(pages).where(chosen).order_by(pages.c.id)).mappings()]

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Every member but the archive and the manifest."""
        shown = [{name: value for name, value in article.items() if name != "text"} for article in self.articles]
        yield "development.json", _json({**self.development[0], "changes": self.changes})
        yield "articles.json", _json(shown)
        yield "facts.json", _json(self.facts)
        yield "versions.json", _json([_version(row) for row in self.versions])
        yield "pages.json", _json([_page(row) for row in self.pages])
        for row in self.versions:
            yield _text_name(row), f"{row['title']}\n\n{row['text']}\n".encode()
        yield "index.html", _index(self).encode()


def _facts(db: Connection, article_ids: list[int]) -> list[dict[str, Any]]:
    """What every version stated, not only the current ones: evidence is also of what was said before."""
    version = (article_versions.c.article_id, article_versions.c.seq.label("version"))
    query = (
        sa.select(facts, *version)
        .join(article_versions, article_versions.c.id == facts.c.version_id)
        .where(article_versions.c.article_id.in_(article_ids))
        .order_by(*version, facts.c.position, facts.c.id)
    )
    return [{**row, "created_at": iso(row["created_at"])} for row in db.execute(query).mappings()]


def _version(row: Row) -> Row:
    names = ("article_id", "seq", "page_id", "title", "byline", "language", "published_from", "words", "text_sha256")
    times = {name: iso(row[name]) for name in ("published_at", "created_at")}
    return {name: row[name] for name in names} | times | {"text": _text_name(row)}


def _page(row: Row) -> Row:
    names = (
        "id",
        "url",
        "final_url",
        "http_status",
        "content_type",
        "headers",
        "request",
        "sha256",
        "bytes",
        "refused",
    )
    return {name: row[name] for name in names} | {"fetched_at": iso(row["fetched_at"])}


def _text_name(row: Row) -> str:
    return f"texts/a{row['article_id']}-v{row['seq']}.txt"


def _kept(store: Store, rows: list[dict[str, Any]], missing: list[Row]) -> Iterator[KeptPage]:
    """Pages with their bodies, one at a time; those without are named in `missing`."""
    for row in rows:
        if row["sha256"] is None:
            continue
        try:
            body = store.bodies.get(row["sha256"])
        except NotFound:
            missing.append({"page": row["id"], "url": row["url"], "sha256": row["sha256"]})
            continue
        headers = row["headers"] or {"content-type": row["content_type"] or "application/octet-stream"}
        address = row["final_url"] or row["url"]
        request = row["request"] or {}
        yield KeptPage(row["id"], address, row["fetched_at"], body, row["http_status"], headers, request)


def _rows(db: Connection, query: str, number: int) -> list[dict[str, Any]]:
    return [dict(natural(dict(row))) for row in db.execute(sa.text(query), {"id": number}).mappings()]


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def _put(pack: zipfile.ZipFile, name: str, content: bytes | IO[bytes]) -> Row:
    """One member, and what the manifest says of it."""
    about = zipfile.ZipInfo(name, _STAMP)
    about.compress_type, about.external_attr, about.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    digest, size = hashlib.sha256(), 0
    with pack.open(about, "w", force_zip64=True) as member:
        for block in [content] if isinstance(content, bytes) else iter(lambda: content.read(_BLOCK), b""):
            member.write(block)
            digest.update(block)
            size += len(block)
    return {"sha256": digest.hexdigest(), "bytes": size}


# -- the page for people ----------------------------------------------------------------------------------------------

_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>body{{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}
table{{border-collapse:collapse}}td,th{{border:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top}}
pre{{white-space:pre-wrap}}code{{word-break:break-all}}</style></head><body>
"""


def _index(found: _Found) -> str:
    """What is in the pack, to be read in any browser without a network."""
    title = f"d{found.id} {found.development[0]['title']}"
    parts = [_HEAD.format(title=escape(title)), f"<h1>{escape(title)}</h1>", "<h2>Changes</h2>"]
    parts.append(_table(found.changes, ("seq", "at", "kind", "origin", "by", "what", "old", "new", "cause_article_id")))
    parts += ["<h2>Facts</h2>", _table(found.facts, _FACT)]
    for article in found.articles:
        outlet = escape(str(article["outlet"] or article["source"] or ""))
        parts += [
            f"<h2>a{article['id']} {escape(str(article['title']))}{_mark(article)}</h2>",
            f"<p>{outlet}, published {escape(str(article['published_at']))}<br>"
            f"<code>{escape(str(article['url']))}</code></p>",
            *_versions([row for row in found.versions if row["article_id"] == article["id"]]),
        ]
    parts += ["<h2>Pages as fetched</h2>", _table([_page(row) for row in found.pages], _PAGE)]
    parts.append("<p>Hashes of every file are in manifest.json; check them with: nightdesk verify</p>")
    return "\n".join([*parts, "</body></html>", ""])


def _mark(article: Row) -> str:
    return " — restricted, not to be passed on" if article.get("restricted") else ""


_STATED = ("kind", "value", "bound", "unit", "status", "nationality", "name", "place", "event_date")
_FACT = (*_STATED, "quote", "article_id", "version", "origin", "superseded")
_PAGE = ("id", "fetched_at", "http_status", "url", "sha256", "refused")


def _versions(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        name = _text_name(row)
        yield f'<p>version {row["seq"]}, {iso(row["created_at"])}: <a href="{name}">{name}</a></p>'
    for old, new in pairwise(rows):
        lines = difference(f"{old['title']}\n{old['text']}", f"{new['title']}\n{new['text']}")
        yield f"<pre>{escape(chr(10).join(lines))}</pre>"


def _table(rows: list[Any], columns: tuple[str, ...]) -> str:
    head = "".join(f"<th>{column.replace('_', ' ')}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape('' if row[c] is None else str(row[c]))}</td>" for c in columns) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"
