"""Numbers in words, and in the characters of Chinese, Japanese, Thai and Korean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.digits import Number, multiplied
from pipeline.numbertables import begins_of, links_of, times_of, worth_of

#: The vowel signs of Devanagari are no letters to `re`.
_WORD = re.compile(r"(?:[^\W\d_]|[\u0900-\u0963])+(?:[-’'][^\W\d_]+)*")
_HAN = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)) | {"两": 2, "兩": 2}
_HAN_TIMES = {"十": 10, "百": 100, "千": 1000}
_HAN_NUMBER = re.compile(
    r"[〇零一二三四五六七八九两兩十百千]+(?=(?:多|余|餘|数|數)?(?:名|人|位|辆|輛|架|栋|棟|座|处|處|个|個|起|批|艘|台|部|家|カ国|か国|件|軒|"
    r"条|間|间|万|萬))"
)
_HALF_DOZEN = re.compile(r"\b(half )?a dozen\b", re.IGNORECASE)
_THAI = {"หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9, "สิบ": 10}
_THAI_NUMBER = re.compile("(" + "|".join(_THAI) + r")\s?(?=คน|ราย|นาย|จุด|แห่ง|หลัง|คัน|เครื่อง|ประเทศ)")
_BURMESE = dict(zip("တစ် နှစ် သုံး လေး ငါး ခြောက် ခုနစ် ရှစ် ကိုး ဆယ်".split(), range(1, 11), strict=True))
_BURMESE_NUMBER = re.compile("(?<![က-႟])(" + "|".join(_BURMESE) + r")\s?(?=ဦး|ယောက်)")
_KOREAN = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_KOREAN_NUMBER = re.compile(r"(?<![가-힣])(" + "|".join(_KOREAN) + r")\s?(?=명|대|곳|건|채|편)")


_AFTER_ONE = ("hundred", "thousand")


def in_words(text: str, language: str) -> Iterator[Number]:
    table = worth_of(language)
    if not table:
        return
    times, first, links = times_of(language), begins_of(language), links_of(language)
    run: list[tuple[int, int, str]] = []
    for match in _WORD.finditer(text):
        written = match[0].lower()
        # Most words begin no number: what is asked of every word of a text is asked without a call.
        if not run and written not in table and written not in first and "-" not in written:
            if written not in _AFTER_ONE or not _is_one(text, match.start(), written):
                continue
        for start, end, word in _pieces(match, table):
            if run and table.get(run[-1][2], 10) < 10 and table.get(word, 10) < 10:
                yield from _close(run, table, times, language)  # "six four-storey buildings" are six, not ten
                run = [] if word == "hét" else [(start, end, word)]  # and "két hét" are two weeks
                continue
            known = word in table or (word in times and (run or word in first or _is_one(text, start, word)))
            joined = run and text[run[-1][1] : start].strip(" -\xa0") == "" and "\n" not in text[run[-1][1] : start]
            if known and (joined or not run):
                run.append((start, end, word))
                continue
            if run and joined and word in links and run[-1][2] not in links:
                run.append((start, end, word))
                continue
            yield from _close(run, table, times, language)
            run = [(start, end, word)] if word in table or word in first or _is_one(text, start, word) else []
    yield from _close(run, table, times, language)


def _is_one(text: str, start: int, word: str) -> bool:
    """ "A hundred and two": an article stands for the one."""
    return word in _AFTER_ONE and text[max(0, start - 3) : start].lower() in (" a ", "\na ", "a ")


def _pieces(match: re.Match[str], table: Mapping[str, int]) -> Iterator[tuple[int, int, str]]:
    word = match[0].lower()
    if word in table or "-" not in word:
        yield match.start(), match.end(), word
        return
    position = match.start()
    for piece in re.split("-", match[0]):
        yield position, position + len(piece), piece.lower()
        position += len(piece) + 1


def _close(
    run: list[tuple[int, int, str]], table: Mapping[str, int], times: Mapping[str, int], language: str
) -> Iterator[Number]:
    while run and run[-1][2] not in table and run[-1][2] not in times:
        run = run[:-1]
    if not run:
        return
    total = current = 0
    for _, _, word in run:
        if word in table:
            current += table[word]
        elif word in times:
            factor = times[word]
            if factor == -10:
                current += 10
            elif factor >= 1000:
                total, current = total + max(current, 1) * factor, 0
            elif factor == 10 and language == "vi":
                current = current // 100 * 100 + current % 100 * 10
            elif factor == 10:
                current = current - current % 10 + current % 10 * 10
            else:
                current = max(current, 1) * factor
    yield Number(run[0][0], run[-1][1], float(total + current), written=True)


def in_characters(text: str, language: str) -> Iterator[Number]:
    if language in ("en", ""):
        for match in _HALF_DOZEN.finditer(text):
            yield Number(match.start(), match.end(), 6.0 if match[1] else 12.0, written=True)
    if language in ("zh", "ja", ""):
        for match in _HAN_NUMBER.finditer(text):
            if not re.search(r"[第之统統唯星期周週礼]$", text[max(0, match.start() - 1) : match.start()]):
                value, end = multiplied(text, float(_han(match[0])), match.end())
                yield Number(match.start(), end, value, written=True)
    if language == "th":
        for match in _THAI_NUMBER.finditer(text):
            yield Number(match.start(), match.end(1), float(_THAI[match[1]]), written=True)
    if language == "my":
        for match in _BURMESE_NUMBER.finditer(text):
            yield Number(match.start(), match.end(1), float(_BURMESE[match[1]]), written=True)
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
