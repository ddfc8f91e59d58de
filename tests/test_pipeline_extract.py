"""A page becomes an article, or says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.pool import Limits, Pool
from pipeline.extract import extract
from pipeline.values import Given
from tests.pages import BODY, FOUND, TITLE, page, read

TEASER = Given(title="Ferry returns", text="<p>The ferry sails again from <b>Monday</b>.</p>", outlet="Lanter Post")


def test_a_plain_page_gives_title_text_site_and_language() -> None:
    article = read(page())
    assert (article.state, article.title, article.site_name, article.language) == (
        "article",
        TITLE,
        "Lanter Post",
        "en",
    )
    assert article.text.startswith("The ferry between") and article.text.endswith("of the old town.")
    assert article.text.count("\n\n") == 2 and "Sport" not in article.text


@pytest.mark.parametrize(
    "noise",
    [
        '<div class="related-articles"><h3>Noise</h3><p>A noisy story about smuggled parrots in the harbour.</p></div>',
        "<div><h2>Related Articles</h2><div><h3>Other</h3><div>A noisy story about parrots in the "
        "harbour.</div></div></div>",
        "<section><h3>Artikel Terkait</h3><ul><li><a href=x>A noisy story about parrots</a></li></ul></section>",
        "<div><h3>相关阅读</h3><p><a href=x>noisy 关于港口鹦鹉的另一则新闻报道</a></p></div>",
        "<p>Read also: <a href=x>A noisy story about smuggled parrots</a></p>",
        "<p><i>Baca juga: <a href=x>A noisy story about smuggled parrots</a></i></p>",
        '<div id="comments"><p>noisy reader wrote that parrots should be free to go wherever they like.</p></div>',
        '<div style="display: none">noisy hidden words parrots smuggling ring harbour police raid</div>',
        '<div style="font-size:0">noisy hidden words parrots smuggling ring harbour police raid</div>',
        '<div aria-hidden="true">noisy hidden words parrots smuggling ring harbour police raid</div>',
        "<div hidden>noisy hidden words parrots smuggling ring harbour police raid</div>",
        '<div class="cookie-banner"><p>This noisy site uses cookies to show you better advertisements.</p></div>',
        '<div class="share-buttons">noisy Share on Parrotbook</div>',
        "<p>#noisy #parrots #harbour</p>",
        "<aside><p>A noisy aside about parrots in the harbour and those who feed them.</p></aside>",
        "<script>var noisy = 'parrots in the harbour, raided by the police on Friday';</script>",
        '<div class="tags">noisy parrots</div>',
        '<div class="newsletter-signup"><p>Sign up for our noisy newsletter about parrots and ferries.</p></div>',
    ],
)
def test_what_stands_beside_the_article_stays_out(noise: str) -> None:
    article = read(page(noise))
    assert "noisy" not in article.text.lower()
    assert article.text.endswith("of the old town.")


def test_read_also_lines_between_paragraphs_stay_out_and_the_text_goes_on() -> None:
    article = read(
        page("<p>Lire aussi : <a href=x>Noisy perroquets</a></p><p>The mayor of the island welcomed it.</p>")
    )
    assert "Noisy" not in article.text and article.text.endswith("The mayor of the island welcomed it.")


def test_a_second_article_behind_the_first_stays_out() -> None:
    second = (
        "<div class=story><h1>Parrots seized at the quay</h1>"
        "<p>Customs officers seized forty parrots at the quay on Friday.</p></div>"
    )
    body = f"<div class=story><h1>{TITLE}</h1>{BODY}</div>{second}{second}"
    article = read(f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>")
    assert "Parrots" not in article.text and "parrots" not in article.text and "240 passengers" in article.text


@pytest.mark.parametrize(
    "wrapper",
    ['<div class="content-with-sidebar">{}</div>', "<form action=x>{}</form>", '<div class="share-page">{}</div>'],
)
def test_an_article_inside_a_block_with_a_misleading_name_is_kept(wrapper: str) -> None:
    article = read(page(text=wrapper.format(BODY)))
    assert "240 passengers" in article.text and "old town" in article.text


def test_json_ld_gives_body_author_and_date_where_the_page_shows_none() -> None:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Lanter Post"},
            {
                "@type": ["NewsArticle"],
                "headline": TITLE,
                "articleBody": BODY,
                "datePublished": "2026-11-18T09:30:00+07:00",
                "author": [{"@type": "Person", "name": "Ilse Quarrow"}, {"name": "Tam Oduya"}],
            },
        ],
    }
    article = read(page(head=f'<script type="application/ld+json">{json.dumps(data)}</script>', text="<p>Loading…</p>"))
    assert "240 passengers" in article.text and "<p>" not in article.text
    assert article.byline == "Ilse Quarrow, Tam Oduya"
    assert article.published_at == datetime(2026, 11, 18, 2, 30, tzinfo=UTC) and article.published_from == "page"


def test_embedded_state_of_an_application_gives_the_article() -> None:
    state = {
        "props": {
            "post": {"title": TITLE, "body_html": BODY, "publishedAt": "2026-11-18T09:30:00Z"},
            "hot": [{"title": "x"}],
        }
    }
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'
    markup = f"<html><head><title>Lanter Post</title></head><body><div id=__next></div>{script}</body></html>"
    article = read(markup)
    assert article.title == TITLE and "240 passengers" in article.text
    assert article.published_at == datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


def test_a_body_for_readers_without_scripts_is_read() -> None:
    hidden = f"<noscript><div><h1>{TITLE}</h1>{BODY}</div></noscript><noscript>Please enable JavaScript.</noscript>"
    body = f"<div id=root>Loading</div>{hidden}"
    article = read(f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>")
    assert article.state == "article" and "240 passengers" in article.text and "JavaScript" not in article.text


def test_a_print_version_is_read_and_leads_back_to_its_article() -> None:
    text = BODY.replace("<p>", "<FONT SIZE=3>").replace("</p>", "</FONT><BR><BR>")
    head = f"<FONT SIZE=5><B>{TITLE}</B></FONT><BR>By Ilse Quarrow<BR>18 November 2026, 04:15 PM (GMT+8)<BR>"
    cell = f"Printed from: https://x.example<HR>{head}{text}<HR>Close window"
    markup = f"<TITLE>Lanter Post - Print</TITLE><BODY><TABLE><TR><TD>{cell}</TD></TR></TABLE></BODY>"
    article = read(markup, url="https://post.example.org/story.php?id=7&print=1")
    assert article.title == TITLE and article.canonical_url == "https://post.example.org/story.php?id=7"
    assert article.published_at == datetime(2026, 11, 18, 8, 15, tzinfo=UTC) and article.byline == "Ilse Quarrow"
    assert "240 passengers" in article.text and "Printed" not in article.text and "Close" not in article.text


def test_scripts_without_spaces_are_read() -> None:
    thai = "<p>เรือข้ามฟากระหว่างท่าเรือกับแผ่นดินใหญ่จะกลับมาให้บริการอีกครั้งในวันจันทร์ คณะกรรมการท่าเรือแถลงเมื่อวันศุกร์</p>"
    han = (
        "<p>来往兰特港与大陆之间的渡轮将于星期一恢复航行，港务局星期五表示，发动机的维修已经完成。</p>"
        "<p>每班可载客二百四十人。</p>"
    )
    assert read(page(text=thai * 2, title="เรือข้ามฟากกลับมาให้บริการ", language="th")).language == "th"
    article = read(page(text=han, title="兰特港渡轮恢复航行", language="zh"))
    assert article.language == "zh" and "二百四十人" in article.text and article.title == "兰特港渡轮恢复航行"


def test_a_refused_page_leaves_the_feeds_own_text() -> None:
    article = read(None, given=TEASER)
    assert (article.state, article.text_from, article.title) == ("article", "feed", "Ferry returns")
    assert article.text == "The ferry sails again from Monday." and article.site_name == "Lanter Post"


def test_a_refused_page_of_which_nothing_is_known_is_blocked() -> None:
    article = read(None)
    assert article.state == "blocked" and article.reason and article.published_from == "found"


def test_a_given_text_is_always_an_article_word_for_word() -> None:
    given = Given(
        title="Notes", text="First line.\nSecond line.", published_at=datetime(2026, 1, 2, tzinfo=UTC), whole=True
    )
    article = read(None, given=given)
    assert (article.state, article.text, article.text_from) == ("article", "First line.\nSecond line.", "given")
    assert article.published_from == "given"


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ("<title>Just a moment...</title><body><h1>Checking your browser</h1></body>", "challenge"),
        ("<title>x</title><body><p>JavaScript is disabled. Please enable JavaScript to go on.</p></body>", "challenge"),
        ("<title>Before you continue</title><body><p>We use cookies.</p><button>Accept</button></body>", "consent"),
        ("<title>Lanter Post</title><body><p>The site is under maintenance.</p></body>", "unavailable"),
    ],
)
def test_a_wall_is_blocked_and_the_feeds_text_stands_in(markup: str, code: str) -> None:
    assert read(markup).state == "blocked" and read(markup).reason.startswith(f"{code}:")
    assert read(markup, given=TEASER).text_from == "feed"


@pytest.mark.parametrize("line", ["Page not found", "404", "Halaman tidak ditemukan", "页面不存在", "ไม่พบหน้าที่คุณต้องการ"])
def test_an_error_served_as_a_page_is_no_article(line: str) -> None:
    trending = "<h2>Trending now</h2><ul><li><a href=/a>Parrots seized</a><p>Customs seized parrots.</p></li></ul>"
    markup = f"<title>{line} | Lanter Post</title><body><h1>{line}</h1>{trending}</body>"
    article = read(markup)
    assert article.state == "not_article" and article.reason.startswith("soft_404") and not article.text


def test_an_article_about_things_not_found_is_an_article() -> None:
    assert read(page(title="Missing ferry not found after ten days at sea")).state == "article"


@pytest.mark.parametrize(
    "url", ["https://post.example.org/category/sea/", "https://post.example.org/tag/ferry/page/2/"]
)
def test_a_list_of_teasers_is_no_article(url: str) -> None:
    items = "".join(
        f'<article><h2><a href="/news/{n}">Harbour headline of day number {n}</a></h2><p>First line. […]</p></article>'
        for n in range(6)
    )
    article = read(
        f"<html><head><title>Sea Archives - Lanter Post</title></head><body><h1>Sea</h1>{items}</body></html>", url=url
    )
    assert article.state == "not_article" and article.reason.startswith("list") and article.canonical_url is None


def test_a_live_blog_is_an_article() -> None:
    data = {
        "@type": "LiveBlogPosting",
        "headline": TITLE,
        "datePublished": "2026-11-18T01:00:00Z",
        "liveBlogUpdate": [{"@type": "BlogPosting", "articleBody": BODY}],
    }
    entries = "".join(
        f"<article><h2><a href='#{n}'>Entry number {n} of the day</a></h2><p>Short line.</p></article>"
        for n in range(5)
    )
    article = read(page(head=f'<script type="application/ld+json">{json.dumps(data)}</script>', text=entries))
    assert article.state == "article" and article.text


def test_a_headline_without_text_is_empty_unless_the_feed_has_some() -> None:
    assert read(page(text="<div class=body></div>")).state == "empty"
    article = read(page(text="<div class=body></div>"), given=TEASER)
    assert (article.state, article.text_from) == ("article", "feed")


@pytest.mark.parametrize(
    ("head", "barrier"),
    [
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>',
            "",
        ),
        ("", "<div class=barrier><p>Subscribe to continue reading this article.</p></div>"),
        ("", "<div class=wall><p>Cet article est réservé aux abonnés.</p></div>"),
        ("", "<div class=wall><p>この記事は会員限定です。</p></div>"),
    ],
)
def test_a_teaser_in_front_of_a_paywall_is_marked(head: str, barrier: str) -> None:
    article = read(page(barrier, head))
    assert article.state == "article" and article.paywalled and "Subscribe" not in article.text


def test_an_open_article_is_not_marked() -> None:
    assert not read(page()).paywalled


@pytest.mark.parametrize(
    ("claim", "url", "expected"),
    [
        (
            "https://post.example.org/a/ferry",
            "https://amp.post.example.org/a/ferry?x=1",
            "https://post.example.org/a/ferry",
        ),
        ("/a/ferry", "https://post.example.org/a/ferry/amp", "https://post.example.org/a/ferry"),
        ("https://thief.example.net/a/ferry", "https://post.example.org/a/ferry", None),
        ("https://post.example.org/", "https://post.example.org/a/ferry", None),
        ("https://post.example.org/a/", "https://post.example.org/a/ferry", None),
        ("https://post.example.org/story.php", "https://post.example.org/story.php?id=7", None),
        ("javascript:alert(1)", "https://post.example.org/a/ferry", None),
        ("http://[broken", "https://post.example.org/a/ferry", None),
    ],
)
def test_a_canonical_address_is_believed_only_where_it_can_be_true(claim: str, url: str, expected: str | None) -> None:
    assert read(page(head=f'<link rel="canonical" href="{claim}">'), url=url).canonical_url == expected


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Ferry service returns to Port Lanter - Lanter Post">', TITLE),
        ('<meta property="og:title" content="Lanter Post">', TITLE),
    ],
)
def test_the_title_is_the_headline_without_the_site(head: str, title: str) -> None:
    assert read(page(head=head)).title == title
    assert read(page(head=head).replace("<h1>", "<div>").replace("</h1>", "</div>")).title == title


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"%PDF-1.7 ...", b"\x89PNG....", bytes(range(256)) * 50, b"<", b"<html>", b"\xff\xfe", b"\x00" * 500],
)
def test_what_is_no_page_is_no_error(body: bytes) -> None:
    assert read(body).state in {"empty", "blocked"}
    assert read(body, given=TEASER).text_from == "feed"


def test_nul_and_surrogates_are_gone_and_letters_composed() -> None:
    article = read(page(text=BODY.replace("Monday", "Mo\x00nday at the cafe\u0301")).encode() + b"\xed\xa0\x80")
    assert "Monday at the café" in article.text
    article.text.encode("utf-8")


# --- Poison: limits hold, the pool goes on -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, limits=Limits(seconds=60, megabytes=512)) as pool:
        yield pool


def in_pool(pool: Pool, markup: bytes) -> tuple[str, str]:
    outcome = pool.run(_read, markup)
    return (outcome.value.title, outcome.value.text) if outcome.value else ("", outcome.error)


def _read(markup: bytes) -> object:
    return extract(markup, url="https://post.example.org/a/1", content_type=None, given=Given(), found_at=FOUND)


HEAD = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>".encode()
POISON = {
    "nesting": HEAD + b"<div>" * 500_000 + BODY.encode(),
    "bold": HEAD + b"<b>" * 300_000 + BODY.encode(),
    "attributes": HEAD + b"<div " + b" ".join(b'a%d="x"' % n for n in range(40_000)) + b">" + BODY.encode(),
    "anchors": HEAD + b"<a " * 100_000 + BODY.encode(),
    "data": HEAD + b'<img src="data:image/png;base64,' + b"QUJD" * 1_200_000 + b'">' + BODY.encode(),
    "comments": HEAD + BODY.encode() + b"<!--" * 200_000,
    "brackets": HEAD + b'<script type="application/ld+json">' + b"[" * 200_000 + b"</script>" + BODY.encode(),
}


@pytest.mark.parametrize("name", sorted(POISON))
def test_a_poisoned_page_is_read_all_the_same(pool: Pool, name: str) -> None:
    title, text = in_pool(pool, POISON[name])
    assert title == TITLE and "240 passengers" in text


def test_what_cannot_be_read_in_time_is_cut_off_and_the_next_page_is_read(pool: Pool) -> None:
    outcome = pool.run(_read, HEAD + b"<table><tr><td>" * 100_000, seconds=0.2)
    assert outcome.died and "0.2 s" in outcome.error
    assert in_pool(pool, page().encode())[0] == TITLE


# --- The shared corpus --------------------------------------------------------------------------------------------


@pytest.mark.corpus
def test_the_noisy_pages_of_the_corpus_are_read_right(shared: Path) -> None:
    faults = [
        fault
        for line in (shared / "corpus/pages.jsonl").read_text().splitlines()
        for fault in _faults(json.loads(line), shared)
    ]
    assert not faults


STATES = {"article": "article", "paywall": "article", "list": "not_article", "soft404": "not_article", "empty": "empty"}


def _faults(truth: dict[str, object], shared: Path) -> Iterator[str]:
    name = truth["file"] or truth["name"]
    body = (shared / "corpus/pages" / str(truth["file"])).read_bytes() if truth["file"] else _generated(truth)
    found = extract(
        body, url=str(truth["url"]), content_type=str(truth["http_content_type"]), given=Given(), found_at=FOUND
    )
    must, must_not = truth["must_contain"], truth["must_not_contain"]
    assert isinstance(must, list) and isinstance(must_not, list)
    yield from (f"{name}: lacks {words!r}" for words in must if words not in found.text)
    yield from (f"{name}: has {words!r}" for words in must_not if words in found.text)
    if found.state != STATES[str(truth["kind"])]:
        yield f"{name}: is {found.state}"
    if found.paywalled != (truth["kind"] == "paywall"):
        yield f"{name}: paywalled is {found.paywalled}"
    if truth["kind"] in {"list", "soft404"}:
        return
    if found.title != truth["expected_title"]:
        yield f"{name}: title {found.title!r}"
    if found.language != truth["expected_language"]:
        yield f"{name}: language {found.language}"
    if truth["expected_author"] and found.byline != truth["expected_author"]:
        yield f"{name}: byline {found.byline}"
    if truth["expected_published"] and found.published_at != datetime.fromisoformat(str(truth["expected_published"])):
        yield f"{name}: published {found.published_at}"
    day = truth.get("expected_published_date_from_url")
    if day and (found.published_at is None or found.published_at.date().isoformat() != day):
        yield f"{name}: published {found.published_at}"


def _generated(truth: dict[str, object]) -> bytes:
    made = eval(str(truth["generator"]).removeprefix("python: "), {"__builtins__": {}})
    assert isinstance(made, bytes)
    return made


def test_control_characters_written_as_references_do_not_cost_the_page_its_text() -> None:
    title = "Ferry sails again&#0;&#27;[31m"
    line = "The ferry between the harbour and the island sails again from Monday, the port said on Friday&#27;."
    page = f"<html><head><title>{title}</title></head><body><div>&#8;{line}</div>&#8;</body></html>"
    found = extract(
        page.encode(), url="https://a.example.org/x", content_type="text/html", given=Given(), found_at=FOUND
    )
    assert line.removesuffix("&#27;.") in found.text
    assert "\x1b" not in f"{found.title}{found.text}"
