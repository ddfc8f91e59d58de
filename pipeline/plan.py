"""What reprocessing will do: which replayed article and development is which of the record, and what is new or gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.engine import Connection

from pipeline.counterparts import Replayed, heirs, pair_articles, pair_developments
from pipeline.renewal import Ids
from pipeline.replay import Replay
from store import replays, rulings, threads

#: Ends of a page that say nothing of what it holds: its article stays as it is.
_UNREAD = ("failed", "retry")


@dataclass(frozen=True)
class Plan:
    """Numbers of the replay are `here`, those on record have no adjective."""

    ids: Ids
    groups: dict[int, list[int]]  # development here -> its articles here, as they were found
    loners: list[int]  # articles here that are in no development
    withdrawn: list[int]  # articles that are none any more
    home: dict[int, int]  # article -> development
    heirs: dict[int, int]  # development that no group is -> the group that takes most of it
    outside: frozenset[int] = field(default_factory=frozenset)  # articles here that were only read for company
    thread_heirs: dict[int, int] = field(default_factory=dict)  # thread that none is -> the one that takes most of it
    knows_threads: bool = True  # a replay of the last weeks knows nothing of the stages before them

    def moved(self) -> Iterator[tuple[int, int, int | None]]:
        """Articles that leave their development: article, development, group that takes them if one does."""
        for here, group in self._placed():
            article = self.ids.articles.get(here)
            if article in self.home and (group is None or self.ids.developments.get(group) != self.home[article]):
                yield article, self.home[article], group
        for article in self.withdrawn:
            if article in self.home:
                yield article, self.home[article], None

    def emptied(self) -> dict[int, int | None]:
        """Developments that no article is left of, with the group that each is one with now, if any."""
        gone = {article for article, _, _ in self.moved()}
        left = {development for article, development in self.home.items() if article not in gone}
        lost = {development for _, development, _ in self.moved()} - left - set(self.ids.developments.values())
        return {development: self.heirs.get(development) for development in sorted(lost)}

    def _placed(self) -> Iterator[tuple[int, int | None]]:
        for group, members in self.groups.items():
            yield from ((here, group) for here in members if here not in self.outside)
        yield from ((here, None) for here in self.loners if here not in self.outside)


def make(record: Connection, replay: Connection, replayed: Replay, since: datetime | None) -> Plan:
    """Compare what is on record with what the replay came to."""
    there, here = replays.standings(record), replays.standings(replay)
    pages_there, pages_here = replays.version_pages(record), replays.version_pages(replay)
    of_page = {page: article for article, pages in pages_there.items() for page in pages}
    first_of = {one.page_id: one.article_id for one in there}
    read = [
        Replayed(one.article_id, tuple(replayed.pages[page] for page in (one.page_id, *pages_here[one.article_id])))
        for one in here
    ]
    articles = pair_articles(read, first_of, of_page)
    home = {one.article_id: one.development_id for one in there if one.development_id is not None and one.is_shown}
    groups: dict[int, list[int]] = {}
    for one in here:
        if one.development_id is not None:
            groups.setdefault(one.development_id, []).append(one.article_id)
    known = {group: [articles[one] for one in members if one in articles] for group, members in groups.items()}
    developments = pair_developments(known, home, rulings.pinned(record))
    found_at = {one.article_id: one.found_at for one in there}
    paired_threads, thread_heirs = _threads(record, replay, developments)
    return Plan(
        ids=Ids(articles, developments, paired_threads, replayed.pages),
        groups=dict(sorted(groups.items())),
        loners=[one.article_id for one in here if one.development_id is None],
        withdrawn=_withdrawn(there, set(articles.values()), pages_there, replay, replayed, since),
        home=home,
        heirs=heirs(known, home, set(developments.values())),
        outside=frozenset(
            one.article_id
            for one in here
            if since is not None and found_at.get(articles.get(one.article_id, 0), one.found_at) < since
        ),
        thread_heirs=thread_heirs,
        knows_threads=since is None,
    )


def _threads(
    record: Connection, replay: Connection, paired: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Threads of the replay that are on record, and which takes over those on record that none is.

    A thread that analysts named goes by the same id in a replay. What the machine makes of the rest of it there is the
    same thread too.
    """
    named = {thread: thread for thread in threads.pins(replay).values() if thread is not None}
    groups: dict[int, list[int]] = {}
    for here, thread in threads.homes(replay).items():
        if here in paired and thread not in named:
            groups.setdefault(thread, []).append(paired[here])
    home = threads.homes(record)
    pairs = pair_developments(groups, home, {}) | named
    return pairs, heirs(groups, home, set(pairs.values()))


def _withdrawn(
    there: list[replays.Standing],
    paired: set[int],
    pages_there: dict[int, list[int]],
    replay: Connection,
    replayed: Replay,
    since: datetime | None,
) -> list[int]:
    """Articles whose pages were all read again and that no article came of."""
    ends = {replayed.pages[page]: state for page, state in replays.outcomes(replay).items()}
    gone = []
    for one in there:
        if not one.is_shown or one.article_id in paired or (since is not None and one.found_at < since):
            continue
        states = [ends.get(page) for page in {one.page_id, *pages_there.get(one.article_id, ())}]
        if all(state is not None and state not in _UNREAD for state in states):
            gone.append(one.article_id)
    return gone
