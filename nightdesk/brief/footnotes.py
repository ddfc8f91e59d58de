"""True footnotes for a Word document: the part that holds them, which python-docx can read but not make."""

from __future__ import annotations

from typing import Any, cast

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

_TEXT, _REFERENCE = "footnote text", "footnote reference"  # as Word itself calls them
#: The two that every document has: the line above the notes of a page, and above those that go on from the page before.
_EMPTY = f"""<w:footnotes {nsdecls("w", "r")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""


class Footnotes:
    """The footnotes of one document."""

    def __init__(self, document: Any) -> None:
        part = document.part
        name = PackURI("/word/footnotes.xml")
        self._part = XmlPart(name, CONTENT_TYPE.WML_FOOTNOTES, cast(Any, parse_xml(_EMPTY)), part.package)
        part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        self._count = 0
        self._add_styles(document.styles)
        self._declare(document.settings.element)

    def add(self, paragraph: Paragraph) -> Paragraph:
        """A footnote at the end of a paragraph; what it gives back is the note's own, to be written in."""
        self._count += 1
        run = paragraph.add_run(style=_REFERENCE)
        run._r.append(_numbered("w:footnoteReference", self._count))
        note = _numbered("w:footnote", self._count)
        self._part.element.append(note)
        inner = OxmlElement("w:p")
        note.append(inner)
        written = Paragraph(cast(Any, inner), cast(Any, paragraph._parent))
        written.style = _TEXT
        written.add_run(style=_REFERENCE)._r.append(OxmlElement("w:footnoteRef"))
        written.add_run(" ")
        return written

    def link(self, note: Paragraph, url: str) -> None:
        """An address in a footnote that can be followed."""
        target = self._part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), target)
        note._p.append(link)
        run = OxmlElement("w:r")
        link.append(run)
        written = Run(cast(Any, run), note)
        written.text = url
        written.style = "Hyperlink"

    def _add_styles(self, styles: Any) -> None:
        text = styles.add_style(_TEXT, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        text.base_style = styles["Normal"]
        set_size(text, 8.5)
        text.paragraph_format.space_after = Pt(2)
        styles.add_style(_REFERENCE, WD_STYLE_TYPE.CHARACTER, builtin=True).font.superscript = True
        link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
        link.font.underline = True

    def _declare(self, settings: Any) -> None:
        """Word wants the two special notes named in the settings, in their place before what is for older programs."""
        declared = OxmlElement("w:footnotePr")
        for number in (-1, 0):
            declared.append(_numbered("w:footnote", number))
        later = settings.find(qn("w:compat"))
        settings.append(declared) if later is None else later.addprevious(declared)


def set_size(style: Any, points: float) -> None:
    """A size for every script: those that are shaped, as Thai and Arabic, have one of their own."""
    style.font.size = Pt(points)
    shaped = OxmlElement("w:szCs")
    shaped.set(qn("w:val"), str(int(points * 2)))
    style.element.rPr.find(qn("w:sz")).addnext(shaped)


def _numbered(tag: str, number: int) -> Any:
    element = OxmlElement(tag)
    element.set(qn("w:id"), str(number))
    return element
