"""What a finding says is a sentence of each language, by a code that stands beside its English."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from alerts import quota
from alerts.language import WORDS, Language, speak
from alerts.retry import GiveUp, next_try
from alerts.said import SECTION, detail_in, saying_in
from alerts.silence import Silence, matcher
from core.saying import SLOT, Saying
from crawler.causes import CAUSES, cause_of
from crawler.flood import flood_notice
from crawler.habits import Habits
from crawler.health import Notice, Standing, exception_notice, notices
from store import findings
from store.engine import Store
from tests.conftest import START, FakeClock

ROOT = Path(__file__).parents[1]
PACKAGES = ("alerts", "core", "crawler", "nightdesk", "pipeline", "store")
FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(WORDS.glob("*.toml"))}
OTHERS = [tag for tag in FILES if tag != "en"]
SILENCE = Silence(3, "ana", "too many", START, START + timedelta(days=1), watch="boats", country="TH", development_id=7)


def _written() -> Iterator[tuple[str, set[str] | None]]:
    """Every saying that the program has: its code, and the slots of its English where that stands beside it."""
    for path in sorted(one for package in PACKAGES for one in (ROOT / package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "Saying(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Saying":
                code, english = node.args[:2]
                if isinstance(code, ast.Constant):
                    words = english.value if isinstance(english, ast.Constant) else None
                    yield str(code.value), None if words is None else set(SLOT.findall(words))
    for one in CAUSES.values():
        yield from ((said.code, set(SLOT.findall(said.english))) for said in (one.said, one.mending))
    yield from ((said.code, set(SLOT.findall(said.english))) for said in matcher(SILENCE))
    yield from ((f"match_{name}", {"value"}) for name in ("topic", "event", "source"))


WRITTEN = dict(_written())


def _said(language: Language, notice: Notice) -> str:
    assert notice.said is not None
    row = SimpleNamespace(detail=notice.detail, said=notice.said.as_json())
    return detail_in(language, row)


@pytest.mark.parametrize("tag", OTHERS)
def test_a_language_has_a_sentence_for_everything_that_a_finding_says(tag: str) -> None:
    assert len(WRITTEN) > 100
    assert set(FILES[tag][SECTION]) == set(WRITTEN)


@pytest.mark.parametrize("tag", OTHERS)
def test_a_sentence_has_the_slots_of_its_english(tag: str) -> None:
    for code, slots in WRITTEN.items():
        given = set(SLOT.findall(FILES[tag][SECTION][code]))
        assert given == (slots if slots is not None else set(SLOT.findall(FILES[OTHERS[0]][SECTION][code]))), code


@pytest.mark.parametrize("tag", OTHERS)
@pytest.mark.parametrize("error", [*CAUSES, "http_503", "http_418", "of_tomorrow"])
def test_whatever_stands_in_a_sources_way_is_told_in_the_language(tag: str, error: str) -> None:
    failing = Standing("failing", cause_of(error).code, 3, 3.0)
    (told,) = notices(Standing(), failing, Habits(), START)
    text = _said(speak(tag), told)
    assert text != told.detail and not re.search(r"[{}]|It |it is", text)


def test_a_saying_holds_numbers_names_and_other_sayings() -> None:
    chinese = _said(speak("zh"), flood_notice(120, 4000))
    assert "超过120个" in chinese and "4000个正在排队" in chinese and "`exclude`" in chinese
    excused = exception_notice(Habits(), [Saying("excused_robots", "no robots"), Saying("excused_tls", "no tls")])
    assert excused is not None and excused.detail is not None and excused.detail.endswith("no robots, no tls.")
    assert "obey_robots = false" in _said(speak("th"), excused) and "verify_tls" in _said(speak("th"), excused)


def test_what_a_silence_names_is_told_in_the_language() -> None:
    told = Notice("silence_unused", "weekly", Saying("source_exception", "{rules}", {"rules": matcher(SILENCE)}))
    assert told.detail == "watch boats, country TH, development d7"
    assert "国家或地区 TH、事件 d7" in _said(speak("zh"), told)


def test_why_a_message_was_given_up_is_told_in_the_language() -> None:
    verdict = next_try(START + timedelta(hours=1), START, 7, None, 0.5, longest=timedelta(minutes=20))
    assert isinstance(verdict, GiveUp) and str(verdict.reason) == "not delivered in 20 minutes, 7 tries answered badly"
    assert saying_in(speak("zh"), verdict.reason) == "20分钟内未能送达，已尝试7次"
    used_up = quota.reason(200, START)
    assert "sends again on 2026-10-13" in str(used_up) and "200条" in saying_in(speak("zh"), used_up)


def test_a_sentence_that_a_language_lacks_leaves_the_whole_in_english() -> None:
    odd = Saying("source_failing", "It fails: {cause}. {advice}", {"cause": Saying("of_tomorrow", "x"), "advice": "y"})
    assert _said(speak("th"), Notice("source_failing", "daily", odd)) == "It fails: x. y"


def test_plural_forms_follow_the_number() -> None:
    language = Language(
        "xx", {"locale": "en", "group_from": 1000, SECTION: {"days": {"one": "{n} Tag", "other": "{n} Tage"}}}
    )
    one, many = (Notice("k", "daily", Saying("days", "{n} days", {"n": n})) for n in (1, 2))
    assert (_said(language, one), _said(language, many)) == ("1 Tag", "2 Tage")


def test_a_finding_keeps_its_saying_and_one_from_before_its_text(store: Store, clock: FakeClock) -> None:
    detail = Saying("channel_failing", "{recipient} on {channel}: {n}", {"recipient": "a@b", "channel": "mail", "n": 5})
    with store.write() as db:
        findings.note(db, "channel_failing", "mail", "wake", detail, clock())
        findings.note(db, "channel_failing", "old", "wake", "It was noted before.", clock())
        new, old = findings.still_open(db)
        assert new.detail == "a@b on mail: 5" and "5次未接收" in detail_in(speak("zh"), new)
        assert detail_in(speak("zh"), old) == "It was noted before."
        findings.note(db, "channel_failing", "mail", "wake", "Now in words alone.", clock())
        assert detail_in(speak("zh"), findings.still_open(db)[0]) == "Now in words alone."
