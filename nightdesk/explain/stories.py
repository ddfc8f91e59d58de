"""Each watch at length: its sentence, what failed and what held with places and quotes, decisions, deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from core.clock import iso
from nightdesk.explain.answer import watch_answers
from nightdesk.explain.explanation import WatchStory
from nightdesk.explain.record import Decided, Desk, Record, Sending
from pipeline.closeness import Closeness, Missing, Words
from pipeline.match import Objection

_HELD = 5  # words that hold, shown for each watch


def tell(record: Record, desk: Desk) -> Iterator[WatchStory]:
    """Every watch, by name."""
    for one, found in watch_answers(record, desk):
        near = one.closeness
        yield WatchStory(
            watch=one.name,
            outcome=found.outcome,
            fired=one.fired,
            sentence=found.sentence,
            reason=one.reason,
            lacks=tuple(_lacks(near)) if near and not one.fired else (),
            has=tuple(asdict(words) for words in _some(near.held)) if near and not one.fired else (),
            decisions=tuple(_decision(decided) for decided in one.decided),
            deliveries=tuple(_delivery(sent) for sent in one.sendings),
        )


def _lacks(near: Closeness) -> Iterator[dict[str, Any]]:
    for objection in near.objections:
        yield _of_filter(objection)
    for missing in near.missing:
        yield _of_clause(missing)


def _of_filter(objection: Objection) -> dict[str, Any]:
    wanted = " or ".join(objection.wanted)
    words = f"{objection.filter} {wanted}; it has {', '.join(objection.has) or 'none'}"
    return {"filter": objection.filter, "wanted": objection.wanted, "has": objection.has, "words": words, "lines": ()}


def _of_clause(missing: Missing) -> dict[str, Any]:
    lines = [f"forbidden, and there: “{one.quote}” at {one.position}: {one.sentence}" for one in missing.against]
    lines += [
        f"instead of {one.absent}: “{one.found.quote}” at {one.found.position}, which {one.write} finds"
        for one in missing.instead
    ]
    return {**asdict(missing), "words": missing.clause, "lines": tuple(lines)}


def _some(held: tuple[Words, ...]) -> list[Words]:
    """The first place of each word."""
    return list({words.quote.casefold(): words for words in reversed(held)}.values())[::-1][:_HELD]


def _decision(decided: Decided) -> str:
    return f"change {decided.seq} ({decided.kind}): {'alert' if decided.told else 'none'}, {decided.reason}"


def _delivery(sent: Sending) -> str:
    at = (
        f" {iso(sent.sent_at)}" if sent.sent_at else f" until {iso(sent.not_before)}" if sent.state == "pending" else ""
    )
    why = sent.reason or sent.last_error
    tries = f" after {sent.attempts} tries" if sent.attempts > 1 else ""
    words = f"{sent.level} to {sent.channel} {sent.recipient}: {sent.state}{at}{tries}"
    return f"{words} ({why})" if why and sent.state != "sent" else words
