"""CommonMark in the markup of Slack, Telegram and Matrix: marked by us alone, whatever a publisher wrote."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.markdown import escape, link, paragraphs
from alerts.plain import safe
from alerts.senders.dialects import MATRIX, SLACK, TELEGRAM, Dialect, render

HOSTILE = (
    "*bold* _it_ ~no~ `code` [click](http://evil.example) <b>x</b> <!channel> | # & &amp; <@U1> {x} \\ > 1. ~~s~~ !()"
)
HOSTILE_MESSAGE = f"**{escape(HOSTILE)}**\n\n{link(HOSTILE, 'https://news.example.org/a_b')}\n\n> {escape(HOSTILE)}"


class Tags(HTMLParser):
    """Reads HTML as a service would: which tags, which words, which addresses; unbalanced tags are an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def only(markdown: str, dialect: Dialect) -> str:
    parts = render(markdown, dialect)
    assert parts is not None and len(parts) == 1
    return parts[0]


MESSAGE = (
    f"**{escape('Raid: 12 people')}**\n\n"
    f"Figure: ~~9~~ → **12**  \n{link('The Post', 'https://news.example.org/1?a=1&b=2')}  \nPost · 2 sources\n\n"
    "> Twelve were held.\n\n- one\n- two\n"
)


def test_slack_gets_mrkdwn() -> None:
    assert only(MESSAGE, SLACK) == (
        "*Raid: 12 people*\n\n"
        "Figure: ~9~ → *12*\n<https://news.example.org/1?a=1&amp;b=2|The Post>\nPost · 2 sources\n\n"
        "> Twelve were held.\n\n• one\n• two"
    )


def test_telegram_gets_the_html_it_knows() -> None:
    assert only(MESSAGE, TELEGRAM) == (
        "<b>Raid: 12 people</b>\n\nFigure: <s>9</s> → <b>12</b>\n"
        '<a href="https://news.example.org/1?a=1&amp;b=2">The Post</a>\nPost · 2 sources\n\n'
        "<blockquote>Twelve were held.</blockquote>\n\n• one\n• two"
    )


def test_matrix_gets_html() -> None:
    assert only(MESSAGE, MATRIX) == (
        "<p><strong>Raid: 12 people</strong></p>"
        '<p>Figure: <del>9</del> → <strong>12</strong><br><a href="https://news.example.org/1?a=1&amp;b=2">The Post</a>'
        "<br>Post · 2 sources</p>"
        "<blockquote>Twelve were held.</blockquote>• one<br>• two"
    )


@pytest.mark.parametrize("dialect", [TELEGRAM, MATRIX])
def test_a_hostile_headline_is_words_in_html(dialect: Dialect) -> None:
    told = only(HOSTILE_MESSAGE, dialect)
    read = Tags(told)
    assert read.tags <= {"b", "strong", "a", "blockquote", "p"}
    assert read.links == ["https://news.example.org/a_b"]
    assert read.words.count("*bold* _it_ ~no~ `code`") == 3
    assert read.words.count("<b>x</b> <!channel> | # & &amp; <@U1> {x} \\ > 1. ~~s~~ !()") == 3


def test_a_hostile_headline_is_words_in_slack() -> None:
    told = only(HOSTILE_MESSAGE, SLACK)
    title, linked, quoted = told.split("\n\n")
    assert title.startswith("*") and title.endswith("*") and "*" not in title[1:-1]
    assert linked.startswith("<https://news.example.org/a_b|") and linked.endswith(">")
    assert quoted.startswith("> ")
    assert re.findall("[<>]", linked) == ["<", ">"]
    for text in (title[1:-1], linked.partition("|")[2][:-1], quoted[2:]):
        words = re.sub(r"<http://evil\.example\)?>", "", text)  # an address stays one, and shows where it leads
        assert not set("*_~`<>") & set(words)
        assert "<!channel>" in html.unescape(words)


def test_what_begins_a_line_marks_nothing() -> None:
    for text in ("# top", "- item", "> said", "1. first", "&gt; said", "```", "-", "#", "1.", "---", "===", "- -"):
        (told,) = render(escape(text), TELEGRAM) or ("",)
        assert html.unescape(told) == text


def test_a_line_that_begins_with_an_angle_is_no_quote_in_slack() -> None:
    assert only(escape("> said"), SLACK) == "\u00ad&gt; said"


def test_an_address_cannot_break_out_of_its_link() -> None:
    url = 'https://news.example.org/"><b>|x<!channel>'
    assert Tags(only(link("Post", url), TELEGRAM)).tags == {"a"}
    assert only(link("Post", url), SLACK).count("|") == 1
    assert re.findall("[<>]", only(link("Post", url), SLACK)) == ["<", ">"]


def test_html_of_ones_own_template_is_words() -> None:
    assert Tags(only('<b onclick="x">bold</b> <!-- no -->', TELEGRAM)).tags == set()


def test_a_long_digest_comes_in_parts_and_no_item_is_torn() -> None:
    items = "\n".join(f"- [item {number} of the digest](<https://news.example.org/{number}>)" for number in range(150))
    parts = render(f"**Digest**\n\n{items}\n", TELEGRAM)
    assert parts is not None and len(parts) > 1
    for part in parts:
        assert len(part) <= TELEGRAM.limit
        Tags(part)
    told = "\n".join(parts)
    assert all(f">item {number} of" in told for number in range(150))


def test_a_paragraph_too_long_for_one_part_is_not_marked_up() -> None:
    assert render("word " * 2000, TELEGRAM) is None


def test_an_own_template_may_use_all_of_commonmark() -> None:
    told = only("# Top\n\n3. three\n4. *four*\n\n> a\n> - b\n\n`x_y` <https://a.example/b_c>\n", TELEGRAM)
    assert told == (
        "<b>Top</b>\n\n3. three\n4. <i>four</i>\n\n<blockquote>a\n• b</blockquote>\n\n"
        '<code>x_y</code> <a href="https://a.example/b_c">https://a.example/b_c</a>'
    )


def test_lines_of_ours_keep_their_addresses_and_commands() -> None:
    said = paragraphs(["Channel *x*: see", "", "- https://a.example/b_c", "Type `nightdesk doctor` now"])
    assert said == "Channel \\*x\\*: see  \n\n- <https://a.example/b_c>  \nType `nightdesk doctor` now\n"


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
        | st.sampled_from("*_~`[]()<>&|#!\\-+.1: ")
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_publisher_writes_is_shown_as_it_is(text: str) -> None:
    title = safe(text) or "x"
    told = only(f"**{escape(title)}**\n\n{link(title, 'https://news.example.org/1')}\n\n> {escape(title)}", TELEGRAM)
    bold, linked, quoted = told.split("\n\n")
    assert bold == f"<b>{html.escape(title, quote=False)}</b>"
    assert Tags(linked).tags == {"a"}
    assert quoted == f"<blockquote>{html.escape(title, quote=False)}</blockquote>"
