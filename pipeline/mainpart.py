"""Which blocks of a page are its article: the box where running text is densest, and what belongs to it outside."""

from __future__ import annotations

import re

from pipeline.beside import Marked
from pipeline.blocks import HEADINGS, Block, Box
from pipeline.noise import Name

_FADE = 0.8  # what is left of a box's weight one box further out
_LATE = 1000  # so much running text between the heading and a box halves its weight
_LEAVES = frozenset("p li blockquote dd dt pre".split())
_PIECES = _LEAVES | frozenset("ul ol dl table tbody tr td".split())  # never the whole of an article
_LISTED = ("li", "tr", "td")
_CARD_BLOCKS = 6
_CARD_SIZE = 260
_SHORT = 40
_LONG = 800
_LEAST = 40.0
_SENTENCE_END = re.compile(r"[.!?。！？…」』”\"'’»)៖។ฯ๚:：;]\W*$|[\u0e00-\u0eff\u1000-\u109f]$")


def main_lines(page: Marked) -> list[str]:
    """The lines of the article, its standfirst first; of a page without running text all that is left."""
    first, end = _range(page)
    lines = _standfirst(page, first)
    headings: list[str] = []
    cards = _cards(page, first, end)
    for at in range(first, end):
        block = page.blocks[at]
        if page.dead[at] or at in cards:
            continue
        if block.tag in HEADINGS:
            if block.linked < 0.6:
                headings.append(block.text)  # kept if text follows
        elif _belongs(block):
            lines += headings
            headings.clear()
            lines.append(block.text)
    return lines


def _cards(page: Marked, first: int, end: int) -> set[int]:
    """Blocks of boxes that lead elsewhere: a linked headline and a line or two. Of a digest they are the article."""
    found: set[int] = set()
    for box in page.boxes:
        if first < box.first and box.end <= end and 1 < box.end - box.first <= _CARD_BLOCKS and box.tag not in _PIECES:
            blocks = page.blocks[box.first : box.end]
            led = any(block.tag in HEADINGS and block.linked > 0.8 for block in blocks[:2])
            if led and sum(block.size for block in blocks if block.linked < 0.5) <= _CARD_SIZE:
                found.update(range(box.first, box.end))
    text = sum(page.blocks[at].size for at in range(first, end) if not page.dead[at])
    return found if sum(page.blocks[at].size for at in found) < 0.35 * text else set()


def _belongs(block: Block) -> bool:
    if block.linked > 0.6 and block.size < 200:
        return False
    return block.size >= 30 or block.tag in _PIECES or ends_sentence(block.text)


def ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None


def _range(page: Marked) -> tuple[int, int]:
    """The first block of the article and the one behind its last."""
    number = _densest(page)
    while number > 0 and page.boxes[number].tag in _PIECES:
        number = page.boxes[number].parent
    first, end = _with_twins(page, page.boxes[number])
    heading = page.heading
    if heading is not None and first <= heading < end:
        before = page.prose[heading] - page.prose[first]
        share = 0.5 if page.blocks[heading].tag == "h1" else 0.2
        if before < share * (page.prose[end] - page.prose[first]):
            first = heading + 1
    return first, end


def _densest(page: Marked) -> int:
    """The box whose running text, fading from box to box, weighs most; the body where there is hardly any."""
    boxes = page.boxes
    weights = [0.0] * len(boxes)
    for at, block in enumerate(page.blocks):
        if not page.dead[at]:
            weights[block.box] += _weight(block) * (0.5 if page.suspect[at] else 1.0)
    for number in range(len(boxes) - 1, 0, -1):
        box = boxes[number]
        weights[box.parent] += weights[number] * (1.0 if box.tag in _LEAVES else _FADE)
    best, heaviest = 0, _LEAST
    for number, box in enumerate(boxes):
        weight = weights[number]
        if weight > _LEAST:
            weight *= 1.3 if box.name is Name.TEXT else 1.1 if box.tag in ("article", "main") else 1.0
            if page.heading is not None and box.first > page.heading:
                weight /= 1 + (page.prose[box.first] - page.prose[page.heading]) / _LATE
            if weight > heaviest:
                best, heaviest = number, weight
    return best


def _weight(block: Block) -> float:
    if block.tag in HEADINGS:
        return 0.0
    if block.linked > 0.5:
        return -0.3 * min(block.size, 100)
    if block.size < _SHORT:
        return 0.0 if block.tag == "p" or block.tag in _LISTED else -3.0
    weight = min(block.size, _LONG) * (1 - block.linked)
    if block.tag in _LISTED:
        weight /= 2
    return weight if ends_sentence(block.text) else weight / 2


def _with_twins(page: Marked, box: Box) -> tuple[int, int]:
    """The range of `box` and of boxes of the same tag and class before and behind it: an article in pieces."""
    first, end = box.first, box.end
    classes = box.classes
    if not classes:
        return first, end
    twins = [
        other for other in page.boxes if other.tag == box.tag and other.classes == classes and page.mass(other) > 0
    ]
    for twin in twins:
        if twin.first >= end:
            if any(block.tag == "h1" for block in page.blocks[end : twin.end]):
                break
            end = twin.end
    for twin in reversed(twins):
        if twin.end <= first:
            if any(block.tag == "h1" for block in page.blocks[twin.first : first]):
                break
            first = twin.first
    return first, end


def _standfirst(page: Marked, first: int) -> list[str]:
    """The sentences between heading and text that sum it up."""
    if page.heading is None or page.heading >= first:
        return []
    found = [
        block.text
        for block in page.alive(page.heading + 1, first)
        if block.size >= 60 and block.linked < 0.3 and ends_sentence(block.text)
    ]
    return found if len(found) <= 3 and sum(map(len, found)) < 800 else []
