"""Which change an article makes, from the record alone."""

from __future__ import annotations

from dataclasses import replace

from pipeline.changes import Change, Record, Report, Stated, change_by_edit, show_figure, update_by

FREED = Stated(
    1, "count", 200, 200, 200, "exact", unit="people", status="done", nationality="CN", leading=True, source_type="wire"
)
PLACE = Stated(2, "place", place="Varlin", country="MM")


def known(*facts: Stated, countries: set[str] = frozenset(), editions: set[str] = frozenset()) -> Record:  # type: ignore[assignment]
    return Record(facts or (FREED, PLACE), frozenset(countries), frozenset(editions))


def says(
    *facts: Stated,
    countries: set[str] = frozenset(),  # type: ignore[assignment]
    editions: set[str] = frozenset(),  # type: ignore[assignment]
    is_copy: bool = False,
) -> Report:
    return Report(facts, frozenset(countries), frozenset(editions), is_copy)


def figure(value: float, **rest: object) -> Stated:
    return replace(FREED, id=9, value=value, low=value, high=value, **rest)  # type: ignore[arg-type]


def test_a_figure_that_differs_by_more_than_a_fifth_is_an_update() -> None:
    assert update_by(known(), says(figure(350)), 0.2) == Change("update", "figure", "200", "350", (1, 9))


def test_a_figure_within_a_fifth_is_none() -> None:
    assert update_by(known(), says(figure(235)), 0.2) is None


def test_a_figure_known_from_any_article_is_none() -> None:
    earlier = figure(350, leading=False)
    assert update_by(known(FREED, earlier), says(figure(350)), 0.2) is None


def test_a_figure_within_a_range_already_given_is_none() -> None:
    between = replace(FREED, value=200, low=200, high=400, bound="range")
    assert update_by(known(between), says(figure(350)), 0.2) is None


def test_what_is_expected_or_total_is_no_figure_of_the_news() -> None:
    for status in ("expected", "cumulative", "background", "waiting", "planned_total"):
        assert update_by(known(), says(figure(7000, status=status)), 0.2) is None


def test_a_figure_of_what_has_begun_and_goes_on_is_one() -> None:
    course = replace(FREED, value=30, unit="officers", status="started")
    joined = figure(48, unit="officers", status="started")
    assert update_by(known(course), says(joined), 0.2) == Change("update", "figure", "30", "48", (1, 9))


def test_a_development_without_a_figure_is_not_updated_by_its_first() -> None:
    assert update_by(known(PLACE), says(figure(350)), 0.2) is None


def test_the_first_official_word_is_an_update_and_the_second_is_not() -> None:
    ministry = figure(200, source_type="government")
    assert update_by(known(), says(ministry), 0.2) == Change("update", "official", "200", "200", (1, 9))
    assert update_by(known(FREED, replace(ministry, id=5)), says(ministry), 0.2) is None


def test_a_copy_updates_only_where_it_is_the_wires_next_version() -> None:
    assert update_by(known(countries={"CN"}), says(countries={"CN", "KE"}, is_copy=True), 0.2) is None
    assert update_by(known(), says(figure(350), is_copy=True), 0.2) is not None


def test_a_further_country_and_a_further_batch_are_updates() -> None:
    assert update_by(known(countries={"CN"}), says(FREED, countries={"CN", "KE"}), 0.2) == Change(
        "update", "country", "CN", "KE"
    )
    assert update_by(known(editions={"batch:1"}), says(editions={"batch:1", "batch:2"}), 0.2) == Change(
        "update", "batch", "batch:1", "batch:2"
    )


def test_a_country_named_without_a_figure_is_no_update() -> None:
    assert update_by(known(countries={"CN"}), says(countries={"CN", "KE"}), 0.2) is None


def test_what_is_counted_in_another_unit_or_of_others_is_no_update() -> None:
    assert update_by(known(), says(figure(14, unit="vehicles")), 0.2) is None
    assert update_by(known(), says(figure(14, nationality="KE")), 0.2) is None


def test_an_edit_that_replaces_a_figure_is_a_correction() -> None:
    assert change_by_edit([FREED, PLACE], [figure(20), PLACE]) == Change("correction", "figure", "200", "20", (1, 9))


def test_an_edit_that_replaces_a_place_date_or_name_is_a_correction() -> None:
    moved = replace(PLACE, id=9, place="Orlin")
    assert change_by_edit([FREED, PLACE], [FREED, moved]) == Change("correction", "place", "Varlin", "Orlin", (2, 9))
    monday, tuesday = Stated(3, "date", event_date="2026-10-12"), Stated(4, "date", event_date="2026-10-13")
    assert change_by_edit([monday], [tuesday]) == Change("correction", "date", "2026-10-12", "2026-10-13", (3, 4))


def test_an_edit_that_adds_or_removes_is_no_correction() -> None:
    assert change_by_edit([FREED], [FREED, figure(14, unit="suspects")]) is None
    assert change_by_edit([FREED, PLACE], [PLACE]) is None


def test_a_figure_of_another_nationality_replaces_nothing() -> None:
    assert change_by_edit([FREED], [figure(20, nationality="KE")]) is None


def test_figures_are_shown_with_their_bounds() -> None:
    assert show_figure(figure(1200, bound="at_least")) == "at least 1,200"
    assert show_figure(figure(0.5)) == "0.5"
