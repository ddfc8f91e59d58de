"""What became of one watch's interest in a development: told, on its way, or why not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.ids import show_id
from nightdesk.explain.mending import Mend
from nightdesk.explain.moments import when
from nightdesk.explain.record import Desk, Sending, WatchRecord

#: From the best end to the worst; where several watches have one, the first is the answer.
ORDER = ("told", "coming", "held", "dead", "suppressed", "waiting", "undecided", "dismissed", "passed", "past")
_SILENCED = re.compile(r"silenced by (s\d+)")
#: What would be told today, had it come today.
TODAY = frozenset({"told", "coming", "past"})


@dataclass(frozen=True)
class Fate:
    """Where the way of a watch's alert ended, or stands."""

    outcome: str
    sentence: str
    mend: tuple[str, ...] = ()


def fate_of(record: WatchRecord, desk: Desk) -> Fate | None:
    """None for a watch that nothing has fired."""
    by_state = {state: [one for one in record.sendings if one.state == state] for state in _SENDINGS}
    for state, tell in _SENDINGS.items():
        if by_state[state]:
            return tell(record, by_state[state], desk)
    decided = next((one for one in record.decided if one.kind == "new"), None) or next(iter(record.decided), None)
    if decided is not None and not decided.told:
        return _passed(record, decided.reason, decided.origin)
    if record.fired:
        return _open(record, record.open_because)
    return _fires_now(record) if record.fires_now else None


# -- deliveries -------------------------------------------------------------------------------------------------------


def _told(record: WatchRecord, sent: Sequence[Sending], desk: Desk) -> Fate:
    first = min(sent, key=lambda one: one.sent_at or one.created_at)
    channels = _all(dict.fromkeys(one.channel for one in sent))
    at = f" on {when(first.sent_at, desk.zone)}" if first.sent_at else ""
    return Fate("told", f"Told on {channels}{at} by {_named(record)}, alert {_alert(first)}.")


def _coming(record: WatchRecord, waiting: Sequence[Sending], desk: Desk) -> Fate:
    one = min(waiting, key=lambda sending: sending.not_before)
    if desk.trial:
        channels = _all(dict.fromkeys(sending.channel for sending in waiting))
        return Fate("coming", f"It would be told on {channels} by {_named(record)}.")
    at = when(one.not_before, desk.zone)
    alert = f"alert {_alert(one)} of {_named(record)}"
    if one.attempts and one.last_error:
        said = f"{one.channel} has not taken {alert} yet ({one.last_error}); the next try is on {at}."
        return Fate("coming", f"On its way: {said}", (f"if it lasts, run: nightdesk channels test {one.channel}",))
    if one.kind == "digest":
        which = (
            f"the next digest of {one.channel}: more came at once than its storm_cap, or after a time away"
            if one.of_channel
            else f"the digest that goes to {one.channel}"
        )
        return Fate("coming", f"On its way: {alert} waits until {at} for {which}.")
    return Fate("coming", f"On its way: {alert} goes to {one.channel} on {at}{_waits_for(one, record, desk)}.")


def _waits_for(one: Sending, record: WatchRecord, desk: Desk) -> str:
    span = one.not_before - one.created_at
    if one.reason:
        return f" ({one.reason})"
    if span <= timedelta(seconds=1):
        return ""
    if span <= record.watch.group_wait + timedelta(seconds=1):
        return " (group_wait)"
    if one.level == "update" and span <= record.watch.update_interval + timedelta(seconds=1):
        return " (update_interval)"
    hours = desk.quiet_hours.get(one.channel)
    return f" (quiet hours {hours})" if hours else ""


def _held(record: WatchRecord, unknown: Sequence[Sending], desk: Desk) -> Fate:
    one = unknown[0]
    sentence = (
        f"Held: nobody knows whether alert {_alert(one)} of {_named(record)} arrived on {one.channel}, and its"
        ' on_unknown = "hold" forbids a second copy.'
    )
    return Fate("held", sentence, (f'look there; on_unknown = "resend" in [channel.{one.channel}] risks a repeat',))


def _dead(record: WatchRecord, dead: Sequence[Sending], desk: Desk) -> Fate:
    one = dead[0]
    why = one.reason or one.last_error or "no reason was given"
    sentence = f"Not told: {one.channel} did not take alert {_alert(one)} of {_named(record)}: {_ended(why)}"
    return Fate("dead", sentence, (f"mend its address and run: nightdesk channels test {one.channel}",))


def _suppressed(record: WatchRecord, ended: Sequence[Sending], desk: Desk) -> Fate:
    one = ended[0]
    why = one.reason or "no reason was given"
    sentence = f"Not told: alert {_alert(one)} of {_named(record)} was not sent to {one.channel}: {_ended(why)}"
    if "configured" in why or "recipient" in why or "address" in why:
        return Fate("suppressed", sentence, (f"set [channel.{one.channel}] right, or give the watch other channels",))
    held_by = _SILENCED.match(why)
    if held_by is None:
        return Fate("suppressed", sentence)
    end = f"if it is no longer wanted: nightdesk silences end {held_by[1]}"
    return Fate("suppressed", sentence, (Mend(end, "end_silence", silence=held_by[1]),))


_SENDINGS = {
    "sent": _told,
    "leased": _coming,
    "pending": _coming,
    "unknown": _held,
    "dead": _dead,
    "suppressed": _suppressed,
}

# -- decisions --------------------------------------------------------------------------------------------------------


def _passed(record: WatchRecord, reason: str, origin: str) -> Fate:
    if origin == "baseline":
        said = "its source had it when it was first visited (baseline)"
        return Fate("past", f"Not told: {said}; {_named(record)} asks for it.")
    if origin == "backfill":
        return Fate("past", f"Not told: it was no news when it came; {_named(record)} asks for it.")
    if reason.startswith("older than the watch"):
        said = "is younger than this, or was edited after it; that tells nothing older"
        return Fate("past", f"Not told: {_named(record)} {said}.")
    if reason.startswith("not relevant"):
        return Fate("dismissed", f"Not told: {_ended(reason)} ({_named(record)})")
    return Fate("passed", f"Not told by {_named(record)}: {_ended(reason)}")


def _fires_now(record: WatchRecord) -> Fate:
    """It was read before the watch asked so; what is edited tells nothing older."""
    if record.would_wait:
        return _open(record, record.would_wait)
    return Fate("past", f"Not told: {_named(record)} asks for it now, and did not when it was read.")


def _open(record: WatchRecord, reason: str) -> Fate:
    """Its articles match and nothing is decided: the development as a whole lacks something, or nobody looked yet."""
    if "independent sources" in reason:
        least = record.watch.minimum_sources
        mend = f"wait for more, or lower minimum_sources of {_named(record)} (now {least})"
        return Fate("waiting", f"Not told yet: {_named(record)} asks for it, but {_sources(reason)}.", (mend,))
    if reason.startswith("not in "):
        mend = f"add the country to countries of {_named(record)}, or leave them out"
        return Fate("waiting", f"Not told yet: {_named(record)} asks for it, but it is {_ended(reason)}", (mend,))
    if reason:
        return _passed(record, reason, "")
    return Fate(
        "undecided",
        f"Not told yet: {_named(record)} asks for it, and nothing is decided so far.",
        ("nightdesk run decides within seconds; without a daemon run: nightdesk deliver",),
    )


def _sources(reason: str) -> str:
    """`1 independent sources of 2 so far` as a sentence has it."""
    have, _, rest = reason.partition(" independent sources of ")
    needs = rest.partition(" ")[0]
    return f"only {have} of {needs} independent sources report{'s' if have == '1' else ''} it so far"


def _named(record: WatchRecord) -> str:
    return f"the watch “{record.name}”"


def _alert(one: Sending) -> str:
    return show_id("alert", one.alert_id)


def _all(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "…")) else f"{sentence}."
