"""The watch matcher, SQLite search and Postgres search give the same articles for the same question."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import QueryError
from core.query import Document, parse_query
from store import search as searching
from store.articles import article_events, article_topics, article_versions, articles
from store.definitions import sources
from store.engine import Store
from store.facets import count_facets
from store.facts import facts
from store.index import pack_texts, search_texts, search_titles
from store.pages import pages
from store.reindexing import amiss, count_amiss, repair
from store.search import Filters, clear, found_ids, index_article, remove, search

NOW = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)

#: Title, text, language. Places and names are invented.
TEXTS = {
    "en": ("Scam-centres near Rivertown raided",
           "Police freed 1,200 workers from cyber-scam compounds at KK Park. "
           "The traffickers’ policies were harsh."),
    "en-us": ("Harbor city labor center opens",
              "The new center’s organizers traveled from three harbors. No police were there."),
    "zh": ("河城电诈园区被清剿",
           "警方在KK园区抓获六十三人，北京方面表示欢迎。他到了东北。京城很冷。首相访问。"),
    "zh-Hant": ("詐騙園區遭破獲", "警方在河城查獲詐騙據點，救出一百二十人。"),
    "th": ("ตำรวจบุกจับแก๊งคอลเซ็นเตอร์", "เจ้าหน้าที่ช่วยเหลือคนงาน ๑๒๐ คนที่ชายแดนแม่น้ำ และน้ำท่วมหนัก"),
    "ja": ("東京都で詐欺拠点を摘発", "警視庁はサイバー・スカムの拠点を捜索し、カフェで首相と会談した。"),
    "ko": ("캄보디아에서 국제범죄단지 급습", "수사기관은 서울에서 한국인을 구출했다고 밝혔다. 보이스피싱 조직이다."),
    "km": ("ប៉ូលិសចុះបង្ក្រាបការឆបោកអនឡាញ", "សមត្ថកិច្ចបានសង្គ្រោះស្ត្រី១២០នាក់នៅក្រុងមាត់ទន្លេ។"),
    "my": ("ကျားဖြန့်ဂိုဏ်းကို ဖမ်းဆီး", "ရဲတပ်ဖွဲ့က အွန်လိုင်းငွေလိမ် ၁၂၀ ဦးကို မြန်မာနယ်စပ်တွင် ဖမ်းဆီးခဲ့သည်။"),
    "vi": ("Công an triệt phá ổ lừa đảo trực tuyến", "Công an Đà Nẵng giải cứu 120 người ở khu phức hợp."),
    "ru": ("Полиция накрыла мошеннический центр", "Освобождены 120 рабочих, в том числе молодой Семён из Йошкар-Олы."),
    "ar": ("الشرطة تداهم مركز احتيال", "وقالت الشرطة إنها حرّرت ١٢٠ عاملاً من المجمّع."),
}  # fmt: skip

#: Queries, apart by a bar that is no part of the language.
QUERIES = """
    police ¦ scam centre ¦ "scam center" ¦ cyberscam ¦ cyber-scam
    cyberscams ¦ "cyber scam" ¦ traffick* ¦ polici* ¦ policy
    "freed 1200" ¦ "1200 freed" ¦ "police park"~12 ¦ title:raided
    text:raided ¦ title:(scam rivertown) ¦ harbour ¦ labour centre
    organiser ¦ travelled ¦ KK ¦ "KK Park" ¦ KK园区 ¦ 园区 ¦ 電詐 ¦ 电诈 ¦ 诈 ¦ 诈*
    北京 ¦ "北 京" ¦ 首相 ¦ 詐騙 ¦ 據點 ¦ 六十三人 ¦ 河城 ¦ แก๊ง ¦ แก ¦ คอลเซ็นเตอร์
    น้ำ ¦ นํ้า ¦ ชายแดน ¦ 120 ¦ 東京 ¦ 京都 ¦ スカム ¦ サイバースカム ¦ ｶﾌｪ ¦ カ ¦ 拠点
    캄보디아 ¦ 서울 ¦ 사기 ¦ 범죄단지 ¦ 기관 ¦ 보이스피싱 ¦ "국제범죄단지 급습" ¦ 수사기관 ¦ ឆបោក
    ស្ត្រី ¦ អនឡាញ ¦ ကျားဖြန့် ¦ ဖမ်းဆီး ¦ မြန်မာ ¦ lua dao ¦ lừa đảo
    "đà nẵng" ¦ công* ¦ полиция ¦ семен ¦ молодой ¦ молодои
    мошенническ* ¦ йошкар-ола* ¦ شرطة ¦ الشرطة ¦ محرر ¦ حررت
    police OR 警方 OR ตำรวจ ¦ police -raided ¦ (police OR 警方) -园区 -詐騙
    NOT police lang:en ¦ NOT (police OR 警方) source:post ¦ lang:zh
    lang:zh-hant ¦ lang:zh 园区 ¦ lang:z* ¦ topic:scam_centres
    topic:scam-centres event:raid ¦ country:MM police ¦ country:MM OR 首相
    lang:th OR lang:km ¦ agency:Border-Police ¦ agency:nobody
    count:[100 TO *] ¦ count:>120 ¦ published:2026-10-12
    published:[2026-10-10 TO 2026-10-11]
    published:[* TO 2026-10-05] police ¦ source:post ¦ source:po*
    source:other ¦ url:news.example ¦ url:article ¦ url:en
    "no such words" ¦ xyzzy ¦ police xyzzy ¦ place:Rivertown
    (lang:en OR 警方) (police OR 河城) ¦ police -xyzzy ¦ police -article -workers ¦ 120 -рабочих
    article ¦ police -article ¦ title:centre -police ¦ police -title:raided ¦ police -"kk park"
"""


class Spellings:
    def expand(self, kind: str, term: str) -> tuple[str, ...]:
        return ("Rivertown", "河城", "แม่น้ำ") if term == "Rivertown" else (term,)


def add_article(db: sa.Connection, name: str, title: str, text: str, language: str, published: datetime) -> int:
    """A stored article with what the pipeline would say of it: an English one is on topic and has facts."""
    url = f"https://news.example/article/{name}"
    page = {"url": url, "fetched_at": NOW, "found_at": NOW, "origin": "live", "given": {}}
    page_id = db.execute(sa.insert(pages).values(page).returning(pages.c.id)).scalar_one()
    source_id = db.scalar(sa.select(sources.c.id).where(sources.c.name == "post")) if name in ("en", "zh") else None
    row = {
        "page_id": page_id,
        "source_id": source_id,
        "url": url,
        "canonical_url": url,
        "url_key": url,
        "found_at": NOW,
        "origin": "live",
    }
    article_id = int(db.execute(sa.insert(articles).values(row).returning(articles.c.id)).scalar_one())
    version_id = add_version(db, article_id, page_id, title, text, language, published)
    if name == "en":
        db.execute(sa.insert(article_topics).values(version_id=version_id, topic="scam_centres", score=1.0))
        db.execute(sa.insert(article_events).values(version_id=version_id, event_type="raid", score=1.0))
        known = {
            "version_id": version_id,
            "quote": "",
            "position": 0,
            "leading": False,
            "confidence": 1.0,
            "created_at": NOW,
        }
        for fact in (
            {"kind": "place", "country": "MM"},
            {"kind": "agency", "name": "Border Police"},
            {"kind": "count", "status": "done", "value": 1200.0},
        ):
            db.execute(sa.insert(facts).values({**known, **fact}))
    return article_id


def add_version(
    db: sa.Connection, article_id: int, page_id: int, title: str, text: str, language: str, published: datetime
) -> int:
    mine = article_versions.c.article_id == article_id
    seq = (db.scalar(sa.select(sa.func.max(article_versions.c.seq)).where(mine)) or 0) + 1
    db.execute(sa.update(article_versions).where(mine).values(is_current=False))
    row = {
        "article_id": article_id, "seq": seq, "page_id": page_id, "is_current": True, "title": title, "text": text,
        "language": language, "published_at": published, "published_from": "page", "words": 1, "text_sha256": "0",
        "pipeline_version": 1, "created_at": NOW, "paywalled": False, "text_from": "page",
    }  # fmt: skip
    version_id = int(db.execute(sa.insert(article_versions).values(row).returning(article_versions.c.id)).scalar_one())
    index_article(db, article_id, title, text)
    return version_id


def fill(store: Store, texts: dict[str, tuple[str, str]] = TEXTS) -> dict[int, str]:
    """The texts in the store, one a day back from today; their names by article id."""
    with store.write() as db:
        row: dict[str, Any] = {
            "name": "post",
            "origin": "file",
            "title": "Post",
            "kind": "feed",
            "type": "newspaper",
            "url": "https://post.example",
        }
        db.execute(sa.insert(sources).values(**row, definition={}, created_at=NOW, edited_at=NOW))
        return {
            add_article(db, name, title, text, name, NOW - timedelta(days=day)): name
            for day, (name, (title, text)) in enumerate(texts.items())
        }


def documents() -> dict[str, Document]:
    """The same texts as the watches see them."""
    return {
        name: Document.of(
            title=title,
            text=text,
            url=f"https://news.example/article/{name}",
            source="post" if name in ("en", "zh") else None,
            language=name,
            topics=["scam_centres"] if name == "en" else (),
            events=["raid"] if name == "en" else (),
            countries=["MM"] if name == "en" else (),
            agencies=["Border Police"] if name == "en" else (),
            published=NOW - timedelta(days=day),
            counts=[1200] if name == "en" else (),
        )
        for day, (name, (title, text)) in enumerate(TEXTS.items())
    }


def test_search_and_watches_agree_on_every_query(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    names = fill(store)
    seen = documents()
    answered = 0
    queries = re.split(r"\s*[¦\n]\s*", QUERIES.strip())
    for written in queries:
        query = parse_query(written, Spellings())
        expected = [name for name, document in seen.items() if query.match(document)]
        with store.read() as db:
            found = [names[hit.article_id] for hit in search(db, query)]
            told = [names[article_id] for article_id in found_ids(db, query, Filters())]
            counted = count_facets(db, query)
            with monkeypatch.context() as patched:  # where few of the newest hold, the index is asked
                patched.setattr(searching, "_LOOKED_INTO", 0)
                patched.setattr(searching, "_MORE_FOR_EACH_HIT", 0)
                by_index = [names[hit.article_id] for hit in search(db, query)]
        assert found == told == by_index == expected, written
        assert sum(counted.counts["language"].values()) == counted.articles == len(expected), written
        answered += bool(expected)
    assert answered > len(queries) * 0.75


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("首相", ["zh", "ja"]),
        ("น้ำ", ["th"]),
        ("北京", ["zh"]),
        ("서울", ["ko"]),
        ("사기", []),
        ("120", ["th", "km", "my", "vi", "ru", "ar"]),
        ("police 1200", ["en"]),
    ],
)
def test_short_words_and_numbers_are_found(store: Store, written: str, expected: list[str]) -> None:
    names = fill(store)
    with store.read() as db:
        assert [names[hit.article_id] for hit in search(db, parse_query(written))] == expected


def test_a_snippet_shows_the_words_in_the_original_script(store: Store) -> None:
    fill(store)
    with store.read() as db:
        (hit,) = search(db, parse_query("น้ำท่วม"))
        (chinese,) = search(db, parse_query("KK园区"))
    assert hit.highlighted("[", "]") == "เจ้าหน้าที่ช่วยเหลือคนงาน ๑๒๐ คนที่ชายแดนแม่น้ำ และ[น้ำท่วม]หนัก"
    assert "[KK园区]" in chinese.highlighted("[", "]")


def test_a_new_version_replaces_the_old_one(store: Store) -> None:
    names = fill(store)
    (article_id,) = [key for key, name in names.items() if name == "en"]
    with store.write() as db:
        page_id = db.scalar(sa.select(articles.c.page_id).where(articles.c.id == article_id))
        assert page_id is not None
        add_version(db, article_id, page_id, "Nothing happened", "A quiet day in Rivertown.", "en", NOW)
    with store.read() as db:
        assert search(db, parse_query("traffickers")) == []
        assert [hit.article_id for hit in search(db, parse_query("quiet rivertown"))] == [article_id]
        assert len(search(db, parse_query("lang:en"))) == 2


def test_a_removed_article_is_found_no_more_until_it_is_indexed_again(store: Store) -> None:
    names = fill(store)
    (article_id,) = [key for key, name in names.items() if name == "en"]
    with store.write() as db:
        remove(db, article_id)
        assert search(db, parse_query("traffickers")) == []
        assert amiss(db) == [article_id]
        index_article(db, article_id, *TEXTS["en"])
        assert [hit.article_id for hit in search(db, parse_query("traffickers"))] == [article_id]


def test_an_emptied_index_is_filled_again(store: Store) -> None:
    names = fill(store)
    with store.write() as db:
        clear(db)
        assert search(db, parse_query("police OR 警方")) == []
    said: list[tuple[int, int]] = []
    assert repair(store, lambda done, of: said.append((done, of))) == len(names)
    assert said == [(len(names), len(names))]
    with store.read() as db:
        assert len(search(db, parse_query("police OR 警方"))) == 4 and amiss(db) == []


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE search_values SET language = 'fr' WHERE article_id = {id}",
        "UPDATE search_values SET published_at = '2020-01-01T00:00:00.000000' WHERE article_id = {id}",
        "UPDATE search_rows SET folding = 0 WHERE article_id = {id}",
        "DELETE FROM search_values WHERE article_id = {id}",
    ],
)
def test_a_row_that_is_not_as_its_article_is_mended(store: Store, spoil: str) -> None:
    names = fill(store)
    (article_id,) = [key for key, name in names.items() if name == "en"]
    with store.write() as db:
        db.exec_driver_sql(spoil.format(id=article_id))
        assert amiss(db) == [article_id] and count_amiss(db) == 1
    assert repair(store, lambda _done, _of: None) == 1
    with store.read() as db:
        assert [hit.article_id for hit in search(db, parse_query("traffickers lang:en"))] == [article_id]
        assert amiss(db) == []


def test_what_may_not_be_found_is_taken_out_of_the_index(store: Store) -> None:
    names = fill(store)
    (article_id,) = [key for key, name in names.items() if name == "en"]
    with store.write() as db:
        db.exec_driver_sql(f"UPDATE articles SET restricted = true WHERE id = {article_id}")
    assert repair(store, lambda _done, _of: None) == 1
    with store.read() as db:
        assert search(db, parse_query("traffickers")) == [] and amiss(db) == []


def test_an_index_by_older_rules_is_made_anew(store: Store) -> None:
    names = fill(store)
    with store.write() as db:
        db.exec_driver_sql("UPDATE search_rows SET folding = 0")
    assert repair(store, lambda _done, _of: None) == len(names)
    with store.read() as db:
        assert len(search(db, parse_query("police OR 警方"))) == 4
        assert db.exec_driver_sql("SELECT count(*) FROM search_rows").scalar() == len(names)  # nothing left behind


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(topics=("scam-centres",)), ["en"]),
        (Filters(events=("raid", "arrest")), ["en"]),
        (Filters(countries=("mm", "TH")), ["en"]),
        (Filters(sources=("post",)), ["en", "zh"]),
        (Filters(languages=("zh",)), ["zh", "zh-Hant"]),
        (Filters(languages=("en", "zh-hant")), ["en", "en-us", "zh-Hant"]),
        (Filters(since=NOW - timedelta(days=1)), ["en", "en-us"]),
        (Filters(until=NOW - timedelta(days=10)), ["ar"]),
        (Filters(languages=("en",), topics=("scam_centres",)), ["en"]),
    ],
)
def test_filters_hold_with_and_without_a_query(store: Store, filters: Filters, expected: list[str]) -> None:
    names = fill(store)
    with store.read() as db:
        assert [names[hit.article_id] for hit in search(db, None, filters=filters)] == expected
        negative = search(db, parse_query("NOT xyzzy"), filters=filters)
        assert [names[hit.article_id] for hit in negative] == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"), [(0, 1, ["en"]), (1, 2, []), (-30, 0, []), (-30, 30, ["en"]), (0, 0, [])]
)
def test_dates_hold_to_the_second_within_a_minute(store: Store, since: int, until: int, expected: list[str]) -> None:
    names = fill(store)
    filters = Filters(since=NOW + timedelta(seconds=since), until=NOW + timedelta(seconds=until))
    with store.read() as db:
        for query in (parse_query("police"), None):
            assert [names[hit.article_id] for hit in search(db, query, filters=filters)] == expected


def test_a_search_that_only_leaves_out_is_refused(store: Store) -> None:
    with store.read() as db, pytest.raises(QueryError, match="something to look for"):
        search(db, parse_query("NOT police"))


def test_the_newest_come_first_and_the_rest_on_demand(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_BATCH", 3)
    names = fill(store)
    with store.read() as db:
        query = parse_query("120 OR police OR 首相 OR 河城")
        found = search(db, query)
        everything = [hit.article_id for hit in found]
        assert everything == sorted(everything) and len(everything) == 11
        later = search(db, query, limit=4, before=found[2].place)
        assert [hit.article_id for hit in later] == everything[3:7]
    assert names[everything[0]] == "en"


@pytest.mark.parametrize(
    "text",
    [
        "raid " * 20_000 + "omega point",
        " ".join(f"word{number}" for number in range(20_000)) + " omega point",
        " ".join(f"{number}{'ж' * 100}" for number in range(4_000)) + " omega point",
        "电诈" * 30_000 + " omega point",
        "x" * 100_000 + " omega point",
        "\x00 omega \ud7ff point",
    ],
    ids=["one word", "many words", "more than a megabyte", "no spaces", "one endless word", "signs"],
)
def test_a_long_text_is_kept_and_found(store: Store, text: str) -> None:
    text = text.replace("\x00", "")
    names = fill(store, {"long": ("A long text", text)})
    with store.read() as db:
        for written in ('"omega point"', "omega", "title:long omega", '"long text" omega*', "url:long"):
            assert [hit.article_id for hit in search(db, parse_query(written))] == list(names), written
        assert search(db, parse_query('"point omega"')) == []
        assert search(db, parse_query("title:omega")) == []


def test_an_article_filed_without_a_packed_text_is_found_and_packed_by_and_by(store: Store) -> None:
    names = fill(store)
    with store.write() as db:
        db.execute(sa.delete(search_texts))
        everything = [hit.article_id for hit in search(db, parse_query("120 OR police OR 首相 OR 河城"))]
        first = pack_texts(db, None, 5)
        assert first is not None and pack_texts(db, first, 5) is not None
        packed = list(db.scalars(sa.select(search_texts.c.article_id).order_by(search_texts.c.article_id)))
        assert packed == list(names)[:10], "the newest first"
        assert pack_texts(db, None, 100) is not None
        assert pack_texts(db, None, 100) is None, "each once"
        assert db.scalar(sa.select(sa.func.count()).select_from(search_texts)) == len(names)
        assert [hit.article_id for hit in search(db, parse_query("120 OR police OR 首相 OR 河城"))] == everything


def test_a_text_packed_by_older_rules_is_read_anew(store: Store) -> None:
    names = fill(store)
    with store.write() as db:
        db.execute(sa.update(search_texts).values(folding=0, packed=b"by older rules"))
        (hit,) = search(db, parse_query("traffickers"))
        assert names[hit.article_id] == "en"
        while pack_texts(db, None, 5) is not None:
            pass
        assert search(db, parse_query("traffickers")) == [hit]


def test_titles_whose_words_are_not_known_are_looked_into(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_LOOKED_INTO", 0)
    monkeypatch.setattr(searching, "_MORE_FOR_EACH_HIT", 0)
    names = fill(store)
    if not store.is_sqlite:
        with store.write() as db:
            db.execute(sa.update(search_titles).values(terms=None))
    for written, expected in (("title:raided", ["en"]), ("title:center", ["en", "en-us"]), ("title:首相", [])):
        with store.read() as db:
            query = parse_query(written)
            assert [names[hit.article_id] for hit in search(db, query)] == expected
            assert [names[article_id] for article_id in found_ids(db, query, Filters())] == expected
            assert count_facets(db, query).articles == len(expected)
