"""What would mend something: a line for people, and what a page can do of it with a button."""

from __future__ import annotations

from typing import Literal

#: add_site url · add_source source · take_in url · look_at source · end_silence silence · widen watch, key and value ·
#: add_word watch and word, beside a clause · replace_word watch and word, for a clause · change watch ·
#: label article
Deed = Literal[
    "",
    "add_site",
    "add_source",
    "take_in",
    "look_at",
    "end_silence",
    "widen",
    "add_word",
    "replace_word",
    "change",
    "label",
]


class Mend(str):
    """The line; `deed` says what does it, `needs` to what."""

    deed: Deed
    needs: dict[str, str]

    def __new__(cls, words: str, deed: Deed = "", **needs: str) -> Mend:
        made = super().__new__(cls, words)
        made.deed = deed
        made.needs = needs
        return made
