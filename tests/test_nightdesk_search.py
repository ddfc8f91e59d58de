"""A page of search results: newest or best first, page after page, with facets, on both engines."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import QueryError, UsageError
from nightdesk.cli.main import run
from nightdesk.listing import Filters
from nightdesk.search import Found, Question, facets, find
from store import facets as counting
from store import proposals
from store import search as searching
from store.engine import Store
from store.search import RANKED_AMONG
from tests.test_store_search import NOW, add_article, fill

EVERYWHERE = "120 OR police OR 首相 OR 河城"
#: Newest first. The word stands in the text, in the headline, in both, far down, and nowhere.
FLOODS = {
    "late": ("Town news", "Ferry. " * 120 + "After it a flood came."),
    "text": ("Weather", "A flood came in the night."),
    "title": ("Flood at the ferry", "Boats lie at the quay."),
    "both": ("Flood takes the ferry", "The flood came in the night."),
    "none": ("Market day", "Mangoes are cheap."),
}


def pages(store: Store, written: str, size: int, *, ranked: bool = False) -> list[list[int]]:
    """Every page of a search, by following its cursors."""
    found: list[list[int]] = []
    after = ""
    while True:
        with store.read() as db:
            page = find(db, Question(written, Filters(limit=size), ranked, after))
        found.append([hit.row["id"] for hit in page.hits])
        if not page.next:
            return found
        after = page.next


@pytest.mark.parametrize("ranked", [False, True])
def test_pages_follow_each_other_without_a_gap(store: Store, ranked: bool) -> None:
    fill(store)
    (whole,) = pages(store, EVERYWHERE, 50, ranked=ranked)
    parts = pages(store, EVERYWHERE, 4, ranked=ranked)
    assert [len(part) for part in parts] == [4, 4, 3]
    assert [number for part in parts for number in part] == whole


@pytest.mark.parametrize("ranked", [False, True])
def test_news_between_two_pages_shifts_nothing(store: Store, ranked: bool) -> None:
    fill(store)
    (whole,) = pages(store, EVERYWHERE, 50, ranked=ranked)
    with store.read() as db:
        first = find(db, Question(EVERYWHERE, Filters(limit=4), ranked))
    with store.write() as db:
        add_article(db, "new", "Police raid 120", "Police.", "de", NOW + timedelta(hours=1))
    with store.read() as db:
        second = find(db, Question(EVERYWHERE, Filters(limit=4), ranked, first.next))
    assert [hit.row["id"] for hit in (*first.hits, *second.hits)] == whole[:8]


def test_the_best_come_first_and_equals_stay_newest_first(store: Store) -> None:
    names = fill(store, FLOODS)
    with store.read() as db:
        newest = find(db, Question("flood OR ferry"))
        best = find(db, Question("flood", ranked=True))
    assert [names[hit.row["id"]] for hit in newest.hits] == ["late", "text", "title", "both"]
    assert [names[hit.row["id"]] for hit in best.hits] == ["both", "title", "text", "late"]


def test_a_search_without_words_keeps_the_newest_first_when_ranked(store: Store) -> None:
    fill(store)
    with store.read() as db:
        assert find(db, Question("lang:zh", ranked=True)) == find(db, Question("lang:zh"))


def test_a_hit_is_its_row_with_a_marked_snippet(store: Store) -> None:
    fill(store)
    with store.read() as db:
        (hit,) = find(db, Question("首相 北京")).hits
    row = hit.as_row()
    assert row["title"] == "河城电诈园区被清剿" and row["source"] == "post"
    assert "[北京]" in row["snippet"] and "[首相]" in row["snippet"]


def test_an_empty_question_lists_what_the_filters_leave(store: Store) -> None:
    names = fill(store)
    with store.read() as db:
        found = find(db, Question(" ", Filters(lang="zh")))
    assert [names[hit.row["id"]] for hit in found.hits] == ["zh", "zh-Hant"]


@pytest.mark.parametrize(
    ("ranked", "after"), [(False, "r99-4"), (True, "n99"), (False, "99"), (True, f"r99-{RANKED_AMONG}"), (False, "n")]
)
def test_a_cursor_of_another_search_is_refused(store: Store, ranked: bool, after: str) -> None:
    with store.read() as db, pytest.raises(UsageError):
        find(db, Question("police", ranked=ranked, after=after))


@pytest.mark.parametrize(
    ("written", "position"),
    [("police AND (raid", 11), ("police colour:red", 7), ("NOT police", 4), ('"raid', 0), ("poli*ce", 4)],
)
def test_a_mistake_is_shown_at_its_place(store: Store, written: str, position: int) -> None:
    with store.read() as db:
        for ask in (find, facets):
            with pytest.raises(QueryError) as refused:
                ask(db, Question(written))
            assert refused.value.position == position


@pytest.mark.parametrize(
    "written",
    [
        "police",  # told by the index alone
        '"police freed"',  # judged by each text
    ],
)
def test_facets_count_every_hit(store: Store, written: str) -> None:
    fill(store)
    with store.read() as db:
        counted = facets(db, Question(f"{written} OR 首相"))
    judged = written.startswith('"')
    assert counted.whole and counted.articles == (3 if judged else 4)
    assert counted.counts == {
        "topic": {"scam_centres": 1},
        "event": {"raid": 1},
        "country": {"MM": 1},
        "source": {"post": 2},
        "language": {"en": 1, "ja": 1, "zh": 1} | ({} if judged else {"en-us": 1}),
        "month": {"2026-10": counted.articles},
    }


def test_facets_say_where_only_the_newest_were_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    monkeypatch.setattr(counting, "COUNTED", 2)
    with store.read() as db:
        counted = facets(db, Question("园区 OR 首相 OR 北京 OR 120"))
    assert (counted.articles, counted.whole) == (2, False)
    assert list(counted.counts["language"]) == ["th", "zh"]


def test_of_a_common_word_the_newest_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    with store.read() as db:
        whole = facets(db, Question("police"))
        (newest, *others) = find(db, Question("police")).hits
        monkeypatch.setattr(counting, "TOLD", 1)
        counted = facets(db, Question("police"))
    assert whole.whole and whole.articles == len(others) + 1 > 1
    assert (counted.articles, counted.whole) == (1, False)
    assert counted.counts["language"] == {newest.row["language"]: 1}


def test_facets_judge_texts_too_long_for_their_places(store: Store) -> None:
    texts = {"long": ("A long text", "raid " * 400 + " omega"), "short": ("Omega", "A raid.")}
    fill(store, texts)
    with store.read() as db:
        assert facets(db, Question("raid")).articles == 2
        assert facets(db, Question("title:omega")).articles == 1


def test_the_search_goes_on_where_the_newest_part_has_too_few(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "_WALK", 1)
    monkeypatch.setattr(proposals, "_FIRST_STRIDE", 2)
    monkeypatch.setattr(proposals, "_LONGER", 2)
    monkeypatch.setattr(searching, "_LOOKED_INTO", 1)
    monkeypatch.setattr(searching, "_MORE_FOR_EACH_HIT", 0)
    names = fill(store)
    for written in ("police OR 首相 OR 120", "محرر OR 警方", "lang:ko OR lang:ar"):
        with store.read() as db:
            found = [names[hit.row["id"]] for hit in find(db, Question(written)).hits]
        assert found == [name for name in names.values() if name in found] and len(found) >= 2


def command(store: Store, folder: Path, *words: str) -> int:
    url = store.url.set(drivername=store.url.get_backend_name()).render_as_string(False)
    path = folder / "asked.toml"
    path.write_text(f'[crawl]\nsources = []\n[database]\nurl = "{url}"\n')
    return run(["--config", str(path), "search", *words])


def test_the_command_prints_a_page_and_how_to_go_on(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(store)
    assert command(store, tmp_path, "police", "--limit", "1", "--format", "jsonl") == 0
    first = capsys.readouterr()
    cursor = first.err.strip().removeprefix("there is more: --after ")
    assert command(store, tmp_path, "police", "--limit", "1", "--format", "jsonl", "--after", cursor) == 0
    second = capsys.readouterr()
    found = [json.loads(out.out) for out in (first, second)]
    assert [row["language"] for row in found] == ["en", "en-us"]
    assert "[Police]" in found[0]["snippet"] and second.err == ""


def test_the_command_counts_instead_of_listing(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(store)
    assert command(store, tmp_path, "police", "--facets", "--format", "csv") == 0
    said = capsys.readouterr()
    assert '"language","en","1"' in said.out and said.err == "2 articles counted\n"
    assert command(store, tmp_path, "police", "--facets", "--format", "table") == 0
    assert "scam_centres" in capsys.readouterr().out
    assert command(store, tmp_path, "police", "--facets", "--rank") == 2


def test_nothing_found_is_a_page_without_hits(store: Store) -> None:
    with store.read() as db:
        assert find(db, Question("xyzzy", ranked=True)) == find(db, Question("xyzzy")) == Found(())
        assert facets(db, Question("xyzzy")).articles == 0
        assert db.scalar(sa.text("SELECT count(*) FROM articles_v")) == 0
