"""What analysts' rulings make of the machine's answer."""

from __future__ import annotations

from dataclasses import replace

from pipeline.ruled import ANY, FactRuling, as_json, entries, find, from_json, labelled, standing
from pipeline.values import Classification, Fact, Scored
from tests.reports import count, place

WORDS = "Workers led out\nOn Monday 120 workers came out. Another 30 guards stayed, and 30 cooks."
FREED = count(120, nationality="KE", quote="120 workers", position=26)
ON_BEAT = Classification((Scored("scam_centres", 0.9),), (Scored("raid", 0.8), Scored("rescue_release", 0.7)))


def test_a_label_takes_away_and_adds() -> None:
    labels = {("event", "raid"): False, ("event", "demolition"): True}
    assert labelled(ON_BEAT, labels).event_names == ("demolition", "rescue_release")


def test_what_is_off_topic_has_no_event_either() -> None:
    shown = labelled(ON_BEAT, {("topic", ANY): False})
    assert (shown.topic_names, shown.event_names) == ((), ())


def test_an_edit_stands_where_the_machines_fact_stood() -> None:
    right = replace(FREED, value=102.0)
    written = entries([FREED, place("Varlin", "MM")], [FactRuling(7, "edit", FREED, right)], WORDS)
    assert standing(written) == (place("Varlin", "MM"), replace(right, position=26))
    assert [(entry.origin, entry.superseded, entry.ruling_id) for entry in written] == [
        ("machine", "analyst", None),
        ("machine", None, None),
        ("analyst", None, 7),
    ]


def test_a_ruling_finds_its_fact_again_in_a_better_reading() -> None:
    better = replace(FREED, unit="victims", nationality=None, confidence=0.9)
    written = entries([better], [FactRuling(7, "reject", FREED)], WORDS)
    assert standing(written) == ()


def test_a_ruling_is_about_one_fact_and_not_about_another_that_says_the_same() -> None:
    guards = count(30, "guards", quote="30", position=58)
    cooks = count(30, "cooks", quote="30", position=80)
    assert standing(entries([guards, cooks], [FactRuling(1, "reject", cooks)], WORDS)) == (guards,)


def test_a_better_reading_that_comes_to_what_the_analyst_said_is_not_said_twice() -> None:
    right = replace(FREED, value=102.0, quote="120 workers")
    written = entries([right], [FactRuling(7, "edit", FREED, right)], WORDS)
    assert len(standing(written)) == 1


def test_a_ruling_ends_with_the_words_that_it_was_made_on() -> None:
    edited = WORDS.replace("120 workers", "102 workers")
    now = replace(FREED, value=102.0, quote="102 workers")
    assert standing(entries([now], [FactRuling(7, "edit", FREED, replace(FREED, value=99.0))], edited)) == (now,)


def test_what_an_analyst_adds_without_a_quote_stands_whatever_the_text_says() -> None:
    told = count(5, "guards", quote="", position=0)
    assert standing(entries([], [FactRuling(3, "add", None, told)], "Other\nwords")) == (told,)


def test_a_quote_is_found_however_its_spaces_are() -> None:
    assert find("120 workers  came\nout", WORDS) == WORDS.index("120")
    assert find("120 guards", WORDS) == -1


def test_a_fact_is_kept_as_it_was() -> None:
    zero = count(0, quote="", position=0)
    assert from_json(as_json(zero)) == zero
    assert from_json(as_json(None)) is None


def test_a_fact_that_had_a_field_more_can_still_be_read() -> None:
    kept = as_json(FREED)
    assert kept is not None
    assert isinstance(from_json({**kept, "colour": "red"}), Fact)
