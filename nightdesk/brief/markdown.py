"""A brief as Markdown with footnotes, as Pandoc, GitHub and Obsidian read them."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.markdown import escape
from nightdesk.brief.values import Brief, Chapter, Entry, Line, Note


def write_markdown(brief: Brief) -> bytes:
    """The whole document; footnotes are numbered through and stand at its end."""
    return ("\n".join(_Page().lines(brief)) + "\n").encode()


class _Page:
    def __init__(self) -> None:
        self._notes: list[Note] = []

    def lines(self, brief: Brief) -> Iterator[str]:
        yield f"# {escape(brief.title)}"
        yield ""
        for about in brief.about:
            yield f"{escape(about)}  "
        for chapter in brief.chapters:
            yield from self._chapter(chapter)
        yield ""
        for number, note in enumerate(self._notes, start=1):
            yield f"[^{number}]: {_note(note)}"

    def _chapter(self, chapter: Chapter) -> Iterator[str]:
        yield ""
        yield f"## {escape(chapter.title)}"
        if chapter.earlier:
            yield ""
            yield "Earlier in this case:"
            yield ""
            yield from (f"- {escape(stage)}" for stage in chapter.earlier)
        for entry in chapter.entries:
            yield from self._entry(entry)

    def _entry(self, entry: Entry) -> Iterator[str]:
        yield ""
        yield f"### {escape(entry.headline)}"
        yield ""
        yield f"*{escape(entry.about)}*"
        if entry.lede:
            yield ""
            yield f"> {self._line(entry.lede)}"
        if entry.figures or entry.changes:
            yield ""
            yield from (f"- {self._line(line)}" for line in entry.figures)
            yield from (f"- {escape(change)}" for change in entry.changes)
        if entry.reports:
            yield ""
            yield f"Reported by {', '.join(self._line(line) for line in entry.reports)}."

    def _line(self, line: Line) -> str:
        marks = []
        for note in line.notes:
            self._notes.append(note)
            marks.append(f"[^{len(self._notes)}]")
        return escape(line.text) + "".join(marks)


def _note(note: Note) -> str:
    before, title, after = note.parts
    address = f"<{note.source.url}>" if note.source.url else ""
    digest = f"SHA-256 `{note.source.sha256}`" if note.source.sha256 else ""
    pieces = [f"{escape(before)}“{escape(title)}”{escape(after)}".strip(), escape(note.said), address, digest]
    return " ".join(piece for piece in pieces if piece)
