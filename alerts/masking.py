"""Victims' names and everybody's phone numbers, taken out of what is sent. Pure.

What a source printed stays in the archive; this is about what lies on telephones and in mailboxes. It errs on the side
of masking: where people are freed or abused, every name that stands with an age is taken for a victim's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Protocol

from alerts.story import TAKEN_BACK, Story

MASK = "███"

#: A role that says: this person suffered it. Word stems of the languages that roles are read in.
_VICTIM = re.compile(
    r"victim|survivor|trafficked|abduct|kidnap|hostage|returnee|rescued|freed|escapee|deceased|"
    r"受害|被害|获救|遇害|死者|เหยื่อ|ผู้เสียหาย|ผู้รอดชีวิต|ผู้เสียชีวิต|korban|penyintas|biktima|nạn nhân|"
    r"víctima|vítima|victime|sobreviv|피해자|被害者",
    re.IGNORECASE,
)
#: In these, who is named with an age is nearly always somebody to whom it was done.
_OF_VICTIMS = frozenset({"rescue_release", "trafficking_abuse"})
_NAME = r"[A-ZÀ-ÖØ-Þ][\w’'\-]+"
_NAMED_WITH_AGE = re.compile(
    rf"\b({_NAME}(?: (?:{_NAME}|(?:bin|binti|bte|de|da|dos|al|van|der) {_NAME}|[A-Z]\.)){{0,4}})"
    r"(?=(?:,| \(| -| –)? ?\(?(?:aged |de )?\d{1,2}(?:\)|,| tahun| años| anos| ans|-year-old| years? old))"
)
#: An international number, or digits in groups as numbers are written to be called. Years, sums and dates are no such.
_PHONE = re.compile(
    r"(?<![\w.,/\-])(?:"
    r"\+\d{1,3}[\s.\-]?(?:\(\d{1,4}\)[\s.\-]?)?\d(?:[\s.\-]?\d){5,12}"
    r"|\(0\d{1,3}\)[\s.\-]?\d(?:[\s.\-]?\d){5,9}"
    r"|0\d{1,3}[\s.\-]\d{2,4}[\s.\-]\d{3,4}(?:[\s.\-]\d{2,4})?"
    r"|0\d{8,10}"
    r"|1[3-9]\d{9}"
    r")(?![\w/]|[.,\-]\d)"
)
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９", "01234567890123456789")


class Person(Protocol):
    """A fact, as far as it says whose name it is."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def role(self) -> str | None: ...


class Mask:
    """What one message must not spell out: made from its stories, asked for each string."""

    def __init__(self, names: Iterable[str] = (), *, with_ages: bool = False, phones: bool = True) -> None:
        known = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, known))) if known else None
        self._with_ages = with_ages
        self._phones = phones

    def __call__(self, text: str) -> str:
        if self._names is not None:
            text = self._names.sub(lambda found: initials(found[0]), text)
        if self._with_ages:
            text = _NAMED_WITH_AGE.sub(lambda found: initials(found[1]), text)
        return _without_phones(text) if self._phones else text


def mask_for(story: Story) -> Mask:
    """The mask of a story; one that hides nothing where its watch asks for names."""
    if story.show_names:
        return Mask(phones=False)
    renamed = [(told.old, told.new) for told in story.told if told.what == "name"]
    return mask_of(story.facts, story.event_types, renamed)


def mask_of(
    facts: Collection[Person], event_types: Iterable[str], renamed: Iterable[tuple[str | None, str | None]] = ()
) -> Mask:
    """The mask of a development with these facts, whose people had other names before: old and new of each."""
    hidden = victims(facts)
    others = {fact.name for fact in facts if fact.kind == "person"}.difference(hidden)
    # Whose name was taken back is known by the name in its place; where nobody bears that now, they may be a victim.
    hidden += [name for pair in renamed if pair[1] not in others for name in pair if name and name not in TAKEN_BACK]
    return Mask(hidden, with_ages=not _OF_VICTIMS.isdisjoint(event_types))


def victims(facts: Iterable[Person]) -> list[str]:
    """Names that the text itself gives to victims."""
    return [fact.name for fact in facts if fact.kind == "person" and fact.name and _VICTIM.search(fact.role or "")]


def initials(name: str) -> str:
    """`N. V. A.`; a mask for a name in a script without capitals."""
    parts = [part for part in re.split(r"[\s\-]+", name) if part]
    if not all(part[0].isupper() for part in parts):
        parts = [part for part in parts if part[0].isupper()]
    return " ".join(f"{part[0]}." for part in parts) or MASK


def _without_phones(text: str) -> str:
    plain = text.translate(_DIGITS)  # the same length, so that places agree
    pieces, end = [], 0
    for found in _PHONE.finditer(plain):
        pieces += [text[end : found.start()], MASK]
        end = found.end()
    return "".join([*pieces, text[end:]])
