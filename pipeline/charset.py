"""From bytes to text: what the page says about its character set is a hint, what its bytes say is evidence."""

from __future__ import annotations

import codecs
import contextlib
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(
    rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})|encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,40})""", re.I
)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)

#: Labels that mean a wider set in practice, as browsers read them.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "ks_c_5601": "cp949",
}
_LABELS = {"x-sjis": "cp932", "windows-31j": "cp932", "windows-874": "cp874", "x-gbk": "gb18030", "x-euc-jp": "euc_jp"}
_GUESSES = (
    "gb18030",
    "big5hkscs",
    "cp932",
    "euc_jp",
    "cp949",
    "cp874",
    "cp1251",
    "koi8_r",
    "cp1256",
    "cp1250",
    "cp1252",
)

#: The commonest characters of running Chinese text, both scripts; a wrong codec lands on rare ones.
_COMMON_HAN = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十"
    "三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表"
    "间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员"
    "位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知将组见计别手期根论运九区强放决被必战先回则任取据处队南给色光门保治北造"
    "這為個國時來們於對會發動過說產種後學經進著電裡現實體機當點從業應開還與關線內數變條沒結問無係軍並題黨員總設長頭資邊級圖統將組見計別論運"
    "區強決戰則據處隊給門網報導記者聞港台灣澳警方案被捕市民表示報道新闻网警察公安局人民政府嫌疑犯罪今昨日月稱指約"
)
_SAMPLE = 60_000
_SURROGATES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")  # halves of pairs, as UTF-8 forbids them
_RUNS = re.compile(r"[^\x00-\x7f]+")


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page, whatever it claims: BOM, then valid UTF-8, then the likeliest reading. Never raises."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    wide = _without_mark(body)
    if wide is not None:
        return body.decode(wide, "replace").replace("\ufffd", "")
    if b"\x1b$" in body[:_SAMPLE] and "iso2022_jp" in _declared(body, content_type):
        return body.decode("iso2022_jp", "replace")
    text = _as_utf8(body)
    return text if text is not None else _likeliest(body, _declared(body, content_type))


def _without_mark(body: bytes) -> str | None:
    """UTF-16 without a BOM shows as a NUL beside nearly every letter of the markup."""
    head = body[:400]
    if len(head) < 40 or head.count(0) < len(head) // 4:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _declared(body: bytes, content_type: str | None) -> list[str]:
    labels = _HEADER.findall(content_type or "")
    for pair in _DECLARED.findall(body[:8192]):
        labels.append((pair[0] or pair[1]).decode("ascii"))
    codecs_found = [_codec(label) for label in labels]
    return list(dict.fromkeys(codec for codec in codecs_found if codec))


def _codec(label: str) -> str | None:
    name = label.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(name, name)).name
    except (LookupError, ValueError):
        return None
    if name in {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7"} or not _is_text_codec(name):
        return None
    return _WIDER.get(name, name)


def _is_text_codec(name: str) -> bool:
    try:
        return isinstance(b"a".decode(name), str)
    except (LookupError, ValueError, TypeError, AssertionError):
        return False


def _as_utf8(body: bytes) -> str | None:
    """`body` read as UTF-8, if that is what it is but for a few broken bytes."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    with contextlib.suppress(UnicodeDecodeError):
        return _SURROGATES.sub(b"", body).decode("utf-8")
    broken = text.count("\ufffd")
    foreign = sum(len(run) for run in _RUNS.findall(text))
    # A page that was cut mid-character, or into which one foreign snippet was pasted.
    return text.replace("\ufffd", "") if broken < max(0.03 * foreign, 3 if foreign > 20 else 0) else None


def _likeliest(body: bytes, declared: list[str]) -> str:
    sample = _foreign_bytes(body)
    candidates = list(dict.fromkeys([*declared, *_GUESSES]))
    scores = {codec: _plausibility(sample, codec) + (0.15 if codec in declared else 0.0) for codec in candidates}
    best = max(candidates, key=lambda codec: scores[codec])
    return body.decode(best, "replace").replace("\ufffd", "")


def _foreign_bytes(body: bytes) -> bytes:
    """The stretch of the body that holds most of its non-ASCII bytes, at most _SAMPLE long."""
    if len(body) <= _SAMPLE:
        return body
    starts = range(0, len(body), _SAMPLE // 2)
    best = max(starts, key=lambda start: sum(1 for byte in body[start : start + _SAMPLE : 7] if byte > 127))
    start = body.rfind(b">", 0, best) + 1
    return body[start : best + _SAMPLE]


def _plausibility(sample: bytes, codec: str) -> float:
    """How much the non-ASCII characters look like writing: about 1 for the right codec, below zero for a wrong one."""
    text = sample.decode(codec, "replace")
    total, score = 0, 0.0
    for run in _RUNS.finditer(text):
        before = text[run.start() - 1 : run.start()]
        for character in run[0]:
            score += _weight(character, before)
            before = character
            total += 1
    return score / total if total else 0.0


def _weight(character: str, before: str) -> float:
    """One character's vote; `before` is its neighbour on the left."""
    code = ord(character)
    if 0x4E00 <= code <= 0x9FFF:
        return 1.0 if character in _COMMON_HAN else 0.35
    if 0x3041 <= code <= 0x30FF:
        return 1.0
    if 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF5E or 0x2010 <= code <= 0x2030 or code in (0xB7, 0x20AC):
        return 0.7
    if 0xAC00 <= code <= 0xD7A3:
        return 0.9
    if 0x0E01 <= code <= 0x0E5B:
        return _thai(character, before)
    if 0x0400 <= code <= 0x045F:
        if before.isascii() and before.isalpha():
            return -0.8  # half a word in Latin letters: an accented letter misread
        # Case changing inside a word is what one Cyrillic set read as another looks like.
        return -0.5 if character.isupper() and before.islower() else 0.9 if character.islower() else 0.6
    if 0x0621 <= code <= 0x064A:
        return 0.8
    if 0xC0 <= code <= 0x17F:
        begins = not before.isalpha()
        return 0.8 if begins or (character.islower() and before.isascii()) else -0.4
    if 0xA0 <= code <= 0xBF:
        return 0.3
    return -0.8  # half-width kana, private use, controls, replacement: signs of a wrong reading


_THAI_ABOVE = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
_THAI_RARE = frozenset("ฃฅฆฌฎฏฐฑฒฬฮฤฦ๏๐๑๒๓๔๕๖๗๘๙๚๛ๅฺ")


def _thai(character: str, before: str) -> float:
    """A mark above or below must stand on a consonant or another mark, and some letters are hardly ever used."""
    if character in _THAI_RARE:
        return -0.5
    if character in _THAI_ABOVE and not ("ก" <= before <= "ฮ" or before in _THAI_ABOVE):
        return -1.0
    return 0.9
