"""In which script words are written, and in which a language is."""

from __future__ import annotations

from core.query.nodes import Sequence

#: Ranges of letters by script, as far as news is written in them.
_SCRIPTS = (
    (0x0041, 0x024F, "Latin"), (0x0370, 0x03FF, "Greek"), (0x0400, 0x052F, "Cyrillic"), (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"), (0x0600, 0x077F, "Arabic"), (0x0900, 0x097F, "Devanagari"), (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"), (0x0A80, 0x0AFF, "Gujarati"), (0x0B80, 0x0BFF, "Tamil"), (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"), (0x0D00, 0x0D7F, "Malayalam"), (0x0D80, 0x0DFF, "Sinhala"), (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Lao"), (0x0F00, 0x0FFF, "Tibetan"), (0x1000, 0x109F, "Burmese"), (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, "Hangul"), (0x1200, 0x137F, "Ethiopic"), (0x1780, 0x17FF, "Khmer"), (0x1E00, 0x1EFF, "Latin"),
    (0x3005, 0x3007, "Han"), (0x3040, 0x30FF, "Kana"), (0x3400, 0x9FFF, "Han"), (0xAC00, 0xD7A3, "Hangul"),
    (0xF900, 0xFAFF, "Han"), (0x20000, 0x3FFFF, "Han"),
)  # fmt: skip
#: Scripts of the languages not written in Latin letters.
_LANGUAGES = {
    "zh": ("Han",), "yue": ("Han",), "wuu": ("Han",), "ja": ("Han", "Kana"), "ko": ("Hangul",), "th": ("Thai",),
    "lo": ("Lao",), "km": ("Khmer",), "my": ("Burmese",), "shn": ("Burmese",), "mnw": ("Burmese",), "bo": ("Tibetan",),
    "hi": ("Devanagari",), "mr": ("Devanagari",), "ne": ("Devanagari",), "bn": ("Bengali",), "pa": ("Gurmukhi",),
    "gu": ("Gujarati",), "ta": ("Tamil",), "te": ("Telugu",), "kn": ("Kannada",), "ml": ("Malayalam",),
    "si": ("Sinhala",),
    "ru": ("Cyrillic",), "uk": ("Cyrillic",), "be": ("Cyrillic",), "bg": ("Cyrillic",), "mk": ("Cyrillic",),
    "kk": ("Cyrillic",), "ky": ("Cyrillic",), "tg": ("Cyrillic",), "mn": ("Cyrillic",), "sr": ("Cyrillic", "Latin"),
    "el": ("Greek",), "hy": ("Armenian",), "ka": ("Georgian",), "he": ("Hebrew",), "yi": ("Hebrew",), "ar": ("Arabic",),
    "fa": ("Arabic",), "ur": ("Arabic",), "ps": ("Arabic",), "ckb": ("Arabic",), "ug": ("Arabic",), "am": ("Ethiopic",),
}  # fmt: skip


def script_of(sequence: Sequence) -> str:
    """The script of a sequence: the first that is not Latin, since Latin names stand in texts of every script."""
    found = {
        name for part in sequence for letter in part.text for low, high, name in _SCRIPTS if low <= ord(letter) <= high
    }
    others = sorted(found - {"Latin"})
    return others[0] if others else ("Latin" if found else "")


def scripts_of_language(language: str) -> tuple[str, ...]:
    """The scripts that texts of a language are written in; Latin where we know of no other."""
    return _LANGUAGES.get(language.casefold().replace("_", "-").split("-")[0], ("Latin",))
