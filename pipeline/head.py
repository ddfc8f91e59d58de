"""What a page says of itself outside its text: its head, its data for machines, its title."""

from __future__ import annotations

from functools import cached_property

from core.text import clean
from pipeline.metadata import metas, page_title
from pipeline.structured import Structured, plain, read_embedded, read_json_ld
from pipeline.tree import Page, text_of


class Head:
    """Read at once but for the state of applications, which is large and seldom needed."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.meta = metas(page.tree)
        title = next(page.tree.iter("title"), None)
        self.raw_title = "" if title is None else text_of(title)
        self.data = read_json_ld(page.scripts, self.meta.get("og:title") or self.raw_title)
        self.title = self._title()

    def _title(self) -> str:
        untold = (
            not self.data.headline and "og:title" not in self.meta and next(self._page.tree.iter("h1"), None) is None
        )
        if untold and self.embedded.headline:
            return " ".join(clean(plain(self.embedded.headline)).split())
        return page_title(self._page.tree, self.meta, self.data)

    @cached_property
    def embedded(self) -> Structured:
        return read_embedded(self._page.scripts)

    @property
    def published(self) -> tuple[str, ...]:
        """The dates in data for machines."""
        return self.data.published or self.embedded.published
