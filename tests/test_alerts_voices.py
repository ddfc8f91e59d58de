"""Who says which figure, in each form that a message has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from alerts import message
from alerts.story import Stated, Story
from alerts.style import plain_style
from alerts.voices import voices
from tests.telling import COUNT, PLACE, REPORT, STORY

PEOPLE = frozenset({"people", "suspects"})
POLICE = replace(REPORT, id=2, outlet="River Police", source_type="police", url="https://police.example.org/2")
ARMY = replace(COUNT, speaker="the army")
OTHER = replace(COUNT, article_id=2, value=260, quote="260 people")
CONFLICT = replace(STORY, reports=(REPORT, POLICE), facts=(ARMY, OTHER, PLACE))

MINE = "215 people — the army, in Border Post (newspaper)"
THEIRS = "260 people — River Police (police)"


def _numbers(*facts: Stated, story: Story = CONFLICT) -> list[float | None]:
    return [fact.value for fact in voices(replace(story, facts=facts), PEOPLE)]


@pytest.mark.parametrize("form", ["text", "chat", "markdown"])
def test_two_figures_stand_with_who_gives_which(form: str) -> None:
    said = getattr(message.compose("alert", (CONFLICT,), UTC), form)
    assert f"- {MINE}\n" in said.replace("\\", "") and f"- {THEIRS}\n" in said.replace("\\", "")


@pytest.mark.parametrize("form", ["text", "html", "chat", "markdown"])
def test_a_digest_says_so_too(form: str) -> None:
    said = getattr(message.compose("digest", (CONFLICT, STORY), UTC), form)
    plain = said.replace("\\", "").replace("</strong>", "")
    assert MINE in plain and THEIRS in plain
    assert said.count(" — ") == 2  # nothing of the development that all agree on


def test_one_figure_names_its_speaker_in_chat() -> None:
    content = message.compose("alert", (replace(CONFLICT, facts=(ARMY, PLACE)),), UTC)
    assert "As stated by the army\n" in content.chat and "As stated by the army" in content.markdown
    assert "As stated" not in message.compose("alert", (STORY,), UTC).chat  # its outlet is named anyhow


def test_a_telephone_that_may_be_searched_hears_what_kind_of_source_it_is() -> None:
    chat = message.compose("alert", (CONFLICT,), UTC, replace(plain_style(), detail="figures")).chat
    assert "- 215 people — newspaper\n- 260 people — police\n" in chat
    assert "army" not in chat and "River Police" not in chat


def test_another_speaker_of_the_same_text_is_heard_and_a_part_of_the_figure_is_none() -> None:
    assert _numbers(COUNT, replace(COUNT, value=150, leading=False, speaker="rescuers")) == [215, 150]
    part = replace(COUNT, value=30, leading=False, speaker="rescuers", nationality="TH")
    assert _numbers(COUNT, part) == [215]
    assert _numbers(COUNT, replace(COUNT, value=150, leading=False)) == [215]  # nobody says so


def test_what_is_counted_otherwise_or_copied_contradicts_nothing() -> None:
    assert _numbers(COUNT, replace(OTHER, unit="buildings")) == [215]
    assert _numbers(COUNT, replace(OTHER, status="expected")) == [215]
    assert _numbers(replace(COUNT, nationality="TH"), replace(OTHER, nationality="CN")) == [215]
    assert _numbers(COUNT, replace(OTHER, unit="suspects")) == [215, 260]
    copied = replace(CONFLICT, reports=(REPORT, replace(POLICE, duplicate=True)))
    assert _numbers(COUNT, OTHER, story=copied) == [215]
    assert _numbers(COUNT, replace(OTHER, value=215)) == [215]


def test_the_quoted_line_reaches_a_service_of_plain_words_and_never_crowds_out_a_link() -> None:
    content = message.compose("alert", (STORY,), UTC)
    assert "“By dawn 215 people had walked out.”\n" in content.chat
    long = message.compose("alert", (replace(CONFLICT, quote="q" * 900),), UTC).chat
    assert f"“{'q' * 299}…”" in long
    address = "https://news.example.org/" + "a" * 600
    reports = (replace(REPORT, title="t" * 900, url=address), POLICE)
    crowded = message.compose("alert", (replace(CONFLICT, reports=reports, quote="q" * 900),), UTC).chat
    assert f"{address}\n" in crowded and len(crowded) <= 1500
