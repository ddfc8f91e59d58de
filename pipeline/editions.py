"""Which batch or edition a text reports: the third flight is not the second, nor this year's forum last year's."""

from __future__ import annotations

import re
import unicodedata

_WORDS = {
    # English, Spanish, French, Portuguese, Italian, Indonesian, Filipino, Vietnamese
    1: "first primer primera premier première primeiro primeira primo prima pertama unang nhất",
    2: "second segundo segunda deuxième seconde secondo seconda kedua ikalawang hai",
    3: "third tercer tercera tercero troisième terceiro terceira terzo terza ketiga ikatlong ba",
    4: "fourth cuarto cuarta quatrième quarto quarta keempat ikaapat tư",
    5: "fifth quinto quinta cinquième kelima ikalimang năm",
    6: "sixth sexto sexta sixième sesto sesta keenam ikaanim sáu",
    7: "seventh séptimo séptima septième sétimo sétima settimo settima ketujuh ikapitong bảy",
    8: "eighth octavo octava huitième oitavo oitava ottavo ottava kedelapan ikawalong tám",
    9: "ninth noveno novena neuvième nono nona kesembilan ikasiyam chín",
    10: "tenth décimo décima dixième kesepuluh ikasampung mười",
}
_NUMBERS = {word: number for number, words in _WORDS.items() for word in words.split()}
_HAN = {digit: number for number, digit in enumerate("一二三四五六七八九十", start=1)}

_WRITTEN = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_ORDINAL = rf"(?P<n>\d{{1,3}}(?:st|nd|rd|th|[ºª°]|er|e|ème)?|{_WRITTEN})"
#: Before the noun a bare number counts: "31 to the forum" is no thirty-first forum.
_NTH = rf"(?P<n>\d{{1,3}}(?:st|nd|rd|th|[ºª°]|er|e|ème)|{_WRITTEN})"
_BATCH = r"(?:batch|group|flight|wave|contingent|lot|grupo|lote|vuelo|groupe|vague|vol|voo|gruppo|gelombang|kloter)"
_EDITION = (
    r"(?:edition|round|dialogue|forum|conference|course|class|rotation|phase|patrol|summit|session|ministerial|patrulla|patrouille|"
    r"edición|ronda|diálogo|foro|édition|forum"
    r"|dialogue|edição|fórum|edizione|angkatan|tahap)"
)
_FORMS = (
    ("batch", re.compile(rf"\b{_NTH}[\s-]+(?:\w+[\s-]+)?{_BATCH}s?\b", re.IGNORECASE)),
    ("batch", re.compile(rf"\b(?:gelombang|kloter|batch)\s+(?:ke-?)?{_ORDINAL}\b", re.IGNORECASE)),
    ("batch", re.compile(rf"\bđợt\s+(?:thứ\s+)?{_ORDINAL}\b", re.IGNORECASE)),
    ("batch", re.compile(r"第\s*(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:批|陣|阵)")),
    ("batch", re.compile(r"(?:ชุด|ล็อต|กลุ่ม|รอบ)ที่\s*(?P<n>\d{1,3})")),
    ("batch", re.compile(r"(?P<n>\d{1,3})차\s*(?:송환|전세기|입국)")),
    ("edition", re.compile(rf"\b{_NTH}[\s-]+(?:\w+[\s-]+){{0,3}}?{_EDITION}s?\b", re.IGNORECASE)),
    ("edition", re.compile(rf"\blần\s+thứ\s+{_ORDINAL}\b", re.IGNORECASE)),
    ("edition", re.compile(r"第\s*(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:届|屆|次|回|轮|輪|期)")),
    ("edition", re.compile(r"(?:ครั้ง|รุ่น)ที่\s*(?P<n>\d{1,3})")),
    ("edition", re.compile(r"제\s*(?P<n>\d{1,3})\s*(?:차|회)")),
)


def editions(text: str) -> frozenset[str]:
    """`batch:3`, `edition:4`, ... as `text` names them."""
    return frozenset(
        f"{kind}:{number}" for kind, form in _FORMS for match in form.finditer(text) if (number := _number(match["n"]))
    )


def _number(text: str) -> int:
    text = text.lower()
    if text in _NUMBERS:
        return _NUMBERS[text]
    if digits := re.match(r"\d+", text):
        return int("".join(str(unicodedata.digit(digit)) for digit in digits[0]))
    return _han(text)


def _han(text: str) -> int:
    """十二 is 12, 二十一 is 21; 0 for what is no such number."""
    tens, ten, units = text.rpartition("十")
    if not ten:
        return _HAN.get(text, 0)
    return (_HAN.get(tens, 1) if tens else 1) * 10 + (_HAN.get(units, 0) if units else 0)
