"""Lines at the top of an article that say who wrote it and when: the page's, not the text's."""

from __future__ import annotations

import re
from datetime import date

from pipeline.blocks import size
from pipeline.daynames import NAMES, NO_LETTER, WEEKDAYS
from pipeline.moments import parse_moment

_TOP = 3  # so many paragraphs down, behind a standfirst or two, a byline may stand
_LINE = 160
_UNNAMED = 40  # weight of a name or desk that nothing else on the page gives
_UNNAMED_WORDS = 5

#: What stands around names and times, in the languages that are read. Latin and Cyrillic words stand alone.
_LABELS = (
    "by|written|reported|story|words|text|published|posted|updated|last|modified|on|at|date|"
    "von|veröffentlicht|aktualisiert|stand|am|um|uhr|par|publié|mis|mise|jour|le|à|por|publicado|publicada|actualizado|"
    "atualizado|el|en|em|às|las|hora|horas|di|pubblicato|aggiornato|il|alle|ore|oleh|penulis|reporter|editor|"
    "diterbitkan|diperbarui|pada|pukul|jam|bởi|tác giả|ngày|lúc|giờ|cập nhật|đăng|ni|nina|"
    "автор|опубликовано|обновлено|в|yazan|güncelleme|yayınlanma|saat|szerző|frissítve|autor|objavljeno|ažurirano|u"
)
_UNSPACED_LABELS = (
    "作者|撰文|文|記者|记者|发布|發布|发表|發表|更新|时间|時間|来源|來源|日期|年|月|日|时|時|分|公開|配信|投稿|글|기자|입력|"
    "수정|등록|년|월|일|오전|오후|โดย|ผู้เขียน|เผยแพร่|อัปเดต|วันที่|วัน|เวลา|น\\.|พ\\.ศ\\."
)
_ZONES = (
    "utc|gmt|am|pm|a\\.m\\.|p\\.m\\.|ist|sgt|hkt|pht|ict|wib|wita|wit|jst|kst|mmt|bst|cet|cest|e[sd]t|c[sd]t|p[sd]t"
)
_ALONE = "|".join(re.escape(name) for name in sorted(WEEKDAYS, key=len, reverse=True) if ord(name[0]) < 0x530)
_ONTO = "|".join(re.escape(name) for name in sorted(WEEKDAYS, key=len, reverse=True) if ord(name[0]) >= 0x530)
_AROUND = re.compile(
    rf"(?<![^\W\d_])(?:{_LABELS}|{_ZONES}|{_ALONE}|{NAMES}){NO_LETTER}|{_ONTO}|{_UNSPACED_LABELS}|\d+(?:st|nd|rd|th|h)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’.\-]*")
_MARKED_END = re.compile(r"[!?。！？”\"»」]\s*$")
_AND = re.compile(r"\s*(?:[,;|/&、，]|\b(?:and|und|et|y|e|dan|và)\b)\s*")


def without_bylines(text: str, byline: str | None, day: date | None) -> str:
    """`text` without the lines on top that repeat its author and the `day` it was published; never all of it."""
    paragraphs = text.split("\n\n")
    top = [part for part in paragraphs[:_TOP] if not is_byline(part, byline, day)]
    return "\n\n".join([*top, *paragraphs[_TOP:]]) or text


def is_byline(line: str, byline: str | None, day: date | None) -> bool:
    """Whether nothing is left of a line without author, time of publication and the words around them.

    Beside the time of day a short name may be left that the page's metadata lack. A day alone is not enough for that:
    `Honiara, 10 November 2026` is how a release says where it comes from.
    """
    if len(line) > _LINE:
        return False
    rest = line
    for name in _names(byline):
        rest = re.sub(_written(name), " ", rest, flags=re.IGNORECASE)
    is_named = rest != line
    moment = parse_moment(line)
    is_dated = day is not None and moment is not None and abs((moment.day - day).days) <= 1
    if not (is_named or is_dated):
        return False
    left = _WORD.findall(_AROUND.sub(" ", rest))
    if not left:
        return True
    return is_dated and (is_named or (moment is not None and moment.exact)) and _is_name(left, line)


def _names(byline: str | None) -> list[str]:
    """The whole byline, then each of its authors; none of what is rather a sentence that was taken for one."""
    if not byline or _MARKED_END.search(byline):
        return []
    return [name for name in (byline, *_AND.split(byline)) if len(name) > 1]


def _written(name: str) -> str:
    """A pattern for it; as a word of its own, but in scripts without spaces, written onto others (记者周子衡)."""
    return re.escape(name) if size(name[0]) > 1 else rf"(?<!\w){re.escape(name)}(?!\w)"


def _is_name(words: list[str], line: str) -> bool:
    """Whether these few words may be a person, a desk or a town: no sentence, capitals where there are any."""
    return (
        len(words) <= _UNNAMED_WORDS
        and size(" ".join(words)) <= _UNNAMED
        and not _MARKED_END.search(line)
        and not any(word[0].islower() for word in words if len(word) > 3)
    )
