"""Which blocks of a page stand beside its article: named so, under such a heading, or parts of another article."""

from __future__ import annotations

import re

from pipeline.blocks import HEADINGS, Block, Box, Flat
from pipeline.noise import Name, leads_away

_MAX_SHARE = 0.5  # boxes with more of the page's running text than this are rather the article, whatever their name
_MAX_SURE_SHARE = 0.85
_MAX_HEADED_SHARE = 0.35
_REST = 300  # as much running text outside makes a sure name believed, however long the comments
_FEW = 150
_FORM = 200
_PROSE = 40
_MAX_HEADINGS = 40
_DATA_ADDRESS = re.compile(r"data-(?:\w+-)?(?:url|id|href|permalink|path|slug)")


class Marked:
    """The blocks of a page with a mark on those beside the article (`dead`) and those that may be (`suspect`)."""

    def __init__(self, flat: Flat, title: str) -> None:
        self.blocks = flat.blocks
        self.boxes = flat.boxes
        self.dead = bytearray(len(flat.blocks))
        self.suspect = bytearray(len(flat.blocks))
        self._count()
        self.heading = self._main_heading(title)
        self._drop_named()
        self._drop_headed()
        self._drop_next_articles()
        self._count()

    def _count(self) -> None:
        """Running text up to each block, so that any range is a subtraction."""
        self.prose = [0]
        total = 0
        for at, block in enumerate(self.blocks):
            if not self.dead[at] and block.size > _PROSE and block.linked < 0.6 and block.tag not in HEADINGS:
                total += block.size
            self.prose.append(total)

    def _main_heading(self, title: str) -> int | None:
        """The heading of the article: the first that repeats the title, else the first h1; seldom behind the text."""
        half = self.prose[-1] / 2
        wanted = _words(title)
        other = None
        for at, block in enumerate(self.blocks):
            if block.tag not in ("h1", "h2") or not 3 < len(block.text) < 400:
                continue
            main, late, words = block.tag == "h1", self.prose[at] > half, _words(block.text)
            if (main or not late) and wanted and _agree(words, wanted):
                return at
            if other is None and main and not late:
                other = at
        return other

    def mass(self, box: Box) -> int:
        return self.prose[box.end] - self.prose[box.first]

    def holds_heading(self, box: Box) -> bool:
        return self.heading is not None and box.first <= self.heading < box.end

    def alive(self, first: int = 0, end: int | None = None) -> list[Block]:
        dead = self.dead
        return [block for at, block in enumerate(self.blocks[first:end], first) if not dead[at]]

    def _kill(self, first: int, end: int) -> None:
        self.dead[first:end] = b"\x01" * (end - first)

    def _drop_named(self) -> None:
        """Boxes whose class or id says that they are something else, unless they hold too much of the page."""
        texts = [box for box in self.boxes if box.name is Name.TEXT and self.mass(box)]
        named = [
            box for box in self.boxes if box.name < Name.PLAIN and box.first < box.end and not self.holds_heading(box)
        ]
        together: dict[str, int] = {}
        for box in named:
            if classes := box.classes:
                together[classes] = together.get(classes, 0) + self.mass(box)
        for box in named:
            own = self.mass(box)
            inside = (self.mass(text) for text in texts if box.first <= text.first and text.end <= box.end)
            if box.name is not Name.HIDDEN and max(inside, default=0) > min(_FEW, 0.8 * own):
                continue
            if self._may_go(box.name, own, together.get(box.classes, own)):
                self._kill(box.first, box.end)
            else:
                self.suspect[box.first : box.end] = b"\x01" * (box.end - box.first)

    def _may_go(self, name: Name, own: int, together: int) -> bool:
        """`together` counts all boxes of the same class: an article may be made of many."""
        total = self.prose[-1]
        if name is Name.DOUBTFUL:
            return own <= _FORM
        if name <= Name.SURE:
            return together < _MAX_SURE_SHARE * total or total - together > _REST
        return together < _FEW or together < _MAX_SHARE * total

    def _drop_headed(self) -> None:
        """What follows a heading such as "Related articles"."""
        seen = 0
        for at, block in enumerate(self.blocks):
            if len(block.text) < 70 and not self.dead[at] and at != self.heading and leads_away(block.text):
                seen += 1
                if seen > _MAX_HEADINGS:
                    return
                self._drop_section(at)

    def _drop_section(self, at: int) -> None:
        boxes, heading = self.boxes, self.blocks[at]
        number = heading.box
        while number > 0 and boxes[number].end - boxes[number].first == 1:
            number = boxes[number].parent  # what only wraps the heading
        box = boxes[number]
        if box.first == at and number > 0 and not self.holds_heading(box):
            share = self.mass(box) / (self.prose[-1] or 1)
            # A box of most of the words goes only if it is plainly made of cards, each with its own headline or link.
            heads = sum(b.tag in HEADINGS or b.linked > 0.7 for b in self.blocks[box.first : box.end])
            cards = heading.tag in HEADINGS and heads > 2
            if share < _MAX_HEADED_SHARE or (cards and share < _MAX_SURE_SHARE):
                self._kill(box.first, box.end)
                return
        end = at + 1
        while end < box.end and end != self.heading and self._follows(heading, self.blocks[end]):
            end += 1
        self._kill(at, end)

    def _follows(self, heading: Block, block: Block) -> bool:
        if heading.tag in HEADINGS:
            return block.tag not in {"h1", "h2", "h3"} and not _is_paragraph(block)
        return block.tag == "li" or block.linked > 0.7

    def _drop_next_articles(self) -> None:
        """Whole articles that the server appended behind the one that was asked for."""
        main = self.heading
        if main is None:
            return
        others = [at for at in range(main + 1, len(self.blocks)) if self.blocks[at].tag == "h1" and not self.dead[at]]
        for at in others[:_MAX_HEADINGS]:
            number = self.blocks[at].box
            while (parent := self.boxes[number].parent) > 0 and not self.holds_heading(self.boxes[parent]):
                number = parent
            box, own = self.boxes[number], self.blocks[at].text
            if (
                box.end - box.first > 1
                and self.blocks[box.first].text == own != self.blocks[main].text
                and self.prose[box.first] - self.prose[main] >= _FEW  # the first article has text of its own
                and self._is_twin(box)
            ):
                self._kill(box.first, box.end)

    def _is_twin(self, box: Box) -> bool:
        """Whether `box` is built like the box of the main article beside it; a section of one article is not."""
        if box.tag == "article" or any(_DATA_ADDRESS.fullmatch(name) for name in box.element.keys()):
            return True
        classes = set(box.classes.split())
        return any(
            other.parent == box.parent and self.holds_heading(other) and classes & set(other.classes.split())
            for other in self.boxes
        )


def _is_paragraph(block: Block) -> bool:
    """Running text, most of it outside links: the article goes on."""
    return block.tag == "p" and block.size > 80 and block.linked < 1 / 3


def _agree(words: str, wanted: str) -> bool:
    return words == wanted or (len(words) > 12 and (wanted.startswith(words) or words.startswith(wanted)))


def _words(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
