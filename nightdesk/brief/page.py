"""A brief as one HTML page: no scripts, nothing from the network, footnotes that lead there and back; made to print."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from nightdesk.brief.values import Brief, Chapter, Entry, Line, Note

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>{title}</title><style>
body{{font:17px/1.55 Georgia,"Noto Serif",serif;max-width:44em;margin:2.5em auto;padding:0 1.2em;color:#1b1b1b}}
h1,h2,h3{{font-family:"Helvetica Neue",Arial,"Noto Sans",sans-serif;line-height:1.25}}
h2{{margin-top:2.2em;border-bottom:2px solid #444;padding-bottom:.2em}}h3{{margin:1.6em 0 .2em}}
.about{{color:#555;font-size:.88em;margin:.2em 0}}
blockquote{{margin:.7em 0;padding-left:1em;border-left:3px solid #bbb}}
li{{margin:.25em 0}}sup{{line-height:0;padding-left:.1em}}sup a{{text-decoration:none}}
.notes{{font-size:.85em;border-top:1px solid #999;margin-top:3em;padding-top:1em}}
.notes li{{overflow-wrap:anywhere}}code{{font-size:.85em}}a{{color:#0b4f8a}}
@media print{{body{{margin:0;max-width:none;font-size:11pt}}h2,h3{{break-after:avoid}}.back{{display:none}}}}
</style></head><body>
"""


def write_page(brief: Brief) -> bytes:
    """The whole page."""
    return ("\n".join(_Page().lines(brief)) + "\n").encode()


class _Page:
    def __init__(self) -> None:
        self._notes: list[Note] = []

    def lines(self, brief: Brief) -> Iterator[str]:
        yield _HEAD.format(title=escape(brief.title)) + f"<h1>{escape(brief.title)}</h1>"
        yield from (f'<p class="about">{escape(about)}</p>' for about in brief.about)
        for chapter in brief.chapters:
            yield from self._chapter(chapter)
        yield '<ol class="notes">'
        yield from (_note(number, note) for number, note in enumerate(self._notes, start=1))
        yield "</ol></body></html>"

    def _chapter(self, chapter: Chapter) -> Iterator[str]:
        yield f'<section><h2 dir="auto">{escape(chapter.title)}</h2>'
        if chapter.earlier:
            yield "<p>Earlier in this case:</p><ul>"
            yield from (f'<li dir="auto">{escape(stage)}</li>' for stage in chapter.earlier)
            yield "</ul>"
        for entry in chapter.entries:
            yield from self._entry(entry)
        yield "</section>"

    def _entry(self, entry: Entry) -> Iterator[str]:
        yield f'<article><h3 id="d{entry.development_id}" dir="auto">{escape(entry.headline)}</h3>'
        yield f'<p class="about">{escape(entry.about)}</p>'
        if entry.lede:
            yield f"<blockquote>{self._line(entry.lede)}</blockquote>"
        if entry.figures or entry.changes:
            yield "<ul>"
            yield from (f"<li>{self._line(line)}</li>" for line in entry.figures)
            yield from (f"<li>{escape(change)}</li>" for change in entry.changes)
            yield "</ul>"
        if entry.reports:
            yield f"<p>Reported by {', '.join(self._line(line) for line in entry.reports)}.</p>"
        yield "</article>"

    def _line(self, line: Line) -> str:
        marks = []
        for note in line.notes:
            self._notes.append(note)
            number = len(self._notes)
            marks.append(f'<sup><a href="#n{number}" id="r{number}">{number}</a></sup>')
        return _in_its_language(line.text, line.language) + " ".join(marks)


def _note(number: int, note: Note) -> str:
    before, title, after = note.parts
    url = escape(note.source.url)
    pieces = [
        f"{escape(before)}“{_in_its_language(title, note.source.language)}”{escape(after)}",
        _in_its_language(note.said, note.source.language) if note.said else "",
        f'<a href="{url}" rel="noreferrer">{url}</a>' if url else "",
        f"SHA-256 <code>{escape(note.source.sha256)}</code>" if note.source.sha256 else "",
        f'<a class="back" href="#r{number}" title="back to the text">↩</a>',
    ]
    return f'<li id="n{number}">{" ".join(piece for piece in pieces if piece)}</li>'


def _in_its_language(text: str, language: str | None) -> str:
    """So that a screen reader, a hyphenator and a font know what they read."""
    return f'<bdi lang="{escape(language)}">{escape(text)}</bdi>' if language else escape(text)
