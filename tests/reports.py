"""Invented reports: factories with defaults for articles, facts and pages, and a reader that knows them by heart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.watch import Watch
from pipeline.profile import Profile, profile_of
from pipeline.reader import Job, ReadPage
from pipeline.similarity import sign
from pipeline.values import Classification, Extract, Fact, Scored
from store import definitions, pages
from store.engine import Store

NOON = datetime(2026, 10, 13, 4, 0, tzinfo=UTC)

#: A release as three desks tell it; the second is a rewrite of the first, the third a translation.
RELEASE = """Soldiers of the border militia led 120 Kenyan workers out of the Lotus Garden compound at Varlin on Monday
and handed them to the Thai army. The workers, most of them in their twenties, had been made to write love letters to
strangers for seventeen hours a day. Colonel Anan Wirot said they would sleep in a sports hall until their embassy had
issued papers. Four guards were held and a ledger of debts was seized in the canteen."""
RELEASE_REWRITTEN = """Some 120 Kenyans made to run love frauds have left the Lotus Garden compound in Varlin. The
militia that controls the strip brought them to Thai soldiers on Monday, and they spent the night in a sports hall.
Colonel Anan Wirot of the Thai army expects the embassy to issue papers soon. Guards were detained, and the canteen gave
up a ledger of debts."""
RELEASE_IN_SPANISH = """La milicia entregó el lunes al ejército tailandés a 120 trabajadores kenianos que estaban
retenidos en el recinto Lotus Garden de Varlin. El coronel Anan Wirot dijo que dormirán en un polideportivo hasta que su
embajada les dé documentos. Los obligaban a escribir cartas de amor a desconocidos durante diecisiete horas al día."""


def count(value: float, unit: str = "people", nationality: str | None = None, **other: Any) -> Fact:
    """A done count, the leading one unless said otherwise."""
    rest: dict[str, Any] = {
        "status": "done",
        "leading": True,
        "quote": f"{value:g}",
        "position": 0,
        "bound": "exact",
    } | other
    return Fact(kind="count", value=value, unit=unit, nationality=nationality, **rest)


def place(name: str, country: str) -> Fact:
    return Fact(kind="place", place=name, country=country, quote=name, position=0)


def day(iso: str) -> Fact:
    return Fact(kind="date", event_date=iso, quote=iso, position=0)


def person(name: str) -> Fact:
    return Fact(kind="person", name=name, quote=name, position=0)


def profile(
    text: str = RELEASE,
    facts: Sequence[Fact] = (),
    *,
    title: str = "Workers led out of compound",
    events: Sequence[str] = ("rescue_release",),
    topics: Sequence[str] = ("scam_centres",),
    at: datetime = NOON,
    language: str = "en",
) -> Profile:
    """What an article of these words and facts is compared by."""
    return profile_of(title, text, language, at, _classified(topics, events), facts)


def _classified(topics: Sequence[str], events: Sequence[str]) -> Classification:
    return Classification(
        tuple(Scored(name, 1.0) for name in topics), tuple(Scored(name, 1.0 - i / 10) for i, name in enumerate(events))
    )


@dataclass
class Newsroom:
    """Puts pages into a store, and reads them as they were written."""

    store: Store
    now: datetime = NOON
    readings: dict[tuple[str, str], ReadPage] = field(default_factory=dict)

    def publish(
        self,
        url: str,
        text: str = RELEASE,
        facts: Sequence[Fact] = (),
        *,
        title: str = "Workers led out of compound",
        events: Sequence[str] = ("rescue_release",),
        topics: Sequence[str] = ("scam_centres",),
        language: str = "en",
        origin: str = "live",
        after: float = 0,
        published: datetime | None = None,
        canonical: str | None = None,
        led_to: str | None = None,
        outlet: str | None = None,
        source_id: int | None = None,
        restricted: bool = False,
        **given: Any,
    ) -> int:
        """A fetched page, `after` hours from noon; its id."""
        found_at = self.now + timedelta(hours=after)
        extract = Extract(
            "article",
            "",
            title,
            text,
            None,
            language,
            published or found_at,
            "page",
            canonical or led_to or url,
            text_from="page",
        )
        reading = ReadPage(extract, _classified(topics, events), tuple(facts), sign(text))
        self.readings[led_to or url, text] = reading
        row = {
            "url": url,
            "final_url": led_to,
            "fetched_at": found_at,
            "found_at": found_at,
            "origin": origin,
            "content_type": "text/html",
            "given": {"title": title, "text": text, "outlet": outlet, **given},
            "source_id": source_id,
            "restricted": restricted,
        }
        with self.store.write() as db:
            return pages.add_page(db, row)

    def read(self, job: Job) -> ReadPage:
        return self.readings[job.url, job.given.text or ""]

    def source(self, name: str, type: str = "newspaper") -> int:
        row: dict[str, Any] = {"name": name, "origin": "file", "title": name.title(), "kind": "feed", "type": type}
        row |= {"url": f"https://{name}.example/rss", "created_at": self.now, "edited_at": self.now}
        with self.store.write() as db:
            added = definitions.sources.insert().values(definition={}, **row).returning(definitions.sources.c.id)
            return int(db.execute(added).scalar_one())

    def watch(self, name: str = "releases", **filters: Any) -> int:
        watch = Watch(name=name, **filters)
        row: dict[str, Any] = {
            "name": name,
            "origin": "file",
            "mode": "immediate",
            "definition": watch.model_dump(mode="json"),
        }
        row |= {"revision": 1, "created_at": self.now, "edited_at": self.now}
        with self.store.write() as db:
            added = definitions.watches.insert().values(**row).returning(definitions.watches.c.id)
            return int(db.execute(added).scalar_one())
