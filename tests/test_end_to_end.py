"""From a feed on loopback to a webhook and a mailbox, through the real program."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.faults import POINTS
from store import lock
from store.engine import open_store
from tests.desk import Desk, run_command
from tests.newsdesk import OFF_TOPIC, matching, write_config
from tests.postgres import Postgres
from tests.receivers import Mailbox, Webhook, mailbox, webhook
from tests.site import Site

_PATIENCE = 45.0
_PATIENCE_AFTER_KILLS = 180.0  # a start and all that the killed ones left, on a machine with other work


@dataclass
class Place:
    """A site, two receivers and a configuration that joins them."""

    site: Site
    hook: Webhook
    mail: Mailbox
    config: Path

    def publish(self, number: int) -> str:
        story = matching(number)
        return self.site.publish(story.slug, story.title, story.text)

    def hooked(self) -> list[str]:
        """Addresses of the articles that the webhook was told of, in order."""
        return [request.json["nightdesk"]["stories"][0]["url"] for request in self.hook.requests]

    def wait_for(self, count: int, patience: float = _PATIENCE) -> None:
        """Until both receivers have so many messages of different content; fails after `patience` seconds."""
        deadline = time.monotonic() + patience
        enough = threading.Event()
        while not enough.wait(0.05):
            if len(set(self.hooked())) >= count and len({mail["subject"] for mail in self.mail.mails}) >= count:
                return
            assert time.monotonic() < deadline, f"waited for {count}: {self.hooked()} {len(self.mail.mails)} mails"


@contextlib.contextmanager
def place(folder: Path, database: str = "") -> Iterator[Place]:
    with Site() as site, webhook() as hook, mailbox() as mail:
        hook_url = hook.url.replace("http://", "json://")
        config = write_config(folder, site, hook_url, mail.url("desk@example.org"), database)
        yield Place(site, hook, mail, config)


@pytest.fixture
def newsdesk(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as made:
        yield made


def _baseline(newsdesk: Place, desk: Desk) -> None:
    """Let the first visit be committed, with two stories in it that must alert nobody."""
    desk.wait_for_all("ready", "baseline_taken")


def _exactly_the_matching_developments_arrive(newsdesk: Place) -> None:
    newsdesk.publish(100)
    with Desk(newsdesk.config) as desk:
        _baseline(newsdesk, desk)
        newsdesk.site.publish(OFF_TOPIC.slug, OFF_TOPIC.title, OFF_TOPIC.text)
        urls = [newsdesk.publish(number) for number in range(3)]
        newsdesk.wait_for(3)
        assert desk.stop() == 0
    assert sorted(newsdesk.hooked()) == sorted(urls)
    assert len(newsdesk.mail.mails) == 3


def test_exactly_the_matching_developments_arrive_once_each(newsdesk: Place) -> None:
    _exactly_the_matching_developments_arrive(newsdesk)


@pytest.mark.slow
def test_the_same_holds_on_postgres(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.database(empty=True) as url, place(tmp_path, url) as newsdesk:
        _exactly_the_matching_developments_arrive(newsdesk)


def test_a_daemon_exits_75_where_another_is_and_names_it(newsdesk: Place) -> None:
    data = newsdesk.config.parent / "data"
    store = open_store(f"sqlite:///{data}/nightdesk.db", data)
    held = lock.hold(store, "nightdesk run, pid 4711 on another")
    refused = run_command(newsdesk.config, "run")
    held.release()
    store.close()
    assert (refused.returncode, "pid 4711 on another" in refused.stderr) == (75, True)


@pytest.mark.slow
def test_a_second_daemon_exits_75_and_names_the_first_which_sigterm_ends_with_exit_0(newsdesk: Place) -> None:
    with Desk(newsdesk.config) as first:
        first.wait_for("ready")
        second = run_command(newsdesk.config, "run")
        assert second.returncode == 75
        assert str(first.process.pid) in second.stderr
        assert first.stop() == 0


@pytest.mark.slow
def test_after_kill_9_no_child_lives_on_and_the_next_start_succeeds_at_once(newsdesk: Place) -> None:
    newsdesk.publish(100)
    with Desk(newsdesk.config) as desk:
        _baseline(newsdesk, desk)
        newsdesk.publish(0)
        newsdesk.wait_for(1)
        group = os.getpgid(desk.process.pid)
        desk.kill()
        _wait_until_gone(group)
    with Desk(newsdesk.config) as desk:
        desk.wait_for("ready")
        assert desk.stop() == 0


def _wait_until_gone(group: int) -> None:
    deadline = time.monotonic() + 10
    pause = threading.Event()
    while not pause.wait(0.05):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < deadline, "a child works on after its parent was killed"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_at_every_named_point_nothing_is_lost(newsdesk: Place) -> None:
    _survive(newsdesk, list(POINTS))


def _survive(newsdesk: Place, points: list[str]) -> None:
    """A story for each point, the daemon killed there, and in the end every story told and every repeat explained."""
    newsdesk.publish(100)
    with Desk(newsdesk.config) as desk:
        _baseline(newsdesk, desk)
        assert desk.stop() == 0
    survived = []
    for number, point in enumerate(points):
        newsdesk.publish(number)
        with Desk(newsdesk.config, env={"NIGHTDESK_FAULT": point}) as desk:
            if desk.ended() != -signal.SIGKILL:
                survived.append(point)
    with Desk(newsdesk.config) as desk:
        newsdesk.wait_for(len(points), _PATIENCE_AFTER_KILLS)
        assert desk.stop() == 0
    assert survived == []
    _everything_is_accounted_for(newsdesk, len(points), kills=len(points))


def _everything_is_accounted_for(newsdesk: Place, published: int, kills: int) -> None:
    told = newsdesk.hooked()
    assert len(set(told)) == published
    with contextlib.closing(sqlite3.connect(newsdesk.config.parent / "data" / "nightdesk.db")) as db:
        states = dict(db.execute("SELECT state, count(*) FROM deliveries GROUP BY state"))
        doubtful = dict(
            db.execute(
                "SELECT d.channel, count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
                " WHERE a.outcome IS NULL OR a.outcome IN ('unknown', 'interrupted') GROUP BY d.channel"
            )
        )
        decisions = db.execute("SELECT count(*), count(DISTINCT change_id) FROM alerts").fetchone()
    assert set(states) <= {"sent", "suppressed"}
    assert decisions[0] == decisions[1] == published
    # A repeat needs an attempt whose end nobody saw; a kill makes at most one per channel.
    assert len(told) - published <= doubtful.get("hook", 0) <= kills
    assert len(newsdesk.mail.mails) - published <= doubtful.get("mail", 0) <= kills


@pytest.mark.slow
def test_a_reload_applies_what_is_valid_and_leaves_the_old_in_force_otherwise(newsdesk: Place) -> None:
    written = newsdesk.config.read_text(encoding="utf-8")
    third = '[[watch]]\nname = "second"\ntopics = ["scam_centres"]\ngroup_wait = "0s"\nchannels = ["third"]\n'
    third += f'[channel.third]\nwelcome = false\nurl = "{newsdesk.hook.url}3"\n'
    with Desk(newsdesk.config) as desk:
        _baseline(newsdesk, desk)
        newsdesk.config.write_text(f"{written}\n[chanel]\n", encoding="utf-8")
        assert run_command(newsdesk.config, "reload").returncode == 78
        desk.process.send_signal(signal.SIGHUP)
        assert "chanel" in str(desk.wait_for("configuration_refused")["mistakes"])
        newsdesk.config.write_text(written.replace("desk@example.org", "news@example.org") + third, encoding="utf-8")
        assert run_command(newsdesk.config, "reload").returncode == 0
        desk.wait_for("configuration_applied")
        newsdesk.publish(0)
        newsdesk.wait_for(1)
        assert desk.stop() == 0
    assert "/hook3" in {request.path for request in newsdesk.hook.requests}
    assert set(newsdesk.mail.recipients) == {"news@example.org"}
    assert run_command(newsdesk.config, "reload").returncode == 1
