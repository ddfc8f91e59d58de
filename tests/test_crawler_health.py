"""How a source's state follows its visits, what stands behind a failure, and when the operator hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler import suspects
from crawler.answer import Answer
from crawler.causes import CAUSES, cause_of
from crawler.feeds import Entry
from crawler.habits import Habits, beats_of, minute_of, silence_limit, usual_gap, with_beats
from crawler.health import Standing, after_failure, after_success, move_notice, notices
from crawler.remember import Remembered, Visit, after_visit
from crawler.source import Source
from crawler.visit import conditions, keyed, new_among
from store.pages import SourceDue

NOW = datetime(2026, 10, 13, 6, tzinfo=UTC)
DAY = 24 * 60  # minutes, as gaps are
SOURCE = Source.model_validate({"name": "post", "url": "https://example.org/rss"})


def fail(*errors: str, before: Standing | None = None) -> Standing:
    standing = before or Standing("ok")
    for error in errors:
        standing = after_failure(standing, error)
    return standing


def beating(every: timedelta, beats: int = 600, until: datetime = NOW) -> Habits:
    return with_beats(Habits(), [minute_of(until - every * number) for number in range(beats)])


# states


def test_one_failure_degrades_and_three_are_no_chance() -> None:
    assert fail("http_404").state == "degraded"
    assert fail("http_404", "http_404").state == "degraded"
    assert fail("http_404", "http_404", "http_404") == Standing("failing", "http_404", 3, 3.0)


def test_passing_trouble_needs_twice_as_many() -> None:
    assert fail(*["timeout"] * 5).state == "degraded"
    assert fail(*["timeout"] * 6).state == "failing"


def test_a_source_that_never_worked_is_unproven_until_it_fails_for_certain() -> None:
    new = Standing()
    assert fail("http_403", before=new).state == "unproven"
    assert fail(*["http_403"] * 3, before=new).state == "failing"


def test_success_after_failing_is_recovered_for_a_while() -> None:
    states, standing = [], fail(*["dns"] * 3)
    for _ in range(3):
        standing = after_success(standing, None, Habits(), NOW)
        states.append(standing.state)
    assert states == ["recovered", "recovered", "ok"]


def test_a_list_that_is_empty_three_times_fails_and_is_visited_as_before() -> None:
    standing = Standing("ok")
    for _ in range(3):
        standing = after_success(standing, "empty", Habits(), NOW)
    assert (standing.state, standing.cause, standing.failures) == ("failing", "empty", 0)


def test_an_oddity_degrades_and_goes_with_its_cause() -> None:
    odd = after_success(Standing("ok"), "links_alike", Habits(), NOW)
    assert (odd.state, odd.cause) == ("degraded", "links_alike")
    assert after_success(odd, None, Habits(), NOW).state == "ok"


# silence


def test_a_busy_source_is_silent_after_a_day() -> None:
    habits = beating(timedelta(minutes=20))
    ok = Standing("ok")
    assert after_success(ok, None, habits, NOW + timedelta(hours=23)).state == "ok"
    assert after_success(ok, None, habits, NOW + timedelta(hours=24)).state == "silent"


def test_a_weekly_source_may_be_quiet_for_weeks_but_not_for_ever() -> None:
    habits = beating(timedelta(days=7))
    assert after_success(Standing("ok"), None, habits, NOW + timedelta(days=16)).state == "ok"
    assert after_success(Standing("ok"), None, habits, NOW + timedelta(days=28)).state == "silent"


def test_nights_and_weekends_are_no_silence() -> None:
    monday = datetime(2026, 8, 3, tzinfo=UTC)
    working = [monday + timedelta(days=day, hours=hour) for day in range(60) for hour in range(9, 18) if day % 7 < 5]
    limit = silence_limit(with_beats(Habits(), [minute_of(one) for one in working]).gaps)
    assert limit is not None and timedelta(hours=64) < limit <= timedelta(hours=64) * 1.25


def test_a_source_whose_rhythm_is_not_known_is_never_called_silent() -> None:
    habits = beating(timedelta(hours=1), beats=4)
    assert after_success(Standing("ok"), None, habits, NOW + timedelta(days=300)).state == "ok"


def test_the_limit_is_between_a_day_and_four_usual_gaps() -> None:
    assert silence_limit([60] * 200) == timedelta(days=1)
    assert silence_limit([60] * 50) == timedelta(hours=84)  # its weekend was not seen yet
    gaps = [DAY, 2 * DAY, 3 * DAY] * 20
    limit, usual = silence_limit(gaps), usual_gap(gaps)
    assert limit is not None and usual is not None and limit <= 4 * usual


def test_a_long_silence_does_not_teach_to_wait() -> None:
    habits = beating(timedelta(hours=1))
    back = with_beats(habits, [minute_of(NOW + timedelta(days=30))])
    assert max(back.gaps) == DAY


def test_a_flood_is_one_beat_and_an_old_date_is_news_of_now() -> None:
    old = [NOW - timedelta(days=days) for days in range(3, 300)]
    assert beats_of(old, NOW - timedelta(hours=1), NOW) == [minute_of(NOW)]
    assert len(beats_of(old, None, NOW)) == 297
    assert beats_of([None], None, NOW) == []


def test_habits_survive_being_kept() -> None:
    habits = replace(beating(timedelta(hours=3)), cap_s=60.0, skip_hours=(1, 2), moved_to="https://example.org/x")
    assert Habits.of(habits.as_json()) == habits
    assert Habits().as_json() == {}
    assert Habits.of({"of_a_later_version": 1}) == Habits()


# what the operator hears


def test_a_change_is_told_once_and_its_end_once() -> None:
    told, standing = [], Standing("ok")
    for error in ["http_404"] * 6:
        after = after_failure(standing, error)
        told += notices(standing, after, Habits(), NOW)
        standing = after
    assert [(one.kind, one.severity, one.cause) for one in told] == [("source_failing", "daily", "moved")]
    over = after_success(standing, None, Habits(), NOW)
    assert [(one.kind, one.detail) for one in notices(standing, over, Habits(), NOW)] == [("source_failing", None)]


def test_the_notice_of_silence_says_for_how_long() -> None:
    habits, later = beating(timedelta(hours=1)), NOW + timedelta(hours=30)
    after = after_success(Standing("ok"), None, habits, later)
    (notice,) = notices(Standing("ok"), after, habits, later)
    assert notice.detail is not None and "for 30 hours; by its own rhythm 24 hours is the most" in notice.detail


def test_a_move_is_proposed_when_it_was_seen_three_times() -> None:
    seen = [Habits(moved_to="https://example.org/new", moved=times) for times in range(4)]
    assert move_notice(seen[1], seen[2]) is None
    notice = move_notice(seen[2], seen[3])
    assert notice is not None and 'url = "https://example.org/new"' in (notice.detail or "")
    assert move_notice(seen[3], seen[3]) is None


def test_every_cause_says_what_it_is_and_what_to_do() -> None:
    for cause in CAUSES.values():
        assert cause.words and not cause.words.endswith(".") and cause.advice.endswith("."), cause.code
    assert cause_of("http_503").group == "troubled"
    assert cause_of("listing_empty").code == "empty"
    assert cause_of("feed_empty").code == "empty_answer"
    assert cause_of("of_tomorrow").words == "it cannot be read (of tomorrow)"


# what is in the way


def html(title: str, body: str = "", heading: str = "") -> bytes:
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><h1>{heading}</h1>{body}</body></html>".encode()
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (html("Just a moment..."), "challenge"),
        (html("Please wait", "<script src='/cdn-cgi/challenge-platform/h/b/x'></script>"), "challenge"),
        (html("安全验证"), "challenge"),
        (html("Before you continue to the news"), "consent_wall"),
        (html("Harbour Post", heading="404"), "soft_404"),
        (html("ไม่พบหน้าที่คุณต้องการ"), "soft_404"),
        (html("找不到頁面 - 海港報"), "soft_404"),
        (html("Halaman tidak ditemukan"), "soft_404"),
        (html("harbour-post.example", "This domain is for sale"), "parked"),
        (html("Sign in", '<form><input type="password"></form>'), "login"),
        (html("Harbour Post: news of the coast", "<p>Police freed forty people.</p>"), None),
        (
            html("Captcha farms raided", "<p>" + "Police freed forty people. " * 100 + "/cdn-cgi/challenge-platform/"),
            None,
        ),
        (b"\x00\xff<title>", None),
    ],
)
def test_what_is_in_the_way_is_recognised(body: bytes, code: str | None) -> None:
    assert suspects.recognise(body, url="https://example.org/rss") == code


def test_a_redirect_tells_of_walls_and_of_moved_lists() -> None:
    asked, page = "https://example.org/rss", html("Harbour Post")
    assert suspects.recognise(page, url=asked, final_url="https://consent.google.com/x?y=1") == "consent_wall"
    assert suspects.recognise(page, url=asked, final_url="https://example.org/") == "home_page"
    assert suspects.recognise(page, url=asked, final_url="https://example.org/feed.xml") is None


# a visit and what is kept of it


def entry(number: int, published: datetime | None = None, url: str = "") -> Entry:
    return Entry(f"g{number}", url or f"https://example.org/{number}", f"Title {number}", None, None, published)


def visit(
    entries: Iterable[Entry] = (),
    *,
    before: Remembered | None = None,
    known: Iterable[int] = (),
    now: datetime = NOW,
    error: str | None = None,
    answer: Answer | None = None,
    source: Source = SOURCE,
) -> Remembered:
    """One visit after another, without a store."""
    state = dict(before.state) if before else {}
    fields = {name: state[name] for name in SourceDue.__dataclass_fields__ if state.get(name) is not None}
    due = SourceDue(1, "post", {}, **fields)
    answer = answer or Answer(SOURCE.url, SOURCE.url, 200, {}, b"<rss>")
    found = keyed(entries, SOURCE)
    seen = Visit(due, source, now, answer, error=error, sha256=str(now), entries=len(found), keyed=found)
    keys = {key: None for one in keyed([entry(number) for number in known], SOURCE) for key in one.keys}
    first = due.baseline_at is None and error is None
    after = after_visit(seen, due, new_among(found, keys, now), first, now)
    return Remembered(state | after.state, after.notices)


def test_two_visits_without_overlap_are_a_finding_and_tighten_the_pace() -> None:
    first = visit([entry(number, NOW) for number in range(5)])
    later = NOW + timedelta(hours=2)
    second = visit([entry(number, later) for number in range(10, 15)], before=first, known=range(5), now=later)
    assert [one.kind for one in second.notices] == ["items_missed"]
    assert second.state["next_visit_at"] - later <= timedelta(minutes=33)


def test_an_overlap_is_no_finding() -> None:
    first = visit([entry(number, NOW) for number in range(5)])
    second = visit([entry(number, NOW) for number in range(3, 8)], before=first, known=range(5), now=NOW)
    assert second.notices == ()


def test_a_source_that_is_excused_from_a_rule_is_named_until_it_is_not() -> None:
    lax = SOURCE.model_copy(update={"obey_robots": False, "verify_tls": False})
    first = visit(source=lax, answer=Answer(SOURCE.url, SOURCE.url, 304))
    (told,) = [one for one in first.notices if one.kind == "source_exception"]
    assert told.severity == "weekly" and told.detail is not None
    assert "obey_robots = false" in told.detail and "verify_tls = false" in told.detail
    second = visit(before=first, error="timeout")
    (over,) = [one for one in second.notices if one.kind == "source_exception"]
    assert over.detail is None
    assert [one for one in visit(before=second).notices if one.kind == "source_exception"] == []


def test_links_that_are_all_alike_are_named() -> None:
    seen = visit([entry(number, NOW, "https://example.org/news") for number in range(6)])
    assert (seen.state["state"], seen.state["cause"]) == ("degraded", "links_alike")
    assert [(one.kind, one.severity) for one in seen.notices] == [("source_odd", "weekly")]


def test_dates_that_stand_still_while_entries_come_are_named() -> None:
    seen = visit([entry(1, NOW)])
    for number in range(2, 5):
        now = NOW + timedelta(hours=number)
        seen = visit([entry(number, NOW), entry(number - 1, NOW)], before=seen, known=range(number), now=now)
    assert seen.state["cause"] == "dates_stopped"


def test_a_challenge_behind_a_refusal_is_named() -> None:
    body = html("Just a moment...")
    seen = visit(error="http_403", answer=Answer(SOURCE.url, SOURCE.url, 403, {}, body))
    assert (seen.state["cause"], seen.state["last_error"]) == ("challenge", "http_403")


def test_an_unchanged_list_keeps_its_oddity() -> None:
    alike = visit([entry(number, NOW, "https://example.org/news") for number in range(6)])
    same = visit(before=alike, answer=Answer(SOURCE.url, SOURCE.url, 304))
    assert same.state["cause"] == "links_alike"


def test_validators_that_lie_are_sent_no_more() -> None:
    first = visit([entry(1, NOW)], answer=Answer(SOURCE.url, SOURCE.url, 200, {"etag": '"a"'}, b"<rss>"))
    later = NOW + timedelta(hours=25)
    answer = Answer(SOURCE.url, SOURCE.url, 200, {"etag": '"a"'}, b"<rss> ")
    second = visit([entry(2, later), entry(1, NOW)], before=first, known=[1], now=later, answer=answer)
    due = SourceDue(1, "post", {}, etag='"a"', last_full_at=later, memory=second.state["memory"])
    assert conditions(due, later) == {}


def test_a_source_that_is_quiet_by_its_own_rhythm_is_visited_at_the_limit() -> None:
    seen = visit([entry(number, NOW - timedelta(hours=2 * number)) for number in range(110)])
    quiet = visit([entry(0)], before=seen, known=range(110), now=NOW + timedelta(hours=23, minutes=30))
    assert quiet.state["next_visit_at"] == NOW + timedelta(hours=24, minutes=1)


def test_hours_of_time_outs_are_no_death() -> None:
    standing = Standing("ok")
    for _ in range(20):
        standing = after_failure(standing, "timeout", timedelta(hours=3))
    assert standing.state == "degraded"
    assert after_failure(standing, "timeout", timedelta(hours=6)).state == "failing"
