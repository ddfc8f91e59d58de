"""`explain` says in one sentence what became of a thing, whatever became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import NotFound, UsageError
from store.engine import Store
from tests.conftest import FakeClock
from tests.explaining import TEXT, Story

URL = "https://www.pier.example/2026/boats"


@pytest.fixture
def story(store: Store, clock: FakeClock, tmp_path: Path) -> Story:
    return Story(store, clock, tmp_path)


def outcome(story: Story, what: str) -> tuple[str, str]:
    found = story.explain(what)
    return found.outcome, found.sentence


# -- never seen, seen and not read ------------------------------------------------------------------------------------


def test_an_address_that_no_source_covers(story: Story) -> None:
    found = story.explain("pier.example/2026/boats?utm_source=x")
    assert (found.outcome, found.missed) == ("uncovered", True)
    assert "no source covers pier.example" in found.sentence
    assert found.mend[0].endswith("nightdesk sources add https://pier.example")


def test_an_address_that_an_idle_source_of_the_catalogue_would_carry(story: Story) -> None:
    found = story.explain("https://www.bangkokpost.com/thailand/general/1")
    assert found.outcome == "inactive" and "“bangkok-post” of the catalogue" in found.sentence
    assert found.mend[0].startswith('add "bangkok-post" to sources in [crawl]')


def test_an_address_whose_source_was_not_visited_yet(story: Story) -> None:
    story.source()
    found = story.explain(URL)
    assert found.outcome == "unlisted" and "was not visited yet" in found.sentence
    assert found.mend[0] == "visit it now: nightdesk crawl pier-post"


def test_an_address_that_its_source_never_showed(story: Story) -> None:
    story.source(last_visit_at=story.clock())
    assert "covers pier.example, but never showed this address" in story.explain(URL).sentence


def test_an_address_that_its_source_leaves_out(story: Story) -> None:
    story.source(exclude="/2026/", last_visit_at=story.clock())
    assert "its include or exclude leaves this address out" in story.explain(URL).sentence


def test_an_address_whose_source_cannot_be_read(story: Story) -> None:
    story.source(last_visit_at=story.clock(), state="failing", cause="http_403")
    found = story.explain(URL)
    assert "but is failing: the site refuses us (403)" in found.sentence
    assert "crawl.contact" in found.mend[0]


def test_an_aggregators_link_is_taken_for_the_publishers_address(story: Story) -> None:
    found = story.explain("https://www.google.com/url?url=https://www.bangkokpost.com/x")
    assert found.outcome == "inactive" and "bangkok-post" in found.sentence


def test_an_item_that_is_still_to_be_fetched_is_no_miss(story: Story) -> None:
    story.item(URL, story.source())
    found = story.explain(f"{URL}?fbclid=1")
    assert (found.outcome, found.missed) == ("due", False)
    assert found.sentence.startswith("Seen in pier-post on 13 Oct 2026, 06:00 (UTC); its page is still to be fetched")


@pytest.mark.parametrize(
    ("state", "reason", "refused", "said"),
    [
        ("blocked", "http_403: no text", "http_403", "its page was refused: the site refuses us (403)"),
        ("not_article", "not_article: a list of teasers", None, "but it is no article: a list of teasers."),
        ("empty", "nothing to read", None, "but no text was found in it: nothing to read."),
        ("failed", "ValueError: moon", None, "but reading it failed: ValueError: moon."),
    ],
)
def test_a_page_that_became_no_article(story: Story, state: str, reason: str, refused: str | None, said: str) -> None:
    item = story.item(URL, story.source(), ended_at=story.clock(), end_state="fetched")
    story.page(URL, state, reason, item, refused=refused)
    found = story.explain(URL)
    assert (found.outcome, found.missed) == (state, True)
    assert said in found.sentence and "nightdesk ingest" in found.mend[0]


def test_a_page_is_found_however_its_address_is_written(story: Story) -> None:
    item = story.item(URL, story.source(), key="pier.example/2026/boats", ended_at=story.clock(), end_state="fetched")
    story.page(URL, "not_article", "list: teasers", item)
    for written in ("http://pier.example/2026/boats/", "www.pier.example/2026/boats?fbclid=1#top"):
        assert story.explain(written).outcome == "not_article"


def test_a_page_that_is_another_articles_is_told_as_that_article(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    story.alert(watch, article, state="sent", sent_at=story.clock())
    story.page(URL, "duplicate", f"the same text as a{article}", article_id=article)
    found = story.explain(URL)
    assert found.sentence.startswith(f"It is a{article}: the same text as a{article}. Told on desk")


# -- told, or on its way ----------------------------------------------------------------------------------------------


def test_what_was_told_says_where_and_when(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    alert = story.alert(watch, article, state="sent", sent_at=story.clock())
    said = f"Told on desk on 13 Oct 2026, 06:00 (UTC) by the watch “boats”, alert n{alert}."
    for what in (f"a{article}", str(article), f"d{story.development_of(article)}", f"n{alert}"):
        assert outcome(story, what) == ("told", said)


def test_what_was_told_is_told_whatever_the_other_watches_missed(story: Story) -> None:
    story.asks("aaa", query="elephants")
    watch, article = story.asks("zzz", query="rowers"), story.told_of()
    story.alert(watch, article, state="sent", sent_at=story.clock())
    assert story.explain(f"a{article}").outcome == "told"


Delivery = dict[str, Any]
WAYS: dict[str, tuple[Callable[[Story], Delivery], str, str]] = {
    "group_wait": (
        lambda story: {"not_before": story.clock() + timedelta(seconds=60)},
        "coming",
        "goes to desk on 13 Oct 2026, 06:01 (UTC) (group_wait).",
    ),
    "quiet hours": (
        lambda story: {"not_before": story.clock() + timedelta(hours=3)},
        "coming",
        "goes to desk on 13 Oct 2026, 09:00 (UTC) (quiet hours 22:00-09:00).",
    ),
    "its digest": (
        lambda story: {"kind": "digest", "not_before": story.clock() + timedelta(hours=3)},
        "coming",
        "waits until 13 Oct 2026, 09:00 (UTC) for the digest that goes to desk.",
    ),
    "a storm": (
        lambda story: {"kind": "digest", "of_channel": True},
        "coming",
        "for the next digest of desk: more came at once than its storm_cap, or after a time away.",
    ),
    "back-off": (
        lambda story: {"attempts": 3, "last_error": "HTTP 503"},
        "coming",
        "has not taken alert n1 of the watch “boats” yet (HTTP 503); the next try is on",
    ),
    "held": (lambda story: {"state": "unknown"}, "held", "nobody knows whether alert n1 of the watch “boats” arrived"),
    "dead": (lambda story: {"state": "dead", "reason": "HTTP 410"}, "dead", "did not take alert n1"),
    "silence": (
        lambda story: {"state": "suppressed", "reason": "silenced by s3 (ana: works on the pier)"},
        "suppressed",
        "was not sent to desk: silenced by s3 (ana: works on the pier).",
    ),
    "no channel": (
        lambda story: {"state": "suppressed", "reason": "the channel is not configured"},
        "suppressed",
        "was not sent to desk: the channel is not configured.",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_alert_that_did_not_arrive_says_why(store: Store, clock: FakeClock, tmp_path: Path, way: str) -> None:
    channel = '[channel.desk]\nurl = "json://127.0.0.1/x"\nquiet_hours = "22:00-09:00"\n'
    story = Story(store, clock, tmp_path, channel)
    watch, article = story.asks(query="rowers", group_wait="60s"), story.told_of()
    delivery, wanted, words = WAYS[way]
    story.alert(watch, article, **delivery(story))
    found = story.explain(f"a{article}")
    assert found.outcome == wanted and words in found.sentence
    assert found.missed is (wanted != "coming")


def test_what_was_folded_is_where_it_was_folded_into(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    alert = story.alert(watch, article, state="suppressed", reason="folded")
    story.send(alert, state="sent", sent_at=story.clock())
    assert story.explain(f"a{article}").outcome == "told"


# -- matched and not told ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "reason", "words"),
    [
        ("baseline", "of baseline articles", "its source had it when it was first visited (baseline)"),
        ("backfill", "of backfill articles", "it was taken in as an archive (--no-alerts)"),
        ("live", "older than the watch, or than its last edit", "is younger than this, or was edited after it"),
    ],
)
def test_what_was_there_before_would_be_told_today(story: Story, origin: str, reason: str, words: str) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    story.passed(watch, article, origin, reason)
    found = story.explain(f"a{article}")
    assert (found.outcome, found.missed, found.today) == ("past", True, True)
    assert words in found.sentence


def test_what_was_old_when_it_was_found_says_how_old(story: Story) -> None:
    article = story.told_of(published_at=story.clock() - timedelta(days=40))
    story.passed(story.asks(query="rowers"), article, "backfill", "of backfill articles")
    said = "it was published on 3 Sep 2026, 40 days before it was found, and max_age is 7 days"
    assert said in story.explain(f"a{article}").sentence


def test_a_match_that_waits_for_more_sources(story: Story) -> None:
    watch, article = story.asks(query="rowers", minimum_sources=3), story.told_of()
    story.match(watch, article)
    story.change(story.development_of(article))
    found = story.explain(f"a{article}")
    assert found.outcome == "waiting" and "only 1 of 3 independent sources reports it so far" in found.sentence
    assert "lower minimum_sources" in found.mend[0]


def test_a_match_that_waits_for_a_country(story: Story) -> None:
    watch, article = story.asks(query="rowers", countries=("PH",)), story.told_of()
    story.match(watch, article)
    story.change(story.development_of(article))
    found = story.explain(f"a{article}")
    assert found.outcome == "waiting" and "it is not in PH so far" in found.sentence


def test_a_match_that_nobody_decided_about_yet(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    story.match(watch, article)
    story.change(story.development_of(article))
    found = story.explain(f"a{article}")
    assert (found.outcome, found.missed) == ("undecided", False)


def test_a_development_that_another_of_its_articles_made_known(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    other = story.article(story.development_of(article), text="A ferry sailed.")
    story.alert(watch, article, state="sent", sent_at=story.clock())
    found = story.explain(f"a{other}")
    assert found.outcome == "told"
    assert f"which a{article} made known; its own words do not match" in found.sentence


# -- not matched ------------------------------------------------------------------------------------------------------


def test_without_a_watch_nobody_is_told(story: Story) -> None:
    assert outcome(story, f"a{story.told_of()}") == ("no_watch", "Not told: there is no watch.")


def test_a_near_miss_names_the_absent_term(story: Story) -> None:
    story.asks(topics=("scam_centres",), query="ferry OR barge")
    found = story.explain(f"a{story.told_of()}")
    assert found.sentence == "Near miss for the watch “boats”: ferry and barge are absent."


def test_a_near_miss_names_what_the_text_has_instead_and_what_would_find_it(story: Story) -> None:
    story.asks(topics=("scam_centres",), query="妙瓦底")
    found = story.explain(f"a{story.told_of()}")
    assert "妙瓦底 is absent; it has “Myawaddy” at" in found.sentence
    assert found.mend[0] == "write place:妙瓦底 for 妙瓦底 in the query of the watch “boats”: it finds “Myawaddy”"


def test_a_word_of_the_same_beginning_is_offered(story: Story) -> None:
    story.asks(query="rowing Myawaddy")
    story.asks("openers", query="opening dawn")
    found = {one.watch: one for one in story.explain(f"a{story.told_of()}").watches}
    assert found["openers"].lacks[0]["instead"][0]["write"] == "open*"


def test_a_word_that_the_query_forbids_is_shown_where_it_stands(story: Story) -> None:
    story.asks(query="rowers -casino")
    found = story.explain(f"a{story.told_of()}")
    position = len("Rowers freed\n") + TEXT.index("casino")
    assert f"“casino” at {position} is there, which its query forbids" in found.sentence
    assert found.mend[0] == "take NOT casino out of the query of the watch “boats”"
    assert found.watches[0].has[0]["quote"] == "Rowers"


def test_a_near_miss_by_the_kind_of_news(story: Story) -> None:
    story.asks(topics=("scam_centres",), events=("execution",))
    article = story.told_of()
    found = story.explain(f"a{article}")
    assert found.sentence == "Near miss for the watch “boats”: its kind of news is raid, not execution."
    assert found.mend[:2] == (
        'add "raid" to events of the watch “boats”',
        f"or correct it: nightdesk label a{article} --event execution",
    )


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"languages": ("th",)}, "it is in English, not in Thai"),
        ({"sources": ("pier-post",)}, "it came from no source, not from pier-post"),
        ({"topics": ("overseas_policing",)}, "it is not on overseas_policing but on scam_centres"),
    ],
)
def test_every_filter_says_what_it_wanted(story: Story, filters: dict[str, Any], words: str) -> None:
    story.asks(**filters)
    assert words in story.explain(f"a{story.told_of()}").sentence


def test_off_topic_says_what_spoke_against_it_and_where(story: Story) -> None:
    story.asks(topics=("scam_centres",))
    evidence = [
        {"label": "scam_centres", "concept": "film and sport", "quote": "regatta", "position": 7, "weight": -3.0},
        {"label": "scam_centres", "concept": "region", "quote": "Myawaddy", "position": 60, "weight": 0.5},
    ]
    found = story.explain(f"a{story.told_of(topic=None, evidence=evidence)}")
    assert found.outcome == "off_topic"
    assert "“regatta” at 7 speaks against it (film and sport)" in found.sentence
    assert "nightdesk label a" in found.mend[0]


def test_off_topic_says_what_is_absent(story: Story) -> None:
    story.asks(topics=("scam_centres",))
    found = story.explain(f"a{story.told_of(topic=None, evidence=[])}")
    assert found.outcome == "off_topic" and "nothing in it speaks of centre, fraud" in found.sentence


def test_the_nearest_watch_is_the_one_that_lacks_least(story: Story) -> None:
    story.asks("far", topics=("overseas_policing",))
    story.asks("near", topics=("scam_centres",), events=("raid",), query="rowers ferry")
    assert story.explain(f"a{story.told_of()}").watch == "near"


def test_a_watch_whose_one_word_is_absent_is_not_near_for_that(story: Story) -> None:
    story.asks("aaa", query="elephants")
    story.asks("near", topics=("scam_centres",), query="rowers ferry barge")
    found = story.explain(f"a{story.told_of()}")
    assert (found.watch, found.outcome) == ("near", "not_asked")


def test_a_query_that_cannot_be_read_is_said_to_be_so(story: Story) -> None:
    watch = story.asks(query="rowers")
    broken = {"name": "boats", "query": "(rowers"}
    with story.store.write() as db:
        from store.definitions import watches

        db.execute(watches.update().where(watches.c.id == watch).values(definition=broken))
    assert "its query cannot be read: ( is never closed" in story.explain(f"a{story.told_of()}").sentence


# -- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["a99", "d99", "n99"])
def test_an_id_that_is_not_there_is_not_found(story: Story, what: str) -> None:
    with pytest.raises(NotFound):
        story.explain(what)


@pytest.mark.parametrize("what", ["t7", "moon"])
def test_what_is_neither_an_address_nor_an_id_is_refused(story: Story, what: str) -> None:
    with pytest.raises(UsageError):
        story.explain(what)


def test_a_watch_that_the_file_has_otherwise_is_noted(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    story = Story(store, clock, tmp_path)
    story.asks(query="rowers")
    (tmp_path / "nightdesk.toml").write_text('[crawl]\nsources = []\n[[watch]]\nname = "boats"\nquery = "ferry"\n')
    from nightdesk.config import load_config

    story.config = load_config(tmp_path / "nightdesk.toml", {})
    assert story.explain(f"a{story.told_of()}").notes[0].startswith("“boats” in ")


def test_everything_is_told_in_lines_and_in_json(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    story.alert(watch, article, state="sent", sent_at=story.clock())
    found = story.explain(f"a{article}")
    lines = list(found.lines())
    assert lines[0] == found.sentence
    assert {"Read", "Development", "Watches"} <= set(lines)
    assert found.as_dict()["watches"][0]["outcome"] == "told"
