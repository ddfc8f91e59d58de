"""What a service is told, in the form that it reads: its own markup where it has one, plain words elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from alerts.markdown import escape
from alerts.plain import without_calls
from alerts.senders.dialects import MATRIX, SLACK, TELEGRAM, Dialect, render
from alerts.senders.parcel import Parcel

#: Changes what is posted, as JSON, where Apprise has no word for what the service understands.
Reshape = Callable[[dict[str, Any]], dict[str, Any]]
Form = Literal["text", "markdown", "html"]

#: Services that read CommonMark as it is.
_COMMONMARK = frozenset({"discord", "mmosts"})
_DIALECTS: dict[str, tuple[Dialect, Form]] = {
    "slack": (SLACK, "markdown"),
    "tgram": (TELEGRAM, "html"),
    "matrixs": (MATRIX, "html"),
}
#: Of Slack and Matrix: ways of reaching them that read plain words only.
_PLAIN_MODES = frozenset({"workflow", "workflow-trigger", "matrix", "slack", "t2bot", "hookshot"})


@dataclass(frozen=True)
class Words:
    """The parts of a message; `final` ones are in the service's own markup, and nothing may convert them again."""

    parts: tuple[str, ...]
    title: str = ""
    form: Form = "text"
    final: bool = False


def words(parcel: Parcel, protocol: str, mode: str = "") -> Words:
    """`protocol` is the service by Apprise's name, `mode` the way of reaching it where there are several."""
    marked = _marked(parcel)
    if marked and mode not in _PLAIN_MODES and "format=text" not in parcel.target.address:
        if protocol in _COMMONMARK:
            return Words((marked,), form="markdown")
        if protocol in _DIALECTS:
            dialect, form = _DIALECTS[protocol]
            parts = render(marked, dialect)
            if parts:
                return Words(tuple(parts), form=form, final=True)
    return _plain(parcel)


def shown_in(service: str, parcel: Parcel) -> str:
    """A message in the markup of `service`, for people to look at; its parts between lines."""
    protocol = {"slack": "slack", "telegram": "tgram", "matrix": "matrixs"}[service]
    return "\n\n----\n\n".join(words(parcel, protocol).parts) + "\n"


def _marked(parcel: Parcel) -> str:
    """CommonMark, the headline in bold; empty where the message has none."""
    markdown = str(parcel.content.get("markdown") or "")
    title = str(parcel.content.get("title") or "")
    if not markdown:
        return ""
    notes = [escape(note) for note in _notes(parcel)]
    return without_calls(
        "\n\n".join(part for part in (f"**{escape(title)}**" if title else "", markdown.strip(), *notes))
    )


def _plain(parcel: Parcel) -> Words:
    """The short text without its first line, which is the title."""
    title = str(parcel.content.get("title", ""))
    chat = str(parcel.content.get("chat") or parcel.text)
    body = chat.removeprefix(title).strip() or chat
    return Words((without_calls("\n\n".join([body, *_notes(parcel)])),), without_calls(title))


def _notes(parcel: Parcel) -> list[str]:
    repeat = str(parcel.content.get("repeat_short") or "(may be a repeat)") if parcel.repeat else ""
    return [note for note in (repeat, parcel.note) if note]


# -- what is posted ---------------------------------------------------------------------------------------------------


def reshape_for(protocol: str, said: Words) -> Reshape | None:
    """How what Apprise posts is to be changed, if it is."""
    if protocol == "slack" and said.final:
        return _slack
    return _discord if protocol == "discord" else None


def _slack(posted: dict[str, Any]) -> dict[str, Any]:
    """The text as the message itself: an attachment's is not sure to be marked up, nor shown in a notification."""
    attachments = posted.get("attachments")
    if not isinstance(attachments, list) or len(attachments) != 1 or not isinstance(attachments[0].get("text"), str):
        return posted  # blocks that the address asks for
    rest = {key: value for key, value in posted.items() if key != "attachments"}
    return {**rest, "text": attachments[0]["text"], "mrkdwn": True, "unfurl_links": False, "unfurl_media": False}


def _discord(posted: dict[str, Any]) -> dict[str, Any]:
    """Nobody is called, whatever a headline says, unless the address asks for that with `ping=`."""
    if ("content" not in posted and "embeds" not in posted) or "allow_mentions" in posted:
        return posted
    return {**posted, "allowed_mentions": {"parse": []}}
