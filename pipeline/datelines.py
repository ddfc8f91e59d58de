"""The dateline that a report begins with: the town it was sent from, a day, a wire. Of the text, not of the news."""

from __future__ import annotations

import re

_BRACKETED = r"(?:\s*[(（][^()（）\n]{1,40}[)）])?"
_DAY = r"(?:, (?:\d{1,2} [^\W\d_]{3,12}|[^\W\d_]{3,12}\.? \d{1,2})(?:,? \d{4})?)?"
_DASH = r"\s*(?:\s[-–]|[—―]|--)\s*"
#: What opens a sentence behind the dash; a small letter goes on with the one before it.
_OPENS = r"(?=[\"'“‘«„「『(]?[^\W\d_a-zß-öø-ÿа-яё]|[\"'“‘«]?\d)"

_FORMS = (
    # HONIARA -, MAE SOT, Thailand (Reuters) -, BANGKOK, Oct 13 (AFP) —
    re.compile(
        rf"[^\W\d_a-zß-öø-ÿа-яё][^\W\d_a-zß-öø-ÿа-яё .'’-]{{2,}}(?:,[^\n!?()-]{{1,40}})?{_BRACKETED}{_DASH}{_OPENS}"
    ),
    # PORT MORESBY, Papua New Guinea, Dec 10 (Wire) -
    re.compile(
        rf"[A-ZÀ-ÖØ-ÞĐА-ЯЁ]{{2}}[A-ZÀ-ÖØ-ÞĐА-ЯЁ .'’-]{{0,28}}(?:,[^\n!?()-]{{1,40}})?{_BRACKETED}{_DASH}{_OPENS}"
    ),
    # Honiara -, Phnom Penh (ANTARA) -, แม่สอด -, Port Moresby, February 25 -
    re.compile(rf"[^\W\d_]\S{{1,20}}(?: [^\W\d_a-zß-öø-ÿа-яё]\S{{1,15}}){{0,2}}{_DAY}{_BRACKETED}{_DASH}{_OPENS}"),
    # (Dân trí) -
    re.compile(rf"[(（][^()（）\n]{{2,40}}[)）]{_DASH}"),
    # (怡保19日讯)
    re.compile(r"[（(][^（）()\n，。]{2,20}\d{1,2}日(?:电|電|讯|訊)[）)]\s*"),
    # 新华社曼谷10月13日电（记者 ...）, 中新社...电, 本报讯
    re.compile(r"[^\n，。]{2,30}\d{1,2}日(?:电|電|讯|訊)\s*(?:[（(][^）)\n]{1,30}[）)])?\s*"),
    re.compile(r"本[报報][^\s，。\n]{0,8}(?:讯|訊|报道|報道)\s+"),
)
_SPACED_DASH = re.compile(r"\s[-–—]\s|—")
_SENTENCE_END = re.compile(r"[.!?]\s|[。！？\n]")


def after_dateline(text: str) -> str:
    """`text` from where the news begins."""
    return text[dateline_end(text) :]


def dateline_end(text: str) -> int:
    """Where the news begins: 0 without a dateline, or where nothing stands behind it."""
    for form in _FORMS:
        match = form.match(text)
        if match is not None and text[match.end() :].strip() and not _is_aside(text[match.end() :]):
            return match.end()
    return 0


def _is_aside(rest: str) -> bool:
    """Whether another dash follows in the sentence, which hold something in between: `Nauru – a state – said`."""
    return _SPACED_DASH.search(_SENTENCE_END.split(rest, maxsplit=1)[0]) is not None
