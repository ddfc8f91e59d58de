"""Channels and boards: the text stands in the item, and a missing preview is a named state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.feeds import FeedError
from crawler.posts import headline, preview_of, read_posts
from crawler.source import Source
from tests.sections import board, telegram

CHANNEL = "https://t.me/s/river_desk"
BOARD = "https://ministry.example/notices?lang=en"


def test_a_channels_posts_are_items_with_their_text_the_newest_first() -> None:
    body = telegram((7, "Forty people crossed.<br>They were freed on Monday."), (8, "The bridge is closed."))
    feed = read_posts(body.encode(), url=CHANNEL)
    second, first = feed.entries
    assert feed.title == "River Desk"
    assert (first.url, first.guid) == ("https://t.me/river_desk/7", "river_desk/7")
    assert (first.title, first.text) == ("Forty people crossed.", "Forty people crossed.\nThey were freed on Monday.")
    assert second.published == datetime(2026, 10, 13, 8, tzinfo=UTC)


def test_a_post_without_words_is_none() -> None:
    feed = read_posts(telegram((7, ""), (8, "Words.")).encode(), url=CHANNEL)
    assert [entry.guid for entry in feed.entries] == ["river_desk/8"]


def test_the_text_of_a_reply_is_not_the_text_it_answers() -> None:
    quoted = '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text">The old words.</div></a>'
    body = telegram((7, "The new words.")).replace(
        '<div class="tgme_widget_message_text', quoted + '<div class="tgme_widget_message_text', 1
    )
    (entry,) = read_posts(body.encode(), url=CHANNEL).entries
    assert entry.text == "The new words."


@pytest.mark.parametrize(
    ("body", "reason"),
    [(telegram(preview=False), "posts_no_preview"), (telegram(), "posts_empty"), ("", "posts_empty")],
)
def test_a_channel_without_posts_says_why(body: str, reason: str) -> None:
    with pytest.raises(FeedError) as refused:
        read_posts(body.encode(), url=CHANNEL)
    assert refused.value.reason == reason


def test_the_address_of_a_channel_leads_to_its_preview() -> None:
    assert preview_of("https://t.me/river_desk") == "https://t.me/s/river_desk"
    assert preview_of("https://telegram.me/s/river_desk") == "https://telegram.me/s/river_desk"
    assert preview_of(BOARD) == BOARD


def test_notices_keep_their_own_page_or_get_an_address_of_their_own() -> None:
    notice = "<div class=n><h4>Road closed</h4><p>The road is closed from 13 October 2026.</p>"
    notice += '<a href="/n/41">Print</a></div>'
    own, made = read_posts(
        f'{notice}<div class=n id="n9">No link here.</div>'.encode(), url=BOARD, item="div.n"
    ).entries
    assert (own.url, own.title) == ("https://ministry.example/n/41", "Road closed")
    assert own.published == datetime(2026, 10, 13, tzinfo=UTC)
    assert made.url is not None and made.url.startswith(f"{BOARD}&notice=")
    assert made.guid == "n9"


def test_the_same_notice_has_the_same_address_wherever_it_stands() -> None:
    first = {entry.url for entry in read_posts(board("One.", "Two.").encode(), url=BOARD, item="li").entries}
    later = {entry.url for entry in read_posts(board("Three.", "Two.", "One.").encode(), url=BOARD, item="li").entries}
    assert first < later


def test_a_board_must_say_where_its_posts_are() -> None:
    Source(name="channel", kind="posts", url=CHANNEL)
    with pytest.raises(ValueError, match="need item"):
        Source(name="board", kind="posts", url=BOARD)


def test_a_headline_is_the_first_line_or_sentence_and_never_endless() -> None:
    assert headline("Forty freed. " + "They crossed. " * 20) == "Forty freed."
    assert headline("警方通报。" + "其他内容" * 60) == "警方通报。"
    assert len(headline("word " * 100)) <= 141
