"""Thirty questions to ninety-five articles that were labelled by hand: exactly the expected ones, on both engines."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.query import parse_query
from pipeline.vocabulary import load_vocabulary
from store.articles import article_events, article_topics, article_versions
from store.engine import Store
from store.facts import facts
from store.search import search
from tests.test_store_search import NOW, add_article

LABELLED = Path(__file__).parents[1] / "benchmarks" / "labelled" / "seen-1.jsonl"

#: A question, and the numbers of the articles that a careful reader finds for it.
EXPECTED = {
    "topic:scam_centres event:repatriation": "031 032 033 034 052",
    "topic:overseas_policing country:SB": "058 059 060 061 062",
    "event:police_training": "012 013 014 071",
    "topic:scam_centres topic:overseas_policing": "047 048 049 053 054",
    "topic:scam_centres count:[300 TO *]": "008 009 010 055",
    "topic:overseas_policing published:2026-05": "061 062 065 066",
    "lang:zh topic:overseas_policing": "013 016 049 060 066 071",
    "(country:TH OR country:KH) event:supply-cut": "041 042",
    '"scam compound"': "001 005 018 035 039 046 050 054 082",
    '"Tai Chang"': "043",
    "Tachileik": "018 035",
    "place:Tachileik": "018 019 035 036",
    "place:Poipet -lang:en": "031 033 042 094",
    "电诈": "049",
    "園區": "006 036",
    "特殊詐欺": "052 090",
    "แก๊งคอลเซ็นเตอร์": "002 019 042",
    "สแกม": "002 019 042",
    "ឆបោក": "009",
    "ငွေလိမ်": "044",
    '"lừa đảo"': "010 048",
    "캄보디아": "053 087",
    "forum Lianyungang -training": "069",
    '"police station" OR "poste de police"': "022 063 064",
    "motorcycl* OR motorbike OR 摩托车": "058 059 060 067",
    '"Chinese police"~2 topic:overseas_policing lang:en': "012 059 061 063 065 067",
    "title:police country:SB": "059 061",
    "scam NOT topic:scam_centres": "020 024 025 056 073 082",
    "(Kenya OR Kenyan) -Bangkok": "034",
    "centros estafas": "040 093",
}


def fill(db: Connection) -> dict[int, str]:
    """The articles with their labels in place of what the pipeline would say; their numbers by article id."""
    numbers: dict[int, str] = {}
    for line in LABELLED.read_text("utf-8").splitlines():
        article = json.loads(line)
        published = datetime.fromisoformat(article["published"])
        written = (article["title"], article["text"], article["language"], published)
        article_id = add_article(db, article["id"], *written)
        numbers[article_id] = article["id"].removeprefix("d-")
        version = sa.select(article_versions.c.id).where(article_versions.c.article_id == article_id)
        _label(db, db.scalars(version).one(), article)
    return numbers


def _label(db: Connection, version_id: int, article: dict[str, Any]) -> None:
    for table, column, labels in (
        (article_topics, "topic", article["topic"]),
        (article_events, "event_type", article["event_types"]),
    ):
        for name in labels:
            db.execute(sa.insert(table).values(version_id=version_id, score=1.0, **{column: name}))
    known = {"version_id": version_id, "quote": "", "position": 0, "leading": False, "confidence": 1.0}
    stated = {
        "count": ("value", "status"),
        "place": ("country",),
        "route": ("from_country", "via_country", "to_country"),
    }
    for kind, names in stated.items():
        told = [{name: fact.get(name) for name in names} for fact in article["facts"] if fact["type"] == kind]
        if told:
            db.execute(sa.insert(facts), [{**known, "kind": kind, "created_at": NOW, **row} for row in told])


def test_each_question_finds_exactly_the_expected_articles(store: Store) -> None:
    with store.write() as db:
        numbers = fill(db)
    assert len(numbers) == 95 and len(EXPECTED) == 30
    with store.read() as db:
        for written, expected in EXPECTED.items():
            found = search(db, parse_query(written, load_vocabulary()))
            assert sorted(numbers[hit.article_id] for hit in found) == expected.split(), written
            assert [hit.place for hit in found] == sorted((hit.place for hit in found), reverse=True), written
