"""Other people's news: links led home, items booked to their outlet, unknown outlets counted."""

from __future__ import annotations

import base64

import pytest

from crawler.aggregator import booked, host_of, is_wrapped, unknown_outlets, unwrap
from crawler.feeds import Entry

REAL = "https://www.river.example/news/raid?id=4"
QUOTED = "https%3A%2F%2Fwww.river.example%2Fnews%2Fraid%3Fid%3D4"


def ciphered(url: str) -> str:
    """An id of the older kind, with the address inside."""
    size = len(url)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    raw = b"\x08\x13\x22" + length + url.encode() + b"\xd2\x01\x00"
    return "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(raw).decode().rstrip("=") + "?oc=5"


@pytest.mark.parametrize(
    "link",
    [
        REAL,
        f"https://www.google.com/url?rct=j&sa=t&url={QUOTED}&ct=ga&cd=x",
        f"https://www.google.com/url?q={QUOTED}",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url={QUOTED}&c=2",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT",
        f"https://portal.example/redirect?to={QUOTED}",
        f"https://www.google.com/url?url=https%3A%2F%2Fportal.example%2Fout%3Furl%3D{QUOTED.replace('%', '%25')}",
        ciphered(REAL),
        ciphered(REAL + "&" + "x" * 120).replace("zzz", ""),
    ],
)
def test_a_link_is_led_back_to_the_publisher(link: str) -> None:
    assert unwrap(link).url.startswith(REAL)
    assert not is_wrapped(link)


@pytest.mark.parametrize(
    "link",
    [
        "https://www.river.example/search?url=https%3A%2F%2Felsewhere.example%2F",
        "https://www.google.com/url?url=javascript%3Aalert(1)",
        "https://www.google.com/url?url=https%3A%2F%2Flocalhost%2Fadmin",
        "https://www.google.com/url?" + "&".join(f"a{n}=1" for n in range(400)),
    ],
)
def test_what_is_no_wrapping_stays_as_it_is(link: str) -> None:
    assert unwrap(link).url == link


def test_an_id_that_holds_no_address_is_named() -> None:
    link = "https://news.google.com/rss/articles/CBMiK0FVX3lxTE5hYmNkZWZnaGlqa2xtbm9w?oc=5"
    assert unwrap(link).url == link
    assert unwrap(link).wrapped == "news.google.com"


def test_an_item_is_booked_to_the_outlet_it_names_else_to_its_domain() -> None:
    named = booked(Entry("1", REAL, "A raid - River Post", None, None, None, outlet="River Post"))
    assert (named.title, named.outlet) == ("A raid", "River Post")
    assert booked(Entry("1", REAL, "A raid - at last", None, None, None)).outlet == "river.example"
    assert host_of("https://news.river.co.th/x") == "river.co.th"


def test_outlets_that_are_no_source_are_counted() -> None:
    seen = [
        (None, "https://www.river.example/a", "2026-10-12"),
        ("River Post", "https://river.example/b", "2026-10-13"),
        ("Hill Times", "https://hill.example/a", "2026-10-13"),
        ("Known Daily", "https://news.google.com/rss/articles/CBMiK0FVX3lxTE5hYmNkZWZnaGlqa2xtbm9w", "2026-10-13"),
        (None, "https://known.example/x", "2026-10-13"),
    ]
    found = unknown_outlets(seen, {"known.example"}, {"Known Daily"})
    assert [(one.site, one.items, one.newest) for one in found] == [
        ("river.example", 2, "2026-10-13"),
        ("hill.example", 1, "2026-10-13"),
    ]
