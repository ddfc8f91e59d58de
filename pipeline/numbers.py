"""Every number of a text, in digits, in words or in characters, ranges joined."""

from __future__ import annotations

import re

from pipeline.digits import Number, in_digits
from pipeline.numberwords import in_characters, in_words

__all__ = ["Number", "find_numbers"]


_TO = re.compile(r"\s?(?:-|–|—|~|～|〜|至|到|ถึง|to|sampai|hingga|à|a|đến)\s?")
#: Words that are other ones elsewhere.
_OWN_TO = {"ru": ("до",), "tr": ("ile", "ila"), "hr": ("do",), "sr": ("do",), "bs": ("do",)}
#: "Grew from 14 to 37" tells two numbers, not one with two ends.
_GROWN = re.compile(
    r"\b(?:grow|grew|grown|rise|rose|risen|rais|increas|jump|climb|expand|up|fell|fall|drop|cut|reduc|lift|shr[aiu]nk|went|doubl)"
    r"[^.;]{0,40}\bfrom\s(?:about\s|some\s|only\s|just\s)?$",
    re.IGNORECASE,
)
_GROWN_WITHIN = 60  # characters


def find_numbers(text: str, language: str) -> list[Number]:
    """Every number of `text` in order, ranges joined."""
    found = list(in_digits(text, language))
    taken = [(number.start, number.end) for number in found]
    for number in (*in_words(text, language), *in_characters(text, language)):
        if not any(number.start < end and start < number.end for start, end in taken):
            found.append(number)
    found.sort(key=lambda number: number.start)
    return _join_ranges(text, found, language)


def _join_ranges(text: str, found: list[Number], language: str) -> list[Number]:
    """ "30 to 35" and "10-12" are one number with two ends."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else None
        between = text[last.end : number.start] if last else ""
        if (
            last
            and last.high is None
            and number.value > last.value
            and (_TO.fullmatch(between) or between.strip() in _OWN_TO.get(language, ()))
            and (between.strip() in "-–—~～〜至到ถึง" or len(between) > 2)
            and not _GROWN.search(text, max(0, last.start - _GROWN_WITHIN), last.start)
        ):
            joined[-1] = Number(last.start, number.end, last.value, high=number.value, written=last.written)
        else:
            joined.append(number)
    return joined
