"""The children of an XML node by name, looked at once: what an entry of a feed holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

from lxml import etree

_LONGEST_TAG = 200  # of those that are remembered


class Fields:
    """A node's children. Its own are those in its namespace or in none, so that `media:title` is no title."""

    __slots__ = ("_foreign", "_own")

    def __init__(self, node: etree._Element) -> None:
        self._own: dict[str, list[etree._Element]] = {}
        self._foreign: dict[str, list[tuple[str, etree._Element]]] = {}
        home = tag_of(node)[0]
        for child in node:
            space, name = tag_of(child)
            if space is None or space == home:
                self._own.setdefault(name, []).append(child)
            if space is not None:
                self._foreign.setdefault(name, []).append((space, child))

    def own(self, name: str) -> list[etree._Element]:
        return self._own.get(name, [])

    def first(self, *names: str) -> etree._Element | None:
        """The first child of its own, in the order of `names`, that holds anything."""
        for name in names:
            for child in self._own.get(name, ()):
                if len(child) or (child.text or "").strip() or child.attrib:
                    return child
        return None

    def text(self, *names: str) -> str | None:
        return text_of(self.first(*names))

    def foreign(self, spaces: Collection[str], *names: str) -> str | None:
        """The text of the first child in one of those namespaces that has any."""
        for name in names:
            for space, child in self._foreign.get(name, ()):
                if space in spaces and (found := text_of(child)):
                    return found
        return None

    def named(self, name: str) -> Iterator[etree._Element]:
        """Every child of that name, of its own or not."""
        return (one for one in (*self.own(name), *(one for _, one in self._foreign.get(name, ()))))


def text_of(node: etree._Element | None) -> str | None:
    """All text inside a node."""
    if node is None:
        return None
    if len(node) == 0:
        return (node.text or "").strip() or None
    return "".join(node.itertext()).strip() or None


def tag_of(node: etree._Element) -> tuple[str | None, str]:
    """Namespace and name, in lower case; of what is no element nothing."""
    tag = node.tag
    if not isinstance(tag, str):
        return None, ""
    return _remembered(tag) if len(tag) <= _LONGEST_TAG else _split(tag)


def _split(tag: str) -> tuple[str | None, str]:
    # By hand: a mended document may hold tags that lxml itself would not accept as names.
    space, _, name = tag.rpartition("}")
    return space[1:] or None, name.lower()


_remembered = lru_cache(maxsize=1024)(_split)
