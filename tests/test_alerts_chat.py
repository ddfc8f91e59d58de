"""Chat messages: short, marked up, and never by what a publisher wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from apprise import NotifyFormat
from apprise.conversion import convert_between

from alerts import message
from alerts.markdown import escape, link
from alerts.plain import safe_url, without_calls
from alerts.senders.parcel import Parcel, Target
from alerts.story import Story, Told
from alerts.style import plain_style
from tests.telling import COUNT, REPORT, STORY

HOSTILE = (
    "*bold* _it_ ~~no~~ `code` [click](http://evil.example) <b>x</b> <!channel> @everyone # top | ||spoiler|| & <@U1>"
)


def _told(title: str, **story: Any) -> message.Content:
    return message.compose("alert", (replace(STORY, reports=(replace(REPORT, title=title),), **story),), UTC)


def _html(markdown: str) -> str:
    return convert_between(NotifyFormat.MARKDOWN, NotifyFormat.HTML, markdown)


def test_a_chat_message_is_short_and_leads_to_the_article() -> None:
    content = _told("Over 200 walk out of river compound")
    assert content.chat == (
        "215 people freed in Myawaddy, Myanmar, 12 Oct 2026\n"
        "Over 200 walk out of river compound\n"
        "Border Post · published 13 Oct 2026, 05:40 UTC\n"
        "“By dawn 215 people had walked out.”\n"
        "2 independent sources · watch “releases”\n"
        "https://news.example.org/1\n"
    )
    assert content.markdown == (
        "[Over 200 walk out of river compound](<https://news.example.org/1>)  \n"
        "Border Post · published 13 Oct 2026, 05:40 UTC  \n"
        "2 independent sources · watch “releases”\n"
        "\n"
        "> By dawn 215 people had walked out.\n"
    )


def test_an_update_shows_the_old_figure_struck_out() -> None:
    told = (Told(alert_id=57, level="update", seq=2, what="figure", old="180", new="215"),)
    content = message.compose("alert", (replace(STORY, told=told),), UTC)
    assert content.markdown.startswith("Figure: ~~180~~ → **215 people**  \n")
    assert "Figure: 180 → 215 people\n" in content.chat


def test_signs_in_a_headline_stay_signs() -> None:
    content = _told(HOSTILE, quote=HOSTILE)
    html = _html(content.markdown)
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a", "br", "blockquote"}
    assert re.findall(r'href="([^"]+)"', html) == ["https://news.example.org/1"]
    assert "*bold*" in html and "||spoiler||" in html


@pytest.mark.parametrize("text", ["# top", "- item", "+ item", "1. first", "12) twelfth", "> said", "***", "| a | b |"])
def test_no_line_becomes_a_list_or_a_heading(text: str) -> None:
    html = _html(f"{escape(text)}\n")
    assert set(re.findall(r"<(\w+)", html)) <= {"p"}
    assert re.sub(r"<[^>]+>", "", html).strip().replace("&gt;", ">") == text


def test_a_link_keeps_one_address_whatever_its_label() -> None:
    html = _html(link("a](http://evil.example) [b", "https://news.example.org/x_(y)?a=1&b=<2>"))
    assert html.count("<a ") == 1 and 'href="https://news.example.org/x_(y)' in html
    assert link("[brackets]", "") == "\\[brackets\\]"


@pytest.mark.parametrize(
    "call", ["@everyone", "@here", "@channel", "@ALL", "<!channel>", "<@U024BE7LH>", "<#C1>", "<users/all>"]
)
def test_no_headline_calls_a_room(call: str) -> None:
    content = _told(f"Look {call} now", quote=call, terms=(call,))
    for text in (content.chat, content.markdown):
        assert call.lower() not in text.lower()
    assert without_calls(call).replace("\u200b", "") == call


def test_an_address_that_calls_a_room_is_written_otherwise() -> None:
    assert safe_url("https://blog.example.org/@here/1") == "https://blog.example.org/%40here/1"
    assert safe_url("https://blog.example.org/@ana/1") == "https://blog.example.org/@ana/1"


def test_a_digest_in_chat_names_everything_it_gathered() -> None:
    stories: list[Story] = [replace(STORY, development_id=n, event_types=(), facts=()) for n in range(40)]
    content = message.compose("digest", tuple(stories), UTC)
    assert content.chat.count("https://news.example.org/1") == 40 == content.markdown.count("](<https://")


@pytest.mark.parametrize(("language", "note"), [("en", "may be a repeat"), ("th", "อาจซ้ำ"), ("zh", "可能重复")])
def test_a_repeat_says_so_in_its_language(language: str, note: str) -> None:
    content = message.compose("alert", (replace(STORY, facts=(COUNT,)),), UTC, plain_style(language))
    target = Target(address="", index=0, key="", label="", sender="mail")
    parcel = Parcel(target=target, key="k", content=content.as_json(), repeat=True)
    assert note in parcel.text and note in parcel.html
