"""Files one read page in one transaction: article, version, facts, matches, development, change, outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from core import faults
from core.ids import show_id
from core.text import count_words
from pipeline import coding, moving, placing, record, shelf
from pipeline.booking import is_taken_over, redescribe
from pipeline.changes import STATED, Stated, change_by_edit
from pipeline.config import PIPELINE_VERSION, PipelineConfig
from pipeline.edits import essence, flips_back
from pipeline.identity import identity, same_words
from pipeline.match import Matcher, Subject, Verdict
from pipeline.pagemarks import page_marks, with_page
from pipeline.profile import profile_of
from pipeline.reader import ReadPage
from pipeline.recent import Recent
from pipeline.refiling import explained, fact_row, refile, row_of, rulings_of, stated
from pipeline.retraction import is_retracted
from pipeline.ruled import NOTHING, Entry, Ruled, entries, labelled, standing
from pipeline.similarity import Signature, bands, nearest_copy
from pipeline.values import Classification, Extract, Fact
from store import articles, developments, facts, matches, search
from store.articles import DuePage, KnownArticle

_BAND_MATES = 40


@dataclass(frozen=True)
class Desk:
    """What filing needs besides the page."""

    config: PipelineConfig
    now: datetime
    max_age: timedelta
    recent: Recent
    matcher: Matcher
    replayed: Mapping[int, Ruled] | None = None  # of a replay: what was ruled of the article of each page


@dataclass(frozen=True)
class Judged:
    """A page as it was read, with what analysts ruled of its article."""

    reading: ReadPage  # as it counts
    machine: Classification = field(default_factory=Classification)  # as the machine has it by itself
    entries: tuple[Entry, ...] = ()
    beside: tuple[int, ...] | None = None
    thread: int | None = None


def judge(reading: ReadPage, ruled: Ruled) -> Judged:
    """The machine's answer with the analysts' over it."""
    words = f"{reading.extract.title}\n{reading.extract.text}"
    written = tuple(entries(reading.facts, ruled.facts, words, reading.extract.text_from))
    shown = replace(reading, classified=labelled(reading.classified, ruled.labels), facts=standing(written))
    return Judged(shown, reading.classified, written, ruled.beside, ruled.thread)


@dataclass(frozen=True)
class Filed:
    """What became of a page."""

    state: str
    article_id: int | None = None
    development_id: int | None = None
    is_new_version: bool = False
    founded: bool = False
    change: str | None = None


def file_reading(db: Connection, desk: Desk, page: DuePage, reading: ReadPage, note: str = "") -> Filed | None:
    """Write everything that follows from a page. None where another process ended it meanwhile."""
    developments.one_at_a_time(db)
    if not articles.claim_page(db, page.id, page.attempts, PIPELINE_VERSION, desk.now):
        return None
    filed, reason = _file(db, desk, page, reading)
    articles.end_page(db, page.id, filed.state, "; ".join(filter(None, (reason, note))), filed.article_id, desk.now)
    faults.hit("process.in_article")
    return filed


def _file(db: Connection, desk: Desk, page: DuePage, reading: ReadPage) -> tuple[Filed, str]:
    found = reading.extract
    if no_text := page.given.get("no_text"):
        return Filed("no_text"), str(no_text)
    if found.state != "article":
        state = "blocked" if page.refused else found.state
        return Filed(state), f"{page.refused}: {found.reason}" if page.refused else found.reason
    outlet = page.given.get("outlet")
    canonical, key = identity(page.url, page.final_url, found.canonical_url, outlet, page.restricted)
    if row := page.given.get("row"):
        canonical, key = page.url, f"row {row['key']}"
    known = articles.article_by_key(db, key) or _led_on(db, page, reading, key)
    judged = judge(reading, _ruled(db, desk, page, known))
    if known is None:
        return _new_article(db, desk, page, judged, canonical, key)
    is_own = is_taken_over(db, page, known.article_id)
    if not row and (reason := _nothing_new(db, known, judged.reading)):
        if is_own:
            return _taken_over(db, desk, page, judged.reading, known), f"{reason}, booked to {page.source} from now on"
        return Filed("duplicate", known.article_id), reason
    return _new_version(db, desk, page, judged, known)


def _led_on(db: Connection, page: DuePage, reading: ReadPage, key: str) -> KnownArticle | None:
    """The article that is known under the address asked for, where its site leads on to a new one since."""
    _, asked = identity(page.url, None, None, page.given.get("outlet"), page.restricted)
    known = articles.article_by_key(db, asked) if asked != key and not page.given.get("row") else None
    if known is None:
        return None
    # Some sites lead what is gone to other news: its headline or its words must be there still.
    found, before = reading.extract, Signature.from_json(known.signature)
    is_copy = reading.signature and before and nearest_copy(reading.signature, [(known.article_id, before)])
    has_its_headline = bool(known.title.strip()) and same_words((known.title,), (found.title,))
    return known if is_copy or has_its_headline else None


def _taken_over(db: Connection, desk: Desk, page: DuePage, reading: ReadPage, known: KnownArticle) -> Filed:
    """An article is its outlet's own: watches that ask for that source may want it, and it counts as independent."""
    refiled = refile(db, desk.matcher, known.article_id, desk.now, quiet=False)
    development_id = developments.development_of(db, known.article_id)
    if development_id is not None:
        redescribe(db, development_id, desk.now)
    elif refiled.fired:
        report = _report(db, page, reading, known.article_id, refiled.version_id, known.origin)
        placed = placing.place(db, desk.config, desk.recent, report, True, None, desk.now)
        return Filed("duplicate", known.article_id, placed.development_id, founded=placed.founded, change=placed.change)
    return Filed("duplicate", known.article_id, development_id)


def _ruled(db: Connection, desk: Desk, page: DuePage, known: KnownArticle | None) -> Ruled:
    if desk.replayed is not None:
        return desk.replayed.get(page.id, NOTHING)
    return rulings_of(db, known.article_id) if known else NOTHING


def _nothing_new(db: Connection, known: KnownArticle, reading: ReadPage) -> str:
    """Why a page of a known address is no new version of its article, or nothing."""
    found = reading.extract
    if same_words((known.title, known.text), (found.title, found.text)):
        return f"the same text as a{known.article_id}"
    words = essence(found.title, found.text)
    if words == essence(known.title, known.text):
        return f"the same text as a{known.article_id}, but for its date or counters"
    if found.text_from == "feed" and known.text_from != "feed":
        return f"only the feed's text of a{known.article_id}"
    if found.paywalled and len(found.text) < len(known.text):
        return f"only a teaser of a{known.article_id}"
    before = [essence(title, text) for title, text in articles.texts_of(db, known.article_id)]
    if words in before and flips_back(words, before, not _states_otherwise(db, known, reading)):
        return f"a text that a{known.article_id} had before"
    return ""


def _states_otherwise(db: Connection, known: KnownArticle, reading: ReadPage) -> bool:
    """Whether a reading takes back a fact of the current version."""
    before = [stated(row) for row in facts.facts_of(db, known.version_id)]
    return change_by_edit(before, [unfiled(fact) for fact in reading.facts]) is not None


def _new_article(
    db: Connection, desk: Desk, page: DuePage, judged: Judged, canonical: str, key: str
) -> tuple[Filed, str]:
    reading = judged.reading
    origin = origin_of(page, reading.extract, desk.max_age)
    copy = None if page.restricted else _copy_of(db, reading.signature)
    row = {
        "page_id": page.id,
        "source_id": page.source_id,
        "url": page.url,
        "canonical_url": canonical,
        "url_key": key,
        "outlet": page.given.get("outlet") or page.outlet or reading.extract.site_name,
        "found_at": page.found_at,
        "origin": origin,
        "restricted": page.restricted,
    }
    article_id = articles.add_article(db, row)
    version_id, verdicts = _write_version(db, desk, page, judged, article_id, None)
    if page.restricted:
        return _put_on_shelf(db, desk, article_id)
    if reading.extract.text_from == "row":
        return _of_row(db, desk, page, judged, article_id, version_id)
    if copy is None and judged.beside is None and not (reading.classified.topics or any(v.fired for v in verdicts)):
        return Filed("article", article_id), _said(judged, None)  # most of what is read: its profile is asked by nobody
    report = replace(_report(db, page, reading, article_id, version_id, origin), thread=judged.thread)
    if judged.beside is not None:
        placed = placing.Placed(moving.put_beside(db, report, judged.beside, desk.now))
    else:
        placed = placing.place(db, desk.config, desk.recent, report, any(v.fired for v in verdicts), copy, desk.now)
    if placed.duplicate_of is not None:
        articles.mark_duplicate(db, article_id, placed.duplicate_of)
    if placed.founded and placed.development_id is not None:
        shelf.look_again(db, desk.config, desk.recent, placed.development_id, report.profile)
    filed = Filed("article", article_id, placed.development_id, founded=placed.founded, change=placed.change)
    return filed, _said(judged, placed.duplicate_of)


def _of_row(
    db: Connection, desk: Desk, page: DuePage, judged: Judged, article_id: int, version_id: int
) -> tuple[Filed, str]:
    """Whoever made a sheet says what one event is: a row is a development, whatever else is like it."""
    row_report = replace(_report(db, page, judged.reading, article_id, version_id, page.origin), thread=judged.thread)
    said = f"a row that {page.given['row']['by']} imported"
    if judged.beside is not None:
        placed = placing.Placed(moving.put_beside(db, row_report, judged.beside, desk.now))
    else:
        placed = placing.found(db, row_report, said, desk.now)
    return Filed("article", article_id, placed.development_id, founded=placed.founded, change=placed.change), said


def _put_on_shelf(db: Connection, desk: Desk, article_id: int, is_new_version: bool = False) -> tuple[Filed, str]:
    """A restricted report makes and changes no development: it stands beside the one it is of."""
    profile = record.profile_of_article(db, article_id)
    beside = shelf.put(db, desk.config, desk.recent, article_id, profile)
    where = f"beside {show_id('development', beside)}" if beside is not None else "beside no development yet"
    return Filed("article", article_id, is_new_version=is_new_version), f"restricted: told to nobody, kept {where}"


def _said(judged: Judged, duplicate_of: int | None) -> str:
    """What reading it made of a page, whatever analysts make of its article."""
    if duplicate_of is not None:
        return f"a near-copy of a{duplicate_of}"
    return judged.reading.extract.reason or ("on " + ", ".join(judged.machine.topic_names or ("no topic",)))


def _new_version(db: Connection, desk: Desk, page: DuePage, judged: Judged, known: KnownArticle) -> tuple[Filed, str]:
    reading = judged.reading
    before = [stated(row, page.source_type) for row in facts.facts_of(db, known.version_id)]
    version_id, verdicts = _write_version(db, desk, page, judged, known.article_id, known)
    if page.restricted:
        return _put_on_shelf(db, desk, known.article_id, is_new_version=True)
    origin = page.origin if known.origin == "live" else known.origin
    if reading.extract.text_from == "row":
        origin = "analyst"
    report = replace(
        _report(db, page, reading, known.article_id, version_id, origin), takes_back=_taken_back(known, reading)
    )
    placed = placing.edit(
        db, desk.config, desk.recent, report, before, any(verdict.fired for verdict in verdicts), desk.now
    )
    if reading.extract.text_from == "row":
        developments.sign_changes(db, page.given["row"]["by"], desk.now)
    filed = Filed(
        "article",
        known.article_id,
        placed.development_id,
        is_new_version=True,
        founded=placed.founded,
        change=placed.change,
    )
    return filed, f"a new version of a{known.article_id}"


def _taken_back(known: KnownArticle, reading: ReadPage) -> str | None:
    """The headline of an article that its new version takes back."""
    says_so = is_retracted(reading.extract.title, reading.extract.text)
    return known.title if says_so and not is_retracted(known.title, known.text) else None


def origin_of(page: DuePage, found: Extract, max_age: timedelta) -> str:
    """What was published long before it was found is backfill, however it was found."""
    if page.origin == "live" and found.published_at and found.published_at < page.found_at - max_age:
        return "backfill"
    return page.origin


def _copy_of(db: Connection, signature: Signature | None) -> int | None:
    """The article that this text is a near-copy of, as far as words go."""
    if signature is None:
        return None
    rows = articles.articles_in_bands(db, bands(signature), _BAND_MATES)
    signed = [(article_id, known) for article_id, value in rows if (known := Signature.from_json(value))]
    nearest = nearest_copy(signature, signed)
    return nearest[0] if nearest else None


def _write_version(
    db: Connection, desk: Desk, page: DuePage, judged: Judged, article_id: int, known: KnownArticle | None
) -> tuple[int, Sequence[Verdict]]:
    """The article's text with all that is known of it by itself; the version's id and what the watches say."""
    reading = judged.reading
    found, classified = reading.extract, reading.classified
    row = {
        "page_id": page.id,
        "title": found.title,
        "byline": found.byline,
        "text": found.text,
        "language": found.language,
        "published_at": found.published_at or page.found_at,
        "published_from": found.published_from or "found",
        "paywalled": found.paywalled,
        "text_from": found.text_from,
        "words": count_words(found.text),
        "text_sha256": hashlib.sha256(" ".join(found.text.split()).encode()).hexdigest(),
        "signature": reading.signature.as_json() if reading.signature else None,
        "explained": explained(judged.machine, classified),
        "pipeline_version": PIPELINE_VERSION,
        "created_at": desk.now,
    }
    topics = [(scored.name, scored.score) for scored in classified.topics]
    events = [(scored.name, scored.score) for scored in classified.events]
    version_id = articles.add_version(db, article_id, row, topics, events, is_first=known is None)
    if page.restricted:  # neither found, nor matched, nor what others are copies of
        _write_facts(db, desk, page, judged, version_id)
        return version_id, ()
    old = Signature.from_json(known.signature) if known else None
    articles.file_bands(
        db, article_id, bands(old) if old else (), bands(reading.signature) if reading.signature else ()
    )
    _write_facts(db, desk, page, judged, version_id)
    words = reading.text
    verdicts = desk.matcher.verdicts(replace(subject_of(page, reading), field=words))
    matches.add_matches(db, version_id, [row_of(verdict) for verdict in verdicts], desk.now)
    if known is not None:
        search.index_article(db, article_id, found.title, words)
        return version_id, verdicts
    told = {name: row[name] for name in ("title", "language", "published_at")}
    ready = {"text": words, "packed": reading.packed}
    search.index_new(db, {"article_id": article_id, "version_id": version_id, "url": page.url, **told, **ready})
    return version_id, verdicts


def _write_facts(db: Connection, desk: Desk, page: DuePage, judged: Judged, version_id: int) -> None:
    found = judged.reading.extract
    marks = page_marks(found) if page.content_type == "application/pdf" else ()
    rows = [with_page(fact_row(entry), marks) for entry in judged.entries]
    facts.add_facts(db, version_id, rows, PIPELINE_VERSION, desk.now)
    shown = judged.reading
    coding.write(db, version_id, found.title, found.text, found.language, shown.classified, shown.facts, is_new=True)


def subject_of(page: DuePage, reading: ReadPage) -> Subject:
    """A page as the watches see it."""
    found = reading.extract
    published = found.published_at or page.found_at
    return Subject(
        found.title, found.text, page.url, page.source, found.language, published, reading.classified, reading.facts
    )


def _report(
    db: Connection, page: DuePage, reading: ReadPage, article_id: int, version_id: int, origin: str
) -> placing.Report:
    found = reading.extract
    news = record.news_of(found.text_from, found.published_at or page.found_at, page.found_at, reading.facts)
    profile = profile_of(found.title, found.text, found.language, news, reading.classified, reading.facts)
    rows = [stated(row, page.source_type) for row in facts.facts_of(db, version_id)]
    return placing.Report(article_id, origin, profile, tuple(rows))


def unfiled(fact: Fact) -> Stated:
    """A fact that has no row yet, as changes see it."""
    return Stated(id=0, **{name: getattr(fact, name) for name in STATED if name != "id"})
