"""`watches test`: what a watch would have told of the archive, and what its change tells otherwise."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import NotFound
from nightdesk.backtest import Report, backtest
from nightdesk.backtest.words import lines
from nightdesk.config import load_config
from store import search
from store.engine import Store
from tests.conftest import FakeClock
from tests.explaining import Story


@pytest.fixture
def story(store: Store, clock: FakeClock, tmp_path: Path) -> Story:
    return Story(store, clock, tmp_path)


def configure(story: Story, tmp_path: Path, *watches: str) -> None:
    """The file as it would be edited before a reload."""
    text = "".join(f"[[watch]]\n{watch}\n" for watch in watches)
    (tmp_path / "nightdesk.toml").write_text(f'timezone = "Asia/Bangkok"\n[crawl]\nsources = []\n{text}')
    story.config = load_config(tmp_path / "nightdesk.toml", {})


def article(story: Story, text: str, days: float = 0, **other: Any) -> int:
    """An article of so many days ago, findable, in a development of its own."""
    then = story.clock() - timedelta(days=days)
    number = story.told_of(text, published_at=then, **other)
    story.store.unit(lambda db: search.index_article(db, number, "Rowers freed", text))
    return number


def tried(story: Story, name: str = "boats", days: int = 90) -> Report:
    with story.store.read() as db:
        return backtest(db, story.config, name, story.clock() - timedelta(days=days), story.clock())


BOATS = 'name = "boats"\nquery = "ferry"'


def test_it_tells_what_the_watch_would_have_told(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS)
    article(story, "A ferry sank.")
    taken = article(story, "Two ferries met.", days=3)
    article(story, "A barge sank.")
    found = tried(story)
    assert (found.alerts, found.articles, found.in_force, found.changed) == (2, 2, False, {})
    older = found.told[1]
    assert (older.article_id, older.reason, older.quote) == (taken, "words ferries", "Two ferries met.")
    assert (found.new, found.dropped) == ((), ())


def test_what_is_older_than_the_span_is_left_out(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS)
    article(story, "A ferry sank.", days=91)
    article(story, "A ferry rose.", days=89)
    assert tried(story).alerts == 1


def test_a_development_is_told_once_however_many_report_it(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS)
    first = article(story, "A ferry sank.", days=2)
    later = story.article(story.development_of(first), text="The ferry lies deep.")
    story.store.unit(lambda db: search.index_article(db, later, "t", "The ferry lies deep."))
    found = tried(story)
    assert (found.alerts, found.articles, found.told[0].article_id, found.told[0].articles) == (1, 2, first, 2)


def test_merged_developments_are_one(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS)
    one, other = article(story, "A ferry sank.", days=2), article(story, "The ferry is lost.")
    story.touch(story.development_of(other), merged_into=story.development_of(one))
    found = tried(story)
    assert [case.id for case in found.told] == [f"d{story.development_of(one)}"]


def test_an_article_that_is_in_no_development_is_one_of_its_own(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS)
    alone = article(story, "A ferry sank.", topic=None)
    with story.store.write() as db:
        from store.developments import development_articles

        db.execute(development_articles.delete())
    assert [case.id for case in tried(story).told] == [f"a{alone}"]


def test_updates_count_as_far_as_the_watch_wants_them(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS, 'name = "still"\nquery = "ferry"\nupdates = "none"')
    number = article(story, "A ferry sank.", days=2)
    story.change(story.development_of(number), kind="update", what="figure", old="3", new="9")
    assert (tried(story).updates, tried(story, "still").updates) == (1, 0)


def test_what_lacks_sources_or_a_country_waits(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS + "\nminimum_sources = 2")
    article(story, "A ferry sank.")
    found = tried(story)
    assert (found.alerts, found.waiting) == (0, 1)
    story.touch(1, independent_sources=2)
    assert tried(story).alerts == 1


def test_a_changed_watch_is_held_against_the_one_in_force(story: Story, tmp_path: Path) -> None:
    story.asks(query="ferry", group_wait="60s")
    configure(story, tmp_path, 'name = "boats"\nquery = "barge OR (ferry lost)"')
    gone, come = article(story, "A ferry sank."), article(story, "A barge sank.")
    stays = article(story, "The ferry is lost.")
    found = tried(story)
    assert found.changed == {"query": ("ferry", "barge OR (ferry lost)")}
    assert ([case.article_id for case in found.new], [case.article_id for case in found.dropped]) == ([come], [gone])
    assert (found.kept, found.new[0].reason) == (1, "words barge")
    assert found.dropped[0].reason == "absent: barge, lost"
    assert {case.article_id for case in found.told} == {come, stays}


def test_a_filter_that_drops_something_is_the_reason(story: Story, tmp_path: Path) -> None:
    story.asks(query="ferry", group_wait="60s")
    configure(story, tmp_path, 'name = "boats"\nquery = "ferry -sank"\nlanguages = ["th"]\nminimum_sources = 3')
    article(story, "A ferry sank.")
    assert tried(story).dropped[0].reason == "language en, not th; forbidden: sank"


def test_more_sources_needed_is_a_reason_too(story: Story, tmp_path: Path) -> None:
    story.asks(query="ferry", group_wait="60s")
    configure(story, tmp_path, BOATS + "\nminimum_sources = 3")
    article(story, "A ferry sank.")
    assert tried(story).dropped[0].reason == "1 independent sources of 3 so far"


def test_a_change_of_examples_is_no_change(story: Story, tmp_path: Path) -> None:
    story.asks(query="ferry", group_wait="60s")
    configure(story, tmp_path, BOATS + '\nmust_match = ["ferry"]')
    found = tried(story)
    assert (found.in_force, found.changed) == (True, {})


def test_weeks_are_those_of_the_users_zone_and_empty_ones_are_there(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS)
    article(story, "A ferry sank.", days=1 + 0.3)  # Sunday evening in UTC, Monday in Bangkok
    weeks = tried(story, days=14).weeks
    assert [(week.begins, week.alerts) for week in weeks] == [("2026-09-28", 0), ("2026-10-05", 0), ("2026-10-12", 1)]


def test_a_language_with_nothing_told_shows_what_there_is(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS + '\ntopics = ["scam_centres"]')
    article(story, "A ferry sank.")
    for _ in range(2):
        article(story, "เรือจม", language="th")
    article(story, "เรือ", language="th", topic=None)
    told = [(one.language, one.archive, one.articles, one.alerts) for one in tried(story).languages]
    assert told == [("th", 2, 0, 0), ("en", 1, 1, 1)]


def test_a_watch_without_a_query_goes_by_its_filters(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, 'name = "boats"\ntopics = ["scam_centres"]\nevents = ["raid"]\nlanguages = ["zh"]')
    article(story, "船", language="zh-Hant")
    article(story, "A ferry.", language="en")
    article(story, "船", language="zh", event="execution")
    assert tried(story).alerts == 1


def test_a_watch_made_by_command_can_be_tried(story: Story) -> None:
    story.asks(query="ferry")
    with story.store.write() as db:
        from store.definitions import watches

        db.execute(watches.update().values(origin="desk"))
    article(story, "A ferry sank.")
    assert tried(story).alerts == 1


def test_an_unknown_watch_is_not_found(story: Story, tmp_path: Path) -> None:
    configure(story, tmp_path, BOATS)
    with pytest.raises(NotFound, match='did you mean "boats"'):
        tried(story, "boat")


def test_in_words_it_says_how_much_what_and_why(story: Story, tmp_path: Path) -> None:
    story.asks(query="ferry", group_wait="60s")
    configure(story, tmp_path, 'name = "boats"\nquery = "barge"')
    article(story, "A ferry sank.")
    article(story, "A barge sank.")
    text = "\n".join(lines(tried(story), 5, "nightdesk.toml", story.clock().tzinfo))  # type: ignore[arg-type]
    for words in (
        "The watch “boats” since 2026-07-15: 1 alert, of 1 article; 0.1 a week.",
        "  query: ferry becomes barge",
        "So it newly tells 1, no longer tells 1, and 0 stay.",
        "Newly told\n",
        "No longer told\n",
        "absent: barge",
        "“A barge sank.”",
    ):
        assert words in text
    json.dumps(tried(story).as_dict())
