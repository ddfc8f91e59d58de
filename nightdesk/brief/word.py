"""A brief as a Word document with true footnotes."""

from __future__ import annotations

import io
import unicodedata
from datetime import datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from nightdesk.brief.footnotes import Footnotes, set_size
from nightdesk.brief.values import Brief, Chapter, Entry, Line, Note

_GREY = RGBColor(0x55, 0x55, 0x55)
#: Not the moment it was made, which its first page says: the same brief has the same bytes.
_STAMP = datetime(1980, 1, 1)  # noqa: DTZ001  python-docx takes it for UTC


def write_word(brief: Brief) -> bytes:
    """The whole document."""
    out = io.BytesIO()
    _Document().written(brief).save(out)
    return out.getvalue()


class _Document:
    def __init__(self) -> None:
        self._document = docx.Document()
        self._notes = Footnotes(self._document)
        normal = self._document.styles["Normal"]
        normal.font.name = "Calibri"
        set_size(normal, 10.5)
        quote = self._document.styles["Quote"]
        quote.font.italic = False  # which Chinese and Thai do not know
        quote.paragraph_format.left_indent = Cm(0.7)
        for section in self._document.sections:
            section.page_width, section.page_height = Cm(21), Cm(29.7)
            section.left_margin = section.right_margin = Cm(2.5)
            _number_pages(section.footer.paragraphs[0])

    def written(self, brief: Brief) -> Any:
        properties = self._document.core_properties
        properties.title, properties.author, properties.comments = brief.title, "Nightdesk", ""
        properties.created = properties.modified = _STAMP
        self._document.add_heading(brief.title, level=0)
        for about in brief.about:
            self._about(about)
        for chapter in brief.chapters:
            self._chapter(chapter)
        return self._document

    def _chapter(self, chapter: Chapter) -> None:
        self._document.add_heading(chapter.title, level=1)
        if chapter.earlier:
            self._document.add_paragraph("Earlier in this case:")
        for stage in chapter.earlier:
            self._document.add_paragraph(stage, style="List Bullet")
        for entry in chapter.entries:
            self._entry(entry)

    def _entry(self, entry: Entry) -> None:
        self._document.add_heading(entry.headline, level=2)
        self._about(entry.about).paragraph_format.keep_with_next = True
        if entry.lede:
            self._line(self._document.add_paragraph(style="Quote"), entry.lede)
        for line in entry.figures:
            self._line(self._document.add_paragraph(style="List Bullet"), line)
        for change in entry.changes:
            self._document.add_paragraph(change, style="List Bullet")
        if entry.reports:
            paragraph = self._document.add_paragraph("Reported by ")
            for number, line in enumerate(entry.reports):
                paragraph.add_run(", " if number else "")
                self._line(paragraph, line)
            paragraph.add_run(".")

    def _about(self, text: str) -> Paragraph:
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run(text)
        run.font.size, run.font.color.rgb = Pt(9), _GREY
        return paragraph

    def _line(self, paragraph: Paragraph, line: Line) -> None:
        _in_its_language(paragraph, line.text, line.language)
        for number, note in enumerate(line.notes):
            if number:
                paragraph.add_run(", ").font.superscript = True
            self._note(self._notes.add(paragraph), note)

    def _note(self, written: Paragraph, note: Note) -> None:
        before, title, after = note.parts
        written.add_run(f"{before}“")
        _in_its_language(written, title, note.source.language)
        written.add_run(f"”{after}")
        if note.said:
            _in_its_language(written, note.said, note.source.language)
            written.add_run(" ")
        if note.source.url:
            self._notes.link(written, note.source.url)
        if note.source.sha256:
            written.add_run(f" SHA-256 {note.source.sha256}")


def _in_its_language(paragraph: Paragraph, text: str, language: str | None) -> None:
    """A run that says what language it is in, and reads from the right where its script does."""
    run = paragraph.add_run(text)
    if language is None:
        return
    properties = run._r.get_or_add_rPr()
    is_from_the_right = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    if is_from_the_right:
        properties.append(OxmlElement("w:rtl"))
    spoken = OxmlElement("w:lang")
    for kind in ("w:val", "w:eastAsia", "w:bidi"):
        spoken.set(qn(kind), language)
    properties.append(spoken)


def _number_pages(footer: Paragraph) -> None:
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    footer._p.append(field)
