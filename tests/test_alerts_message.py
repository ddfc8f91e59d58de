"""What a message says, and how it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts import message
from alerts.plain import safe, safe_url, width, wrap
from alerts.story import Story, Told
from tests import telling
from tests.telling import COUNT, PLACE, REPORT

STORY = replace(
    telling.STORY,
    status="done",
    reports=(REPORT, replace(REPORT, id=2, outlet="南方快报", title="获救", language="zh", duplicate=False)),
)


def text(story: Story = STORY) -> str:
    return message.compose("alert", (story,), ZoneInfo("Asia/Bangkok")).text


def test_an_alert_reads_well() -> None:
    assert text() == (
        "215 people freed in Myawaddy, Myanmar, 12 Oct 2026\n"
        "\n"
        "Over 200 walk out of river compound\n"
        "Border Post · published 13 Oct 2026, 12:40 (05:40 UTC)\n"
        "https://news.example.org/1\n"
        "\n"
        "  “By dawn 215 people had walked out.”\n"
        "\n"
        "As stated by Border Post (newspaper)\n"
        "  - 215 people\n"
        "  - Myawaddy, Myanmar\n"
        "\n"
        "Reported by 2 independent sources: Border Post, 南方快报.\n"
        "Why you get this: your watch “releases” matched “Myawaddy”, “walked out”.\n"
        "Development d34, alert n56, found 13 Oct 2026, 13:00 (06:00 UTC)\n"
    )


def test_who_hears_of_it_for_the_first_time_gets_the_newest_figure_and_no_change() -> None:
    update = Told(alert_id=57, level="update", seq=2, what="figure", old="215", new="341")
    later = replace(COUNT, article_id=2, value=341, quote="341 people")
    shown = text(replace(STORY, told=(*STORY.told, update), facts=(COUNT, later, PLACE)))
    assert shown.startswith("341 people freed in Myawaddy")
    assert "was 215" not in shown and "→" not in shown


def test_each_fact_names_who_states_it_where_they_differ() -> None:
    shown = text(replace(STORY, facts=(COUNT, replace(PLACE, article_id=2, speaker="Army"))))
    assert "What is stated\n  - 215 people — Border Post (newspaper)\n" in shown
    assert "  - Myawaddy, Myanmar — Army, in 南方快报 (newspaper)\n" in shown


def test_a_watch_without_words_is_named_as_a_beat() -> None:
    assert "Why you get this: it is on the beat of your watch “releases”.\n" in text(replace(STORY, terms=()))


def test_a_headline_that_is_the_title_is_not_said_twice_in_a_mail() -> None:
    html = message.compose("alert", (replace(STORY, facts=(), event_types=()),), UTC).html
    assert html.split("<body")[1].count("Over 200 walk out") == 1
    assert ">Read it at Border Post</a>" in html


def test_an_update_says_what_changed() -> None:
    told = Told(alert_id=57, level="update", seq=2, what="figure", old="215", new="260")
    shown = text(replace(STORY, told=(told,)))
    assert shown.startswith("Update: 260 people (was 215) freed in Myawaddy")
    assert "What changed\n  - Figure: 215 → 260\n" in shown


def test_the_frozen_content_names_every_value_it_told() -> None:
    content = message.compose("alert", (STORY,), UTC)
    assert {"215", "myawaddy", "mm"} <= set(content.facts)
    assert content.links == ["https://news.example.org/1"]
    assert content.thread == 34


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}{% for x in y %}",
        "a\r\nBcc: spy@example.org",
        "\x1b[2Jgone",
        "\u202eevil\u2066",
        "\ud800 lone",
    ],
)
def test_hostile_words_stay_words(payload: str) -> None:
    story = replace(
        STORY,
        title=payload,
        quote=payload,
        terms=(payload,),
        reports=(replace(REPORT, title=payload, outlet=payload, url=f"javascript:{payload}"),),
        facts=(replace(PLACE, place=payload, speaker=payload),),
    )
    content = message.compose("alert", (story,), UTC)
    everything = content.title + content.text + content.html + content.chat
    everything.encode()
    assert "<script" not in content.html and "<img" not in content.html
    assert "javascript:" not in everything
    assert not set("\r\x1b\u202e\u2066") & set(everything)
    assert "49" not in content.title
    assert "\n" not in content.title


def test_long_words_of_others_have_limits() -> None:
    story = replace(STORY, event_types=(), quote="q" * 9999, reports=(replace(REPORT, title="t" * 9999),))
    content = message.compose("alert", (story,), UTC)
    assert len(content.title) == 200
    assert len(content.text) < 3000
    assert len(content.chat) <= 1500


def test_a_digest_names_every_headline_with_its_link() -> None:
    stories = tuple(
        replace(
            STORY,
            development_id=n,
            reports=(replace(REPORT, title=f"Headline {n}", url=f"https://news.example.org/{n}"),),
        )
        for n in range(12)
    )
    content = message.compose("digest", stories, UTC)
    for n in range(12):
        assert f"Headline {n}\n" in content.text
        assert f"https://news.example.org/{n}\n" in content.text
    assert content.title.startswith("Digest: 12 developments: ")
    assert "\n10. 215 people freed" in content.text


@pytest.mark.parametrize("name", ["单", "word ", "很长的句子没有空格，"])
def test_lines_fit_a_mail_reader(name: str) -> None:
    assert all(width(line) <= 76 for line in wrap(name * 60).splitlines())


def test_addresses_are_never_broken() -> None:
    url = "https://news.example.org/" + "a" * 200
    assert url in wrap(f"see {url} for more").splitlines()


@pytest.mark.parametrize(("given", "kept"), [("a\tb\n c", "a b c"), ("e\u0301", "é"), (None, ""), ("x\x00y", "x y")])
def test_a_line_is_made_safe(given: Any, kept: str) -> None:
    assert safe(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"), [("javascript:alert(1)", ""), ("https://a.example/\r\nx", "https://a.example/x"), (None, "")]
)
def test_only_web_addresses_become_links(given: Any, kept: str) -> None:
    assert safe_url(given) == kept


def test_a_list_that_is_too_long_for_chat_says_that_something_is_left_out() -> None:
    lines = [f"- post-{number}: It cannot be read: blocked. Ask for a feed, or leave it out." for number in range(400)]
    content = message.findings_list("Nightdesk, daily list", lines)
    for text, at_least in ((content.chat, 15), (content.markdown, 100)):
        assert text.endswith("\n…\n") and text.count("post-") >= at_least
    assert content.text.count("post-") == 400
