"""English words made comparable: one spelling for British and American, one form for singular and plural.

Only regular endings and a few common irregular plurals, no verbs: `centres` and `center` are one word, `trafficked` and
`trafficking` are two. The result is a key to compare, not always a word. It is applied to every Latin word, since a
text's language may be unknown; in other languages it does no more than make a few neighbours equal.
"""

from __future__ import annotations

import re

#: Words whose final s is no plural, or whose singular is another word.
_AS_THEY_ARE = frozenset(
    """aids alas always arms athens carlos charles christmas customs davos goods hughes james jones kansas laos lens
    marcos mers naples news perhaps sars series species texas thomas vegas wales whereas williams""".split()
)
_IRREGULAR = {
    "children": "child", "men": "man", "women": "woman", "policemen": "policeman", "policewomen": "policewoman",
    "gunmen": "gunman", "businessmen": "businessman", "spokesmen": "spokesman", "fishermen": "fisherman",
    "servicemen": "serviceman", "middlemen": "middleman", "countrymen": "countryman", "chairmen": "chairman",
    "salesmen": "salesman", "thieves": "thief", "wives": "wife", "knives": "knife", "lives": "life", "halves": "half",
    "feet": "foot", "teeth": "tooth",
}  # fmt: skip
_IN_IE = frozenset(
    """aunties birdies bookies brownies calories cookies foodies genies goalies hippies hoodies indies junkies lies
    magpies movies neckties newbies pies pixies prairies rookies selfies smoothies sorties techies ties townies veggies
    zombies""".split()
)
_OUR = re.compile("(arm|behavi|col|endeav|fav|flav|harb|hon|hum|lab|neighb|od|rum|sav|tum|vap|vig)our")
_SPELLINGS = (
    (re.compile("(?<=[a-z]{2}[tb])re$"), "er"),  # centre, fibre
    (re.compile("(?<=[a-z]{3}i)z(?=(?:e|ed|er|ing|ation|ational)$)"), "s"),  # organize
    (re.compile("(?<=[a-z]{2}ly)z(?=(?:e|ed|er|ing)$)"), "s"),  # analyze
    (re.compile("(?<=[aeiouy])([^aeiouy]*[aeu])ll(?=(?:ed|ing|er|or|ery)$)"), r"\1l"),  # travelled, but not killed
    (re.compile("(?<=(?:def|off|lic))ence$"), "ense"),
    (re.compile("(?<=pret)ence$"), "ense"),
    (re.compile("(?<=alog)ue$"), ""),  # dialogue
    (re.compile("^programme$"), "program"),
    (re.compile("^(judg|acknowledg)ement$"), r"\1ment"),
    (re.compile("^paed"), "ped"),
    (re.compile("^manoeuvre$"), "maneuver"),
    (re.compile("^jewellery$"), "jewelry"),
    (re.compile("^practise$"), "practice"),
)
#: Whatever one of these spellings needs; of a word without it none is tried.
_MAY_BE_BRITISH = re.compile(
    "re$|z|ll|ence$|alogue$|^(?:programme$|judgement$|acknowledgement$|paed|manoeuvre$|practise$)"
)
_SILENT_E = re.compile("(?<=[a-z]{2})(?<=ch|sh|ss|.x|.z|us)e$")  # boxes and box, houses and house
_WORD = re.compile("[a-z]{4,}")


def stem(word: str) -> str:
    """The key under which a lower-case word is compared; a key's key is itself."""
    if _WORD.fullmatch(word) is None:
        return word
    while (key := _once(word)) != word:
        word = key
    return key


def _once(word: str) -> str:
    word = _SILENT_E.sub("", _singular(word))
    if len(word) < 5:
        return word
    word = _OUR.sub(r"\1or", word, count=1) if "our" in word else word
    if _MAY_BE_BRITISH.search(word) is not None:
        for pattern, replacement in _SPELLINGS:
            word = pattern.sub(replacement, word)
    return word


def _singular(word: str) -> str:
    if word[-1] != "s" or word in _AS_THEY_ARE:
        return _IRREGULAR.get(word, word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4 and word not in _IN_IE:
        return word[:-3] + "y"
    if word.endswith("oes") and len(word) > 5:
        return word[:-2]
    if word.endswith("sis") and len(word) > 5:
        return word[:-2] + "e"  # crisis and crises
    return word if word.endswith(("ss", "us", "is")) else word[:-1]
