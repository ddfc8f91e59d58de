"""A table keeps to its width: what has no room is named, not squeezed."""

from __future__ import annotations

import io

from nightdesk.output import Format, write

ROWS = [{"id": 7, "title": "Workers freed at the border", "event_types": ["rescue_release"], "reason": None}]


def test_an_empty_column_takes_no_room() -> None:
    out = io.StringIO()
    write(ROWS, ["id", "title", "event_types", "countries"], Format.TABLE, out, noun="development")
    assert "countries" not in out.getvalue()
    assert "d7" in out.getvalue()


def test_columns_without_room_are_named_below() -> None:
    wide = {f"column{number}": "x" * 30 for number in range(9)}
    out = io.StringIO()
    write([wide], list(wide), Format.TABLE, out)
    assert "No room for column6, column7, column8" in " ".join(out.getvalue().split())


def test_headings_leave_out_what_is_understood() -> None:
    out = io.StringIO()
    write([{"found_at": "2026-10-13T05:05:00Z", "article_id": 3}], ["found_at", "article_id"], Format.TABLE, out)
    assert out.getvalue().split()[:2] == ["found", "article"]
