"""Kill a process that decides and delivers, at every named point and at random, over a stream of stories and updates.

    python benchmarks/crashes.py [--points 50] [--random 2000] [--minutes 60] [--seed 1]

Each process is real, forked from one that has everything loaded, works on one SQLite file, sends to a webhook and a
mail server on loopback, and dies of SIGKILL. Promised and counted: nothing lost, nothing decided twice, a copy only
with a try of unknown end, and no more of them on a channel than kills. Exit 1 where that is broken.
(benchmarks/kills.py kills the whole daemon, crawler and pipeline included.)
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.clock import utc_now
from core.faults import POINTS
from store import migrate
from store.engine import open_store
from tests.alerting import Newsroom
from tests.receivers import mailbox, webhook

MINE = [point for point in POINTS if point.startswith(("decide.", "deliver."))]


def work(url: str, folder: str, channels: dict[str, str], owner: str, fault: str) -> None:
    """One life: take over, decide, deliver. Runs in a child."""
    import structlog

    from alerts.config import Channel, OperatorConfig
    from alerts.run import Alerter

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    if fault:
        os.environ["NIGHTDESK_FAULT"] = fault
    store = open_store(url, Path(folder))
    opened = {name: Channel(url=address, storm_cap=1_000_000) for name, address in channels.items()}  # type: ignore[arg-type]
    desk = Alerter(store, opened, OperatorConfig(), utc_now, owner, seconds=10.0, downtime=timedelta(days=1))
    desk.recover()
    desk.decide()
    desk.deliver()
    store.close()


class Ordeal:
    """Lives and deaths on one database."""

    def __init__(self, room: Newsroom, place: tuple[str, str, dict[str, str]], dice: random.Random) -> None:
        self.room, self.place, self.dice = room, place, dice
        self.watch = room.watch(channels=tuple(place[2]), update_interval="0s")
        self.developments: list[int] = []
        self.updates = 0
        self.lives = 0
        self.ended: Counter[str] = Counter()
        self.longest = 0.5
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(
            ["alerts.senders.warm", "alerts.run", "tests.alerting", "tests.receivers", "store.migrate"]
        )

    def publish(self) -> None:
        """A story, and now and then an update of one."""
        if self.developments and self.dice.random() < 0.4:
            self.updates += 1
            old, new = str(self.updates * 1000), str(self.updates * 1000 + 500)
            self.room.change(self.dice.choice(self.developments), "update", what="figure", old=old, new=new)
        else:
            self.developments.append(self.room.story(self.watch))

    def live(self, fault: str = "", kill_within: float = 0.0) -> int:
        """One process, from start to whatever end; its exit code."""
        self.lives += 1
        begun = time.monotonic()
        child = self._context.Process(target=work, args=(*self.place, f"life:{self.lives}", fault))
        child.start()
        if kill_within:
            child.join(self.dice.uniform(0, kill_within))
            child.kill()
        child.join(600)  # a busy machine is no broken promise
        code = child.exitcode
        assert code is not None, "a life without an end"
        child.close()
        if code == 0:
            self.longest = 0.9 * self.longest + 0.1 * (time.monotonic() - begun)
        return code

    def at_point(self, point: str) -> None:
        for _ in range(self.dice.randint(1, 3)):
            self.publish()
        code = self.live(f"{point}:{self.dice.randint(1, 2)}")
        if code == 0:  # it was not passed so often
            self.publish()
            code = self.live(point)
        self.ended[f"{point} {'killed' if code == -signal.SIGKILL else 'survived' if code == 0 else code}"] += 1

    def at_random(self) -> None:
        self.publish()
        code = self.live(kill_within=self.longest * 1.2)
        self.ended[f"random {'killed' if code == -signal.SIGKILL else 'survived' if code == 0 else code}"] += 1


def verdict(room: Newsroom, received: dict[str, list[str]], kills: int, ordeal: Ordeal) -> list[str]:
    """What was broken; prints the figures."""

    def count(query: str) -> int:
        return int(room.rows(query)[0][0])

    broken = []
    doubtful = Counter(
        {
            row.channel: row.tries
            for row in room.rows(
                "SELECT d.channel, count(*) AS tries FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
                " WHERE a.outcome = 'unknown' OR a.outcome IS NULL GROUP BY d.channel"
            )
        }
    )
    unsent = count("SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'suppressed') AND channel <> 'console'")
    folded = count("SELECT count(*) FROM deliveries WHERE state = 'suppressed' AND reason NOT LIKE 'folded%'")
    untold = count(
        "SELECT count(*) FROM development_changes c WHERE NOT EXISTS (SELECT 1 FROM alerts a WHERE a.change_id = c.id)"
    )
    twice = count(
        "SELECT count(*) FROM (SELECT 1 FROM alerts GROUP BY watch_id, change_id HAVING count(*) > 1) AS twice"
    )
    print(f"changes never decided: {untold}; decided twice: {twice}; neither sent nor folded: {unsent + folded}")
    if untold or twice or unsent or folded:
        broken.append("lost or doubled")
    for name, keys in received.items():
        sent = {
            row[0]
            for row in room.rows(f"SELECT idempotency_key FROM deliveries WHERE channel = '{name}' AND state = 'sent'")
        }
        got = Counter(keys)
        lost, repeats = len(sent - got.keys()), len(keys) - len(got)
        print(f"{name}: {len(keys)} received, lost {lost}, repeats {repeats}, tries of unknown end {doubtful[name]}")
        if lost or repeats > min(doubtful[name], kills):
            broken.append(name)
    return broken


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--points", type=int, default=50)
    words.add_argument("--random", type=int, default=2000)
    words.add_argument("--minutes", type=float, default=0.0, help="stop early and judge what was done by then")
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    folder = tempfile.mkdtemp(prefix="nightdesk-crashes-")
    url = f"sqlite:///{folder}/nightdesk.db"
    store = open_store(url, Path(folder))
    migrate.upgrade(store, utc_now())
    dice = random.Random(asked.seed)
    with webhook() as hook, mailbox() as mail:
        room = Newsroom(store, utc_now)  # type: ignore[arg-type]
        channels = {"hook": hook.url, "mail": mail.url("desk@example.org")}
        ordeal = Ordeal(room, (url, folder, channels), dice)
        begun = time.monotonic()
        todo: list[Any] = [point for point in MINE for _ in range(asked.points)] + [None] * asked.random
        dice.shuffle(todo)
        for number, point in enumerate(todo, start=1):
            ordeal.at_random() if point is None else ordeal.at_point(point)
            if asked.minutes and time.monotonic() - begun > asked.minutes * 60:
                print(f"stopped after {number} of {len(todo)} lives, as was asked")
                break
            if number % 100 == 0:
                print(f"{number} of {len(todo)} lives, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        for _ in range(3):
            ordeal.live()
        kills = sum(times for name, times in ordeal.ended.items() if name.endswith("killed"))
        print(f"{ordeal.lives} lives, {kills} of them killed, in {time.monotonic() - begun:.0f} s, seed {asked.seed}")
        print(f"{len(ordeal.developments)} stories, {ordeal.updates} updates")
        for name, times in sorted(ordeal.ended.items()):
            print(f"  {name}: {times}")
        received = {
            "hook": [request.headers["idempotency-key"] for request in hook.requests],
            "mail": [str(one["message-id"])[1:].partition("@")[0] for one in mail.mails],
        }
        broken = verdict(room, received, kills, ordeal)
    store.close()
    strange = [name for name in ordeal.ended if not name.endswith(("killed", "survived"))]
    for one in [*broken, *strange]:
        print(f"BROKEN: {one}")
    return 1 if broken or strange else 0


if __name__ == "__main__":
    raise SystemExit(main())
