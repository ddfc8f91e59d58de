"""Lists of other outlets' stories are taken apart; an article that cites others is left whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape

import pytest

from core.urls import url_key
from crawler.digest import stories_in, taken_apart
from crawler.feeds import Entry, Feed, parse
from crawler.posts import read_posts

AT = datetime(2026, 10, 13, tzinfo=UTC)
HOMES = frozenset({"digest.example"})
RIVER = "https://www.river.example/news/raid-41"
HILL = "https://hill.example/2026/10/raid"
FREED, GATES = "Forty people freed from compound near river", "Soldiers open gates of scam compound in hills"
HIDDEN = "https://news.google.com/rss/articles/CBMiK0FVX3lxTE5hYmNkZWZnaGlqa2xtbm9w"


def entry(html: str, url: str | None = "https://digest.example/issues/7") -> Entry:
    return Entry("7", url, "Digest of Monday", "All of it.", None, AT, html=html)


def link(url: str, words: str) -> str:
    return f'<a href="{url}">{words}</a>'


def list_of(*lines: str) -> str:
    return f"<ol>{''.join(f'<li>{line}</li>' for line in lines)}</ol>"


def test_headlines_with_their_outlets_become_items_of_those_outlets() -> None:
    html = list_of(f"{link(RIVER, FREED)}&nbsp;&nbsp;<font>River Post</font>", f"{link(HILL, GATES)} - Hill Times")
    first, second = stories_in(entry(html), HOMES)
    assert (first.url, first.title, first.outlet) == (RIVER, FREED, "River Post")
    assert (second.url, second.outlet, second.published) == (HILL, "Hill Times", None)


def test_sources_named_behind_a_sentence_are_told_with_that_sentence() -> None:
    sentence = "Forty people were freed from a compound near the river on Monday, soldiers said"
    html = f"<p>{sentence} ({link(RIVER, 'River Post')}, {link(HILL, 'Hill Times')}).</p>"
    first, second = stories_in(entry(html), HOMES)
    assert first.title == second.title == f"{sentence}."
    assert [(one.url, one.outlet) for one in (first, second)] == [(RIVER, "River Post"), (HILL, "Hill Times")]


@pytest.mark.parametrize("words", ["[1]", "Read more", "source", "ที่มา", "来源", "Baca selengkapnya"])
def test_a_link_that_says_nothing_is_no_name_of_an_outlet(words: str) -> None:
    html = list_of(f"Forty people were freed. {link(RIVER, words)}", f"The gates were opened. {link(HILL, words)}")
    assert [one.outlet for one in stories_in(entry(html), HOMES)] == [None, None]


def test_related_coverage_stands_beside_the_item_that_it_is_related_to() -> None:
    own = f"{HIDDEN}A?oc=5"
    html = list_of(
        f"{link(own, FREED)}&nbsp;<font>River Post</font>",
        f"{link(f'{HIDDEN}B?oc=5', GATES)}&nbsp;<font>Hill Times</font>",
        link("https://news.google.com/stories/CAAqN?oc=5", "View Full Coverage on Google News"),
    )
    first, second = stories_in(entry(html, own), frozenset({"google.com"}))
    assert (first.url, first.guid, first.title) == (own, "7", "Digest of Monday")
    assert (second.outlet, second.published) == ("Hill Times", AT)  # no page of its own will say when


@pytest.mark.parametrize(
    "words",
    [
        f"Shared. {link('https://x.com/intent/tweet?u=1', 'Post')} {link('https://www.facebook.com/s?u=2', 'Share')}",
        f"Front pages. {link('https://river.example/', 'River Post')} {link('https://hill.example', 'Hill Times')}",
        f"Its own. {link('https://digest.example/a', FREED)} {link('https://digest.example/b', GATES)}",
        f"No addresses. {link('javascript:alert(1)', FREED)} {link('mailto:desk@hill.example', GATES)}",
    ],
)
def test_what_does_not_lead_to_the_articles_of_others_is_no_list(words: str) -> None:
    assert stories_in(entry(f"<p>{words}</p>"), HOMES) == []


@pytest.mark.parametrize(
    "words",
    [
        f"{link('https://river.example', 'River Post')}: {link(RIVER, FREED)} and more of it",
        f"submitted by {link('https://digest.example/u/1', 'somebody')} {link(RIVER, '[link]')}",
        f"Twice the same: {link(RIVER, FREED)} {link(f'{RIVER}?utm_source=x', 'more')}",
    ],
)
def test_a_portals_page_that_leads_on_to_one_story_is_that_story(words: str) -> None:
    (one,) = stories_in(entry(f"<p>{words}</p>"), HOMES)
    assert url_key(one.url or "") == url_key(RIVER)
    assert (one.guid, one.title, one.text, one.published) == ("7", "Digest of Monday", "All of it.", None)


def test_several_stories_of_one_outlet_are_told_apart() -> None:
    html = list_of(link(RIVER, FREED), link("https://river.example/news/gates", GATES))
    assert [one.title for one in stories_in(entry(html), HOMES)] == [FREED, GATES]


def test_a_publishers_article_that_links_to_another_of_its_own_is_left_whole() -> None:
    html = f"<p>{link(RIVER, FREED)}</p>"
    assert stories_in(entry(html, "https://river.example/news/gates"), HOMES) == []


def test_an_article_that_cites_others_is_left_whole() -> None:
    prose = "<p>The old bridge was closed for a season, and neighbours crossed by boat until the spring came.</p>" * 4
    cited = f"<p>As {link(RIVER, 'River Post')} and {link(HILL, 'Hill Times')} wrote.</p>"
    assert stories_in(entry(prose + cited), HOMES) == []


def test_a_publishers_own_article_in_a_planet_is_left_whole() -> None:
    html = f"<p>We freed nobody, wrote {link(RIVER, 'the River Post')}; {link(HILL, 'the Hill Times')} agreed.</p>"
    assert stories_in(entry(html, "https://blog.example/2026/what-we-did"), HOMES) == []


def test_a_feed_whose_entries_all_lead_to_one_site_is_that_sites_own() -> None:
    html = list_of(link(RIVER, FREED), link(HILL, GATES))
    issues = tuple(entry(html, f"https://letters.example/{number}") for number in range(3))
    found = taken_apart(Feed("Letters", issues, 3), "https://feeds.example/letters")
    assert {one.url for one in found.entries} == {RIVER, HILL}


def test_every_format_of_feed_keeps_its_links() -> None:
    own, html = "https://digest.example/7", link(RIVER, FREED)
    rss = f"<rss><channel><item><link>{own}</link><description>{escape(html)}</description></item></channel></rss>"
    atom = f"<entry><link href='{own}'/><content type='html'>{escape(html)}</content></entry>"
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'>{atom}</feed>"
    js = json.dumps({"version": "1.1", "title": "D", "items": [{"id": "7", "url": own, "content_html": html}]})
    for body in (rss, atom, js):
        (one,) = parse(body.encode(), url="https://digest.example/feed").entries
        assert one.html is not None and RIVER in one.html


def test_the_stories_of_a_post_are_those_of_their_outlets() -> None:
    body = f"""<div class="tgme_channel_info_header_title">Morning list</div>
    <div class="tgme_widget_message" data-post="morninglist/12"><div class="tgme_widget_message_text">
    {link(RIVER, FREED)}<br/>{link(HILL, GATES)}</div></div>"""
    feed = read_posts(body.encode(), url="https://t.me/s/morninglist")
    assert [one.url for one in taken_apart(feed, "https://t.me/s/morninglist").entries] == [RIVER, HILL]


def test_a_list_without_end_is_read_to_a_limit_and_in_time() -> None:
    html = list_of(*(link(f"https://n{number}.example/story", f"{FREED} {number}") for number in range(5000)))
    assert 100 < len(stories_in(entry(html), HOMES)) < 5000
    assert stories_in(entry("<a " * 60_000), HOMES) == []
    assert stories_in(entry(link(RIVER, "!" * 90_000 + "x") + link(HILL, "." * 90_000 + "x")), HOMES)
