"""The forms a brief can have, and which one the name of a file asks for."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from core.errors import UsageError
from nightdesk.brief.values import Brief


class Form(StrEnum):
    """How a brief is written."""

    DOCX = "docx"
    MD = "md"
    HTML = "html"
    RIS = "ris"
    CSL = "csl"


_ENDINGS = {".docx": Form.DOCX, ".md": Form.MD, ".html": Form.HTML, ".htm": Form.HTML, ".ris": Form.RIS,
            ".json": Form.CSL}  # fmt: skip


def form_of(target: str, wanted: Form | None) -> Form:
    """What was asked for, else what the ending says; `-` is Markdown. Raises UsageError."""
    form = wanted or (Form.MD if target == "-" else _ENDINGS.get(Path(target).suffix.lower()))
    if form is None:
        *others, last = _ENDINGS
        raise UsageError(
            f"cannot tell the format of {target}; its name must end in {', '.join(others)} or {last}, or use --format"
        )
    return form


def written(brief: Brief, form: Form) -> bytes:
    """The brief as the bytes of a file."""
    return _writer(form)(brief)


def _writer(form: Form) -> Callable[[Brief], bytes]:
    from nightdesk.brief import markdown, page, references

    if form is Form.DOCX:
        from nightdesk.brief.word import write_word  # loads python-docx, which no other form needs

        return write_word
    writers = {
        Form.MD: markdown.write_markdown,
        Form.HTML: page.write_page,
        Form.RIS: references.write_ris,
        Form.CSL: references.write_csl,
    }
    return writers[form]
