"""In which languages a query can find anything, so that a watch that cannot hear its own sources is noticed. Pure."""

from __future__ import annotations

from typing import Protocol

from core.query.nodes import TEXT_FIELDS, And, Leaf, Near, Node, Not, Or, Phrase, Sequence, Value
from core.query.scripts import script_of, scripts_of_language


class Tongues(Protocol):
    """Knows which words belong to which language."""

    def may_stand(self, words: str, language: str) -> bool:
        """Whether folded words of the language's script may stand in its texts; true where nobody knows."""


def hears(node: Node, language: str, tongues: Tongues) -> bool:
    """Whether a text in `language` can match at all, as far as words and `lang:` tell."""
    if isinstance(node, And):
        return all(hears(part, language, tongues) for part in node.parts)
    if isinstance(node, Or):
        return any(hears(part, language, tongues) for part in node.parts)
    return True if isinstance(node, Not) else _leaf_hears(node, language, tongues)


def deaf_to(node: Node, language: str, tongues: Tongues) -> tuple[Leaf, ...]:
    """The words and values that keep the query from hearing `language`; none where it does."""
    if isinstance(node, Not) or hears(node, language, tongues):
        return ()
    if isinstance(node, And | Or):
        return tuple(leaf for part in node.parts for leaf in deaf_to(part, language, tongues))
    return (node,)


def _leaf_hears(leaf: Leaf, language: str, tongues: Tongues) -> bool:
    if isinstance(leaf, Phrase):
        if leaf.field == "url":
            return True
        is_name = _is_name(leaf.source)
        return any(_may_stand(sequence, language, tongues, is_name) for sequence in leaf.spellings)
    if isinstance(leaf, Near):
        return leaf.field == "url" or all(
            any(_may_stand(sequence, language, tongues, False) for sequence in word) for word in leaf.words
        )
    if isinstance(leaf, Value) and leaf.field == "lang":
        tag = language.casefold().replace("_", "-")
        return any(tag.startswith(value) or value.startswith(f"{tag}-") for value in leaf.values)
    return True


def _may_stand(sequence: Sequence, language: str, tongues: Tongues, is_name: bool) -> bool:
    script = script_of(sequence)
    if script and script not in scripts_of_language(language):
        return False
    if is_name and script == "Latin":
        return True  # a name is written the same wherever the letters are
    glue = "" if all(part.glued for part in sequence[1:]) else " "
    return tongues.may_stand(glue.join(part.text for part in sequence), language)


def _is_name(source: str) -> bool:
    """Whether every word was written with a capital, as names are: `"KK Park"`."""
    written = source.partition(":")[2] if source.partition(":")[0] in TEXT_FIELDS else source
    words = written.strip('"').split()
    return all(word[:1].isupper() or word[:1].isdigit() for word in words)
