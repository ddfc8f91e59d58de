"""Lists of sources in OPML: what is written comes back whole; what others wrote is taken, and nothing else."""

from __future__ import annotations

import pytest

from crawler.opml import OpmlError, read_opml, write_opml
from crawler.source import Source, load_catalogue


def test_what_is_written_comes_back_whole() -> None:
    made = Source.model_validate(
        {
            "name": "river-police",
            "title": 'River "Police" & <Guard> ตำรวจ',
            "kind": "listing",
            "url": "https://river.example/list?a=1&b=2",
            "language": "th",
            "type": "police",
            "beats": ["scam_centres"],
            "every": "15m",
            "item": "ul > li a[href]",
            "include": r"/20\d\d/",
            "verified": False,
            "expect": {"min_per_week": 2},
            "notes": "Slow at night.",
        }
    )
    assert [Source.model_validate(entry) for entry in read_opml(write_opml([made]))] == [made]


def test_the_whole_catalogue_goes_out_and_comes_back() -> None:
    catalogue = load_catalogue()
    assert [Source.model_validate(entry) for entry in read_opml(write_opml(catalogue))] == catalogue


def test_lists_of_other_readers_are_read_through_their_folders() -> None:
    body = b"""<opml version="1.1"><body><outline text="Folder"><outline text="Inner">
      <outline TITLE="River &amp; Hill" xmlurl="https://river.example/feed" type="rss" junk="1"/></outline></outline>
      <outline text="Nowhere"/></body></opml>"""
    assert read_opml(body) == [{"title": "River & Hill", "url": "https://river.example/feed"}, {"title": "Nowhere"}]


@pytest.mark.parametrize("body", [b"", b"<rss/>", b"not xml", b"<opml><body>", b"\x00\xff", b"{}"])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(OpmlError):
        read_opml(body)


def test_entities_are_neither_fetched_nor_multiplied() -> None:
    body = '<!DOCTYPE opml [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    body += '<opml><body><outline text="&b;" xmlUrl="https://river.example/&a;"/>'
    body += '<outline text="x">&f;</outline></body></opml>'
    try:
        found = read_opml(body.encode())
    except OpmlError:
        return
    assert "root:" not in repr(found)
