"""How exact a number is: at least, more than, up to, nearly, about; by the words before and behind it."""

from __future__ import annotations

import re

from pipeline.values import Bound

_BOUNDS_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("at_least", re.compile(r"(?:at least|no fewer than|not less than|minimum of|al menos|"
        r"por lo menos|au moins|pelo menos|ao menos|almeno|mindestens|"
        r"setidaknya|sekurang-kurangnya|paling sedikit|ít nhất|"
        r"hindi bababa sa|至少|最少|少なくとも|최소|อย่างน้อย|အနည်းဆုံး|"
        r"យ៉ាងតិច|ຢ່າງໜ້ອຍ|कम से कम|ما لا يقل عن|على الأقل)\s?(?:\w+\s)?$", re.I)),
    ("over", re.compile(r"(?:more than|(?<!hand )(?<!hands )(?<!handed )(?<!handing )(?<!turned )(?<!took )over|"
        r"upwards of|exceeding|in excess of|more  than|"
        r"más de|plus de|mais de|più di|oltre|mehr als|über|lebih dari|"
        r"lebih daripada|hơn|trên|mahigit|超过|超過|逾|多达|กว่า|มากกว่า|"
        r"ကျော်|ជាង|ຫຼາຍກວ່າ|से अधिक|से ज्यादा|أكثر من)\s?$", re.I)),
    ("up_to", re.compile(r"(?:up to|as many as|as much as|a maximum of|hasta|jusqu'à|jusqu’à|"
        r"até|fino a|bis zu|hingga|sampai|tối đa|hanggang|最多|最大|至多|"
        r"최대|สูงสุด|ไม่เกิน|အများဆုံး|រហូតដល់|अधिकतम|ما يصل إلى|"
        r"حتى)\s?(?:可\w{0,3})?$", re.I)),
    ("under", re.compile(r"(?:fewer than|less than|under|nearly|almost|close to|menos de|"
        r"casi|moins de|près de|quase|quasi|meno di|fast|knapp|kurang dari|"
        r"hampir|gần|halos|近|将近|將近|不足|弱|เกือบ|ဆယ်|ជិត|ເກືອບ|"
        r"लगभग करीब|ما يقرب من|ما يقارب)\s?$", re.I)),
    ("about", re.compile(r"(?:about|around|some|roughly|approximately|an estimated|estimated|"
        r"round|unos|unas|alrededor de|cerca de|aproximadamente|environ|"
        r"quelque|autour de|circa|etwa|rund|sekitar|kira-kira|khoảng|"
        r"humigit-kumulang|nasa|约|約|大约|大約|약|ราว|ประมาณ|ခန့်|ប្រមាណ|"
        r"ប្រហែល|ປະມານ|लगभग|करीब|तकरीबन|حوالي|نحو|قرابة)\s?$", re.I)),
)  # fmt: skip
_BOUNDS_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "over",
        re.compile(
            r"\s?(?:余|餘|多(?=名|人|位|个|個|辆|台|万|$)|여(?=\s?[명개대건])|"
            r"강|以上|ကျော်|जण|से अधिक|से ज्यादा|or more\b|\+|lebih)"
        ),
    ),
    ("about", re.compile(r"\s?(?:左右|前後|程度|ほど|余り|ခန့်|or so\b|안팎|정도)")),
    ("under", re.compile(r"\s?(?:弱|未満|미만)")),
)


def _patterns(**words: str) -> tuple[tuple[Bound, re.Pattern[str]], ...]:
    """Words that stand right before a number, by what they say of it."""
    names: tuple[Bound, ...] = ("at_least", "up_to", "over", "under", "about")  # "not more than" before "more than"
    return tuple((name, re.compile(rf"\b(?:{words[name]})\s$", re.I)) for name in names if name in words)


#: The same where a word is another one elsewhere: "do" is "up to" in Croatian and "of" in Portuguese.
_OWN_BEFORE: dict[str, tuple[tuple[Bound, re.Pattern[str]], ...]] = {
    "ru": _patterns(
        at_least=r"не (?:менее|меньше)(?: чем)?|как минимум|минимум|по (?:меньшей|крайней) мере",
        over=r"(?:более|больше)(?: чем)?|свыше",
        up_to=r"не (?:более|больше)(?: чем)?|вплоть до|до|максимум",
        under=r"(?:менее|меньше)(?: чем)?|почти|чуть менее",
        about=r"около|примерно|приблизительно|порядка|ориентировочно",
    ),
    "tr": _patterns(
        at_least="en az|asgari",
        up_to="en (?:fazla|çok)|azami",
        under="neredeyse|hemen hemen",
        about="yaklaşık|takriben|tahminen",
    ),
    "hu": _patterns(
        at_least="legalább|minimum",
        over="több,? mint",
        up_to="legfeljebb|maximum|akár",
        under="közel|csaknem|majdnem|kevesebb,? mint",
        about=r"körülbelül|mintegy|nagyjából|kb\.",
    ),
    "hr": _patterns(
        at_least="najmanje|barem|ne manje od|minimalno",
        over="(?:nešto )?više od|preko",
        up_to="najviše|maksimalno|do|ne više od",
        under="gotovo|skoro|manje od|blizu",
        about=r"oko|otprilike|približno|cca\.?",
    ),
}
_OWN_AFTER: dict[str, tuple[tuple[Bound, re.Pattern[str]], ...]] = {
    "tr": (
        (
            "over",
            re.compile(
                r"(?:['’]?[a-zıü]{2,3} (?:fazla|çok)|['’]?[a-zıü]{1,3} (?:aşkın|aşan|geçkin)|['’]\w{2,4} üzerinde)\b"
            ),
        ),
        ("under", re.compile(r"['’]?[a-zıü]{1,2} yakın\b")),
        ("up_to", re.compile(r"['’][a-zıü]{1,2} (?:kadar|dek)\b")),
        ("about", re.compile(r"\s(?:civarında|dolayında|kadar)\b")),
    ),
    "hu": (("over", re.compile(r"-?[a-zé]{0,3}t meghaladó\b")), ("about", re.compile(r" körüli?\b"))),
    "hr": (("about", re.compile(r"-?ak\b")),),
}
_LIKE = {"sr": "hr", "bs": "hr"}


def bound_of(text: str, start: int, end: int, floor: int, language: str) -> tuple[Bound, int, int]:
    """How exact the number at `start` is, and where it begins and ends with the words that say so."""
    language = _LIKE.get(language, language)
    before = text[max(floor, start - 30) : start]
    for bound, pattern in (*_OWN_BEFORE.get(language, ()), *_BOUNDS_BEFORE):
        if match := pattern.search(before):
            return bound, start - (len(before) - match.start()), end
    for bound, pattern in (*_OWN_AFTER.get(language, ()), *_BOUNDS_AFTER):
        if match := pattern.match(text, end):
            return bound, start, match.end()
    return "exact", start, end
