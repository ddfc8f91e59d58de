"""Numbers as people write them: digits of every script, words, 万 and lakh, thousands by the habit of the language."""

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
}
#: After any space or hyphen, but not on the next line, where another sentence or cell begins.
_UNSPACED_MULTIPLIER = re.compile(
    r"[^\S\n]?(?:"
    + "|".join(sorted((m for m in _MULTIPLIERS if not m.isascii()), key=len, reverse=True))
    + ")(?![a-zà-ÿ])"
)
_SPACED_MULTIPLIER = re.compile(
    r"(?:-|[^\S\n])?(?:"
    + "|".join(sorted((m for m in _MULTIPLIERS if m.isascii()), key=len, reverse=True))
    + r")(?![\w])",
    re.IGNORECASE,
)
#: Grouped by threes or the Indian way, or plain with at most one decimal mark.
_DIGITS = re.compile(
    r"(?<![\d.,])(?:(?<![A-Za-z_])|(?<=Rp)|(?<=RM)|(?<=Rs)|(?<=USD)|"
    r"(?<=RMB))(?:\d{1,3}(?:[,，.  \u202f'’]\d{3})+(?!\d)|"
    r"\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+)(?:[.,．]\d+)?"
)
_GROUP = re.compile(r"[,，.  \u202f'’](?=\d{3}(?!\d))")

_SMALL: dict[str, dict[str, int]] = {
    "en": {
        w: i
        for i, w in enumerate(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen".split()
        )
    }
    | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90},
    "es": {
        w: i
        for i, w in enumerate(
            "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
            "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
            "veintiséis veintisiete veintiocho veintinueve".split()
        )
    }
    | {
        "treinta": 30,
        "cuarenta": 40,
        "cincuenta": 50,
        "sesenta": 60,
        "setenta": 70,
        "ochenta": 80,
        "noventa": 90,
        "cien": 100,
        "ciento": 100,
        "doscientos": 200,
        "doscientas": 200,
        "trescientos": 300,
        "quinientos": 500,
    },
    "fr": {
        w: i
        for i, w in enumerate(
            "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
        )
    }
    | {
        "dix-sept": 17,
        "dix-huit": 18,
        "dix-neuf": 19,
        "vingt": 20,
        "trente": 30,
        "quarante": 40,
        "cinquante": 50,
        "soixante": 60,
        "quatre-vingts": 80,
        "quatre-vingt": 80,
        "soixante-dix": 70,
        "quatre-vingt-dix": 90,
        "vingtaine": 20,
        "dizaine": 10,
        "trentaine": 30,
        "centaine": 100,
        "cinquantaine": 50,
        "douzaine": 12,
    },
    "pt": {
        "um": 1,
        "uma": 1,
        "dois": 2,
        "duas": 2,
        "três": 3,
        "quatro": 4,
        "cinco": 5,
        "seis": 6,
        "sete": 7,
        "oito": 8,
        "nove": 9,
        "dez": 10,
        "onze": 11,
        "doze": 12,
        "treze": 13,
        "catorze": 14,
        "quatorze": 14,
        "quinze": 15,
        "dezesseis": 16,
        "dezessete": 17,
        "dezoito": 18,
        "dezenove": 19,
        "vinte": 20,
        "trinta": 30,
        "quarenta": 40,
        "cinquenta": 50,
        "sessenta": 60,
        "setenta": 70,
        "oitenta": 80,
        "noventa": 90,
        "cem": 100,
        "cento": 100,
    },
    "it": {
        "due": 2,
        "tre": 3,
        "quattro": 4,
        "cinque": 5,
        "sei": 6,
        "sette": 7,
        "otto": 8,
        "nove": 9,
        "dieci": 10,
        "undici": 11,
        "dodici": 12,
        "venti": 20,
        "trenta": 30,
    },
    "de": {
        "zwei": 2,
        "drei": 3,
        "vier": 4,
        "fünf": 5,
        "sechs": 6,
        "sieben": 7,
        "acht": 8,
        "neun": 9,
        "zehn": 10,
        "elf": 11,
        "zwölf": 12,
        "zwanzig": 20,
        "dreißig": 30,
    },
    "id": {
        "satu": 1,
        "dua": 2,
        "tiga": 3,
        "empat": 4,
        "lima": 5,
        "enam": 6,
        "tujuh": 7,
        "delapan": 8,
        "lapan": 8,
        "sembilan": 9,
        "sepuluh": 10,
        "sebelas": 11,
        "seratus": 100,
        "seribu": 1000,
        "seorang": 1,
        "seekor": 1,
    },
    "vi": {
        "một": 1,
        "hai": 2,
        "ba": 3,
        "bốn": 4,
        "năm": 5,
        "sáu": 6,
        "bảy": 7,
        "tám": 8,
        "chín": 9,
        "mười": 10,
        "lăm": 5,
        "mốt": 1,
    },
    "tl": {
        "isa": 1,
        "isang": 1,
        "dalawa": 2,
        "dalawang": 2,
        "tatlo": 3,
        "tatlong": 3,
        "apat": 4,
        "lima": 5,
        "limang": 5,
        "anim": 6,
        "pito": 7,
        "pitong": 7,
        "walo": 8,
        "walong": 8,
        "siyam": 9,
        "sampu": 10,
        "sampung": 10,
        "dalawampu": 20,
        "tatlumpu": 30,
    },
    "hi": {
        "एक": 1,
        "दो": 2,
        "तीन": 3,
        "चार": 4,
        "पांच": 5,
        "पाँच": 5,
        "छह": 6,
        "सात": 7,
        "आठ": 8,
        "नौ": 9,
        "दस": 10,
        "बारह": 12,
        "बीस": 20,
        "पचास": 50,
    },
    "ar": {
        "ثلاثة": 3,
        "ثلاث": 3,
        "أربعة": 4,
        "أربع": 4,
        "خمسة": 5,
        "خمس": 5,
        "ستة": 6,
        "سبعة": 7,
        "ثمانية": 8,
        "تسعة": 9,
        "عشرة": 10,
        "عشرين": 20,
        "عشرون": 20,
    },
}
_SMALL["ms"] = _SMALL["id"]
_TIMES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "dozen": 12,
    "score": 20,
    "puluh": 10,
    "ratus": 100,
    "ribu": 1000,
    "juta": 1_000_000,
    "mươi": 10,
    "trăm": 100,
    "nghìn": 1000,
    "cientos": 100,
    "mil": 1000,
    "cent": 100,
    "cents": 100,
    "mille": 1000,
    "daan": 100,
    "libo": 1000,
    "सौ": 100,
    "हजार": 1000,
    "belas": -10,
    "dozens": 12,
}
_LINKS = {"en": ("and",), "es": ("y",), "pt": ("e",), "fr": ("et",), "id": (), "vi": (), "it": (), "ar": ("و",)}
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_HAN = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)) | {"两": 2, "兩": 2}
_HAN_TIMES = {"十": 10, "百": 100, "千": 1000}
_HAN_NUMBER = re.compile(
    r"[〇零一二三四五六七八九两兩十百千]+(?=(?:多|余|餘|数|數)?(?:名|人|位|辆|輛|架|栋|棟|座|处|處|个|個|起|批|艘|台|部|家|カ国|か国|件|軒|"
    r"条|間|间|万|萬))"
)
_HALF_DOZEN = re.compile(r"\b(half )?a dozen\b", re.IGNORECASE)
_THAI = {"หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9, "สิบ": 10}
_THAI_NUMBER = re.compile("(" + "|".join(_THAI) + r")\s?(?=คน|ราย|นาย|จุด|แห่ง|หลัง|คัน|เครื่อง|ประเทศ)")
_KOREAN = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_KOREAN_NUMBER = re.compile(r"(?<![가-힣])(" + "|".join(_KOREAN) + r")\s?(?=명|대|곳|건|채|편)")


@dataclass(frozen=True)
class Number:
    """One number in a text."""

    start: int
    end: int
    value: float
    high: float | None = None  # of a range, value being the lower end
    written: bool = False  # in words


def find_numbers(text: str, language: str) -> list[Number]:
    """Every number of `text` in order, ranges joined."""
    found = list(_in_digits(text, language))
    taken = [(number.start, number.end) for number in found]
    for number in (*_in_words(text, language), *_in_characters(text, language)):
        if not any(number.start < end and start < number.end for start, end in taken):
            found.append(number)
    found.sort(key=lambda number: number.start)
    return _join_ranges(text, found)


# --- Digits ------------------------------------------------------------------------------------------------------


def _in_digits(text: str, language: str) -> Iterator[Number]:
    position = 0
    for start, _ in digit_runs(text):
        match = _DIGITS.match(text, start) if start >= position else None
        if match is None:
            continue
        value = _value(match[0], language)
        end = match.end()
        if match[0][-1] in ",.．":
            end -= 1
        value, end = _multiplied(text, value, end)
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


def _multiplied(text: str, value: float, end: int) -> tuple[float, int]:
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


# --- Words -------------------------------------------------------------------------------------------------------


def _in_words(text: str, language: str) -> Iterator[Number]:
    table = _SMALL.get(language) or (_SMALL["en"] if language in ("", "en") else {})
    if not table:
        return
    links = _LINKS.get(language, ())
    run: list[tuple[int, int, str]] = []
    for match in _WORD.finditer(text):
        if not run and not _begins(match[0].lower(), table):
            continue
        for start, end, word in _pieces(match, table):
            known = word in table or (word in _TIMES and (run or word in ("dozens",)))
            joined = run and text[run[-1][1] : start].strip(" -\xa0") == "" and "\n" not in text[run[-1][1] : start]
            if known and (joined or not run):
                run.append((start, end, word))
                continue
            if run and joined and word in links and run[-1][2] not in links:
                run.append((start, end, word))
                continue
            yield from _close(run, table, language)
            run = [(start, end, word)] if word in table else []
    yield from _close(run, table, language)


def _begins(word: str, table: dict[str, int]) -> bool:
    """Whether a number in words may begin here; most words are none."""
    return word in table or word == "dozens" or "-" in word


def _pieces(match: re.Match[str], table: dict[str, int]) -> Iterator[tuple[int, int, str]]:
    word = match[0].lower()
    if word in table or "-" not in word:
        yield match.start(), match.end(), word
        return
    position = match.start()
    for piece in re.split("-", match[0]):
        yield position, position + len(piece), piece.lower()
        position += len(piece) + 1


def _close(run: list[tuple[int, int, str]], table: dict[str, int], language: str) -> Iterator[Number]:
    while run and run[-1][2] not in table and run[-1][2] not in _TIMES:
        run = run[:-1]
    if not run:
        return
    total = current = 0
    for _, _, word in run:
        if word in table:
            current += table[word]
        elif word in _TIMES:
            times = _TIMES[word]
            if times == -10:
                current += 10
            elif times >= 1000:
                total, current = total + max(current, 1) * times, 0
            elif times == 10 and language == "vi":
                current = current // 100 * 100 + current % 100 * 10
            elif times == 10:
                current = current - current % 10 + current % 10 * 10
            else:
                current = max(current, 1) * times
    yield Number(run[0][0], run[-1][1], float(total + current), written=True)


def _in_characters(text: str, language: str) -> Iterator[Number]:
    if language in ("en", ""):
        for match in _HALF_DOZEN.finditer(text):
            yield Number(match.start(), match.end(), 6.0 if match[1] else 12.0, written=True)
    if language in ("zh", "ja", ""):
        for match in _HAN_NUMBER.finditer(text):
            if not re.search(r"[第之统統唯星期周週礼]$", text[max(0, match.start() - 1) : match.start()]):
                value, end = _multiplied(text, float(_han(match[0])), match.end())
                yield Number(match.start(), end, value, written=True)
    if language == "th":
        for match in _THAI_NUMBER.finditer(text):
            yield Number(match.start(), match.end(1), float(_THAI[match[1]]), written=True)
    if language == "ko":
        for match in _KOREAN_NUMBER.finditer(text):
            yield Number(match.start(), match.end(1), float(_KOREAN[match[1]]), written=True)


def _han(characters: str) -> int:
    if not any(ch in _HAN_TIMES for ch in characters):
        return int("".join(str(_HAN[ch]) for ch in characters))
    total = current = 0
    for ch in characters:
        if ch in _HAN_TIMES:
            total, current = total + max(current, 1) * _HAN_TIMES[ch], 0
        else:
            current = _HAN[ch]
    return total + current


def _join_ranges(text: str, found: list[Number]) -> list[Number]:
    """ "30 to 35" and "10-12" are one number with two ends."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else None
        between = text[last.end : number.start] if last else ""
        if (
            last
            and last.high is None
            and number.value > last.value
            and re.fullmatch(r"\s?(?:-|–|—|~|～|〜|至|到|ถึง|to|sampai|hingga|à|a|đến)\s?", between)
            and (between.strip() in "-–—~～〜至到ถึง" or len(between) > 2)
        ):
            joined[-1] = Number(last.start, number.end, last.value, high=number.value, written=last.written)
        else:
            joined.append(number)
    return joined
