"""The first hour: what shows that the desk works, step by step, each with the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from alerts.config import CONSOLE
from alerts.watches import readable
from nightdesk.config import Config
from store import definitions, firsts, people


@dataclass(frozen=True)
class Step:
    """One line of the list. `command` is for what no page does."""

    title: str
    done: bool | None  # none: the desk cannot know
    says: str
    link: str = ""
    label: str = ""
    command: str = ""


def steps(db: Connection, config: Config) -> list[Step]:
    """In the order in which one takes them."""
    return [*_finding(db), *_telling(db, config), *_keeping(db, config)]


def _finding(db: Connection) -> Iterator[Step]:
    known, read = firsts.sources_read(db)
    said = f"{read} of {known} were read at least once; what each had then is its baseline, and tells nobody."
    yield Step("Sources are reached", read > 0, said if known else "No source is visited yet.", "/sources", "Sources")
    newest = firsts.any_development(db)
    found = "The desk shows what was found." if newest else "The first comes with the first news that is on a topic."
    yield Step("A development is found", newest is not None, found, "/", "The desk")


def _telling(db: Connection, config: Config) -> Iterator[Step]:
    watches = [watch for _, watch in readable(definitions.active_watches(db))]
    told = [watch for watch in watches if set(watch.channels) - {CONSOLE}]
    if told:
        says = f"{len(told)} of {len(watches)} watches tell a channel."
    elif config.channels:
        says = "A watch is a question with somebody to tell: make one, and tick a channel."
    else:
        says = "There is no channel but the daemon's terminal; the configuration names them, as [channel.desk]."
    yield Step("A watch tells a channel", bool(told), says, "/new-watch" if not told else "/watches", "Watches")
    tested = firsts.was_sent(db, ("test",))
    where = f"/watches/{told[0].name}" if told else "/watches"
    asked = "It arrived." if tested else "Each watch's page sends one, and says what the service answered."
    yield Step("A test message arrived", tested, asked, where, "Send one")
    alerted = firsts.was_sent(db, ("alert", "digest", "correction"))
    first = "It is in the log." if alerted else "It comes with the first development that fits a watch."
    yield Step("An alert was told", alerted, first, "/alerts", "Alerts")


def _keeping(db: Connection, config: Config) -> Iterator[Step]:
    own = [row.name for row in people.everybody(db) if row.removed_at is None and row.password]
    says = f"{len(own)} log in with passwords of their own." if own else "So far all share one password, or none."
    yield Step("People have logins of their own", bool(own), says, "/people", "People")
    heard = bool(config.operator.channels)
    finding = "Findings go to " + ", ".join(config.operator.channels) + "." if heard else "Set channels in [operator]."
    yield Step("Somebody hears what is wrong", heard, finding, command="nightdesk doctor")
    beats = bool(config.operator.heartbeat.get_secret_value())
    beat = "It is pinged each minute." if beats else "Set heartbeat in [operator]: it tells you when the desk is down."
    yield Step("Something watches the desk from outside", beats, beat)
    copies = "The desk cannot see your copies; make one now and then, and try it."
    yield Step("There is a backup", None, copies, command="nightdesk db backup FILE")
