"""Numbers in digits of every script, grouped by the habit of the language, times what is written after them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.anchors import digit_runs

#: Languages that write 1.000,5 where English writes 1,000.5.
_COMMA_DECIMAL = frozenset(("es", "fr", "pt", "it", "de", "id", "vi", "tr", "nl", "ru", "hr", "sr", "hu", "km", "lo"))

_MULTIPLIERS: dict[str, float] = {
    "thousand": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "bn": 1e9,
    "mln": 1e6,
    "lakh": 1e5,
    "lakhs": 1e5,
    "crore": 1e7,
    "crores": 1e7,
    "dozen": 12,
    "hundred": 100,
    "k": 1e3,
    "m": 1e6,
    "万": 1e4,
    "萬": 1e4,
    "億": 1e8,
    "亿": 1e8,
    "千": 1e3,
    "百": 100,
    "兆": 1e12,
    "만": 1e4,
    "억": 1e8,
    "천": 1e3,
    "조": 1e12,
    "백": 100,
    "ล้านล้าน": 1e12,
    "ล้าน": 1e6,
    "แสน": 1e5,
    "หมื่น": 1e4,
    "พันล้าน": 1e9,
    "พัน": 1e3,
    "triệu": 1e6,
    "tỷ": 1e9,
    "tỉ": 1e9,
    "nghìn": 1e3,
    "ngàn": 1e3,
    "vạn": 1e4,
    "juta": 1e6,
    "miliar": 1e9,
    "ribu": 1e3,
    "triliun": 1e12,
    "bilion": 1e9,
    "milyon": 1e6,
    "libo": 1e3,
    "mil": 1e3,
    "millones": 1e6,
    "millón": 1e6,
    "milhões": 1e6,
    "milhão": 1e6,
    "bilhões": 1e9,
    "bilhão": 1e9,
    "milliers": 1e3,
    "mille": 1e3,
    "milliards": 1e9,
    "milliard": 1e9,
    "milioni": 1e6,
    "miliardi": 1e9,
    "millionen": 1e6,
    "milliarden": 1e9,
    "tausend": 1e3,
    "लाख": 1e5,
    "करोड़": 1e7,
    "हजार": 1e3,
    "हज़ार": 1e3,
    "ألف": 1e3,
    "آلاف": 1e3,
    "مليون": 1e6,
    "ملايين": 1e6,
    "مليار": 1e9,
    "သောင်း": 1e4,
    "သိန်း": 1e5,
    "သန်း": 1e6,
    "ထောင်": 1e3,
    "លាន": 1e6,
    "ពាន់": 1e3,
    "ម៉ឺន": 1e4,
    "ລ້ານ": 1e6,
    "ພັນ": 1e3,
    "тыс": 1e3,
    "тысяч": 1e3,
    "тысячи": 1e3,
    "тысяча": 1e3,
    "млн": 1e6,
    "миллион": 1e6,
    "миллиона": 1e6,
    "миллионов": 1e6,
    "млрд": 1e9,
    "миллиард": 1e9,
    "миллиарда": 1e9,
    "миллиардов": 1e9,
    "трлн": 1e12,
    "bin": 1e3,
    "milyar": 1e9,
    "ezer": 1e3,
    "millió": 1e6,
    "milliárd": 1e9,
    "tisuća": 1e3,
    "tisuće": 1e3,
    "tisuću": 1e3,
    "hiljada": 1e3,
    "hiljade": 1e3,
    "milijun": 1e6,
    "milijuna": 1e6,
    "milion": 1e6,
    "miliona": 1e6,
    "milijardi": 1e9,
    "milijarde": 1e9,
    "milijarda": 1e9,
}
#: What multiplies in one language and is another word elsewhere.
_ONLY_IN = {"bin": ("tr",)}
#: After any space or hyphen, but not on the next line, where another sentence or cell begins.
_UNSPACED_MULTIPLIER = re.compile(
    r"[^\S\n]?(?:"
    + "|".join(sorted((m for m in _MULTIPLIERS if not m.isascii()), key=len, reverse=True))
    + ")(?![a-zà-ÿ]|(?<=兆)[瓦赫])"
)
_SPACED_MULTIPLIER = re.compile(
    r"(?:-|[^\S\n])?(?:"
    + "|".join(sorted((m for m in _MULTIPLIERS if m.isascii()), key=len, reverse=True))
    + r")(?![\w])",
    re.IGNORECASE,
)
#: Grouped by threes or the Indian way, or plain with at most one decimal mark.
_DIGITS = re.compile(
    r"(?<![\d.])(?<!\d,)(?:(?<![A-Za-z_])|(?<=Rp)|(?<=RM)|(?<=Rs)|(?<=USD)|"
    r"(?<=RMB))(?:\d{1,3}(?:[,，.  \u202f'’]\d{3})+(?!\d)|"
    r"\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+)(?:[.,．]\d+)?"
)
_GROUP = re.compile(r"[,，.  \u202f'’](?=\d{3}(?!\d))")


@dataclass(frozen=True)
class Number:
    """One number in a text."""

    start: int
    end: int
    value: float
    high: float | None = None  # of a range, value being the lower end
    written: bool = False  # in words


def in_digits(text: str, language: str) -> Iterator[Number]:
    position = 0
    for start, _ in digit_runs(text):
        match = _DIGITS.match(text, start) if start >= position else None
        if match is None:
            continue
        value = _value(match[0], language)
        end = match.end()
        if match[0][-1] in ",.．":
            end -= 1
        value, end = multiplied(text, value, end, language)
        yield Number(match.start(), end, value)
        position = max(end, match.end())


def _value(digits: str, language: str) -> float:
    text = digits.replace("，", ",").replace("．", ".")
    decimal = "," if language in _COMMA_DECIMAL else "."
    group = "." if decimal == "," else ","
    if re.fullmatch(r"\d{1,2}(?:,\d{2})+,\d{3}", text):
        return float(text.replace(",", ""))
    pieces = _GROUP.split(text)
    if len(pieces) > 1 and not (len(pieces) == 2 and decimal in text and decimal != group and language in ("th", "zh")):
        separators = {text[len(pieces[0])]}
        if decimal not in separators or group in separators or len(pieces) > 2:
            tail = re.split(r"[.,](?=\d+$)", pieces[-1]) if not pieces[-1].isdigit() else [pieces[-1]]
            return float("".join(pieces[:-1]) + ".".join(tail))
    cleaned = text.replace(group, "" if group in text and decimal in text else group)
    try:
        return float(cleaned.replace(",", "."))
    except ValueError:
        return float("".join(ch for ch in text if ch.isdigit()) or 0)


def multiplied(text: str, value: float, end: int, language: str = "") -> tuple[float, int]:
    """`value` times what is written after it: "17.1 billion", "1億2千万", "2.5 lakh"."""
    total = 0.0
    while True:
        times = 1.0
        while match := _UNSPACED_MULTIPLIER.match(text, end) or _SPACED_MULTIPLIER.match(text, end):
            word = match[0].strip().strip("-").lower()
            if word in ("m", "k") and not _is_thousands(text, match.start(), match.end()):
                break
            if word in ("千", "百", "천", "백", "พัน") and not match[0][:1].isspace() and times == 1.0 and value >= 1000:
                break
            if language not in _ONLY_IN.get(word, (language,)):
                break
            times *= _MULTIPLIERS[word]
            end = match.end()
        total += value * times
        following = re.compile(r"\d+").match(text, end)
        if times < 10 or not following or text[end - 1].isascii():
            return float(round(total, 3)), end
        more = _UNSPACED_MULTIPLIER.match(text, following.end())
        if not more or more[0].startswith(" "):
            return float(round(total, 3)), end
        value, end = float(following[0]), following.end()


def _is_thousands(text: str, start: int, end: int) -> bool:
    """Whether "m" or "k" means a million or thousand, not metres: after money, or "500m kip"."""
    money_before = re.search(r"[$€£¥₩฿₹]\s?[\d.,]+$", text[max(0, start - 14) : start])
    money_after = re.match(
        r"\s(?:kip|baht|yuan|won|yen|dollars|riel|kyat|pesos?|rupees|euros|pounds|ringgit)\b", text[end : end + 12]
    )
    return bool(money_before or money_after)
