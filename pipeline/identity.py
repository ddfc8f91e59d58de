"""Which article a page is: the one known under its address, an edit of it, or another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from core.text import fold
from core.urls import site_of, url_key

_HOME = re.compile(r"/?(?:index\.\w{3,5}|home|[a-z]{2}(?:-[a-z]{2})?)?/?", re.IGNORECASE)


def identity(
    url: str, final_url: str | None, canonical: str | None, outlet: str | None = None, restricted: bool = False
) -> tuple[str, str]:
    """The address an article is known by, and its key. A canonical address counts only where it is plausible.

    What was published nowhere goes by its hash: the same words of another outlet are its own report. What is restricted
    is another article than what everybody may read at its address.
    """
    if restricted:
        known_by, key = identity(url, final_url, canonical, outlet)
        return known_by, f"restricted {key}"
    if url.startswith("urn:"):
        return url, f"{url} {fold(outlet or '')}".strip()
    for trusted in (canonical, final_url):
        if trusted and is_plausible(trusted, url):
            return trusted, url_key(trusted)
    return url, url_key(url)


def is_plausible(canonical: str, url: str) -> bool:
    """Of the same site, and not its front page: some templates name that on every page, and some pages lie."""
    try:
        parts = urlsplit(canonical)
        if parts.scheme not in ("http", "https") or site_of(canonical) != site_of(url):
            return False
    except ValueError:
        return False
    return bool(parts.query) or not _HOME.fullmatch(parts.path) or bool(_HOME.fullmatch(urlsplit(url).path))


def same_words(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether headline and text differ in nothing but white space."""
    return [part.split() for part in one] == [part.split() for part in other]
