"""Scheduled reports: which periods are over, and the message with the answer to a saved query for them.

Who has the answer is not this stage's business: it is given rows as a file that is kept. Periods that ended while
nobody was at work share one message, as those of digests do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy.engine import Connection

from alerts import message
from alerts.config import Report
from alerts.dispatch import address
from alerts.place import Place
from alerts.plain import safe
from alerts.quiet import quiet_until
from alerts.style import Style
from store import messages, reporting

Period = tuple[datetime, datetime]


@dataclass(frozen=True)
class Answer:
    """What a query gave: how many rows, and the workbook that has them, kept with the bodies."""

    rows: int
    file: str = ""  # its name; empty where there are no rows
    type: str = ""
    sha256: str = ""
    cut: str = ""  # why there are no more rows, where there would be
    address: str = ""  # where else it can be fetched


def over(db: Connection, report: Report, zone: tzinfo, now: datetime) -> list[Period]:
    """The periods of a report that ended and are not told, oldest first. One that is first seen begins to count now."""
    hour = report.hour
    last = reporting.last_closed(db, report.name)
    if last is None:
        ended = hour.last_until(now, zone)
        reporting.take(db, report.name, [(ended, ended)])
        return []
    found = []
    began = last
    while (ends := hour.next_after(began, zone)) <= now:
        found.append((began, ends))
        began = ends
    return found


def send(
    db: Connection, place: Place, report: Report, periods: Sequence[Period], answer: Answer, now: datetime
) -> int | None:
    """The message of these periods and its deliveries; None where somebody else told one of them meanwhile."""
    channel, targets = place.channels[report.channel], place.targets.get(report.channel) or {}
    if not reporting.take(db, report.name, periods):
        return None
    style = place.house.style(report.channel, channel, now)
    carries = style.detail == "full" and bool(answer.file)
    by_mail = all(target.sender == "mail" for target in targets.values())
    lines = _lines(report, periods, answer, style, place.zone, carries, by_mail)
    count = answer.rows
    title = style.language.say("gathered", "report_title", count, name=safe(report.name), n=f"{count:,}")
    content = message.plain("report", title, lines, style.language.tag).as_json()
    if carries and any(target.sender == "mail" for target in targets.values()):
        content["attachment"] = {"name": answer.file, "type": answer.type, "sha256": answer.sha256}
    message_id = messages.add_message(db, "report", report.channel, now, content=content)
    reporting.set_message(db, report.name, periods, message_id)
    address(db, message_id, report.channel, targets, quiet_until(channel.quiet_hours, place.zone, now) or now, now)
    return message_id


def _lines(
    report: Report, periods: Sequence[Period], answer: Answer, style: Style, zone: tzinfo, carries: bool, by_mail: bool
) -> list[str]:
    language = style.language
    say = language.say
    began, ends = periods[0][0], periods[-1][1]
    lines = [say("gathered", "report_period", began=language.moment(began, zone), ends=language.moment(ends, zone))]
    if not answer.rows:
        return [*lines, "", say("gathered", "report_empty")]
    if answer.cut:
        lines += ["", say("gathered", "report_cut", why=safe(answer.cut))]
    if carries and by_mail:
        lines += ["", say("gathered", "report_file", file=answer.file)]
    elif carries:
        lines += ["", say("gathered", "report_no_file")]
    if answer.address and not (carries and by_mail):
        lines += ["", say("gathered", "report_get", url=answer.address)]
    return lines
