"""The names a case is known by: the accused, the firms and the sites that reports of all its stages repeat.

`who:` is a person as far as can be told, `said:` one who holds an office and may speak of any case, `name:` anything
else that has a name of its own, `lead:` any of them where a report begins with it. Institutions, towns and peoples are
none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache

from core.text import fold, tokens
from pipeline.eventdates import MONTH_NAMES
from pipeline.vocabulary import Hit, load_vocabulary
from pipeline.words import common_words

_LENGTH = 6_000  # characters: what a case is called is said before that
_LEAD = 700
_MOST_WORDS = 4
_KEPT = 30
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_JOINING = frozenset("bin binti al de da dos van".split())
#: Every syllable of a Vietnamese name is a word, and so is every syllable at the start of a sentence.
_SYLLABIC = frozenset(("vi",))
_AGED = re.compile(r"\s?(?:,|\()\s?(?:aged?\s|de\s)?\d\d(?:[,) ]|$)")

_HONORIFICS = frozenset(
    "mr mrs ms sir madam boss kingpin patriarch suspect defendant fugitive businessman tycoon ông bà anh chị"
    " señor monsieur".split()
)
_OFFICES = frozenset(
    "sergeant sgt inspector superintendent supt commissioner general gen colonel col lieutenant lt major maj captain"
    " capt commander corporal constable brigadier brig pol dr prof professor justice judge minister president premier"
    " chief deputy assistant director secretary senator governor mayor ambassador envoy consul spokesman spokeswoman"
    " spokesperson lawyer attorney prosecutor analyst researcher expert officer official chairman chairwoman mp hon"
    " kombes brigjen irjen porte-parole embajador ministro portavoz embaixador".split()
)
_OFFICE_BEHIND = re.compile(
    r",\s(?:a|an|the|its|his|her|who is|el|la|le|o|seorang)\s[^,.;]{0,60}?(?:spokes|minist|ambassador|embassy|"
    r"commission|director|chief|officer|official|secretary|analyst|research|lawyer|professor|police|governor|mayor|general|colonel)"
)
#: A run with one of these is the name of an institution, a road or a programme, which says nothing of a case.
_INSTITUTIONS = frozenset(
    fold(word)
    for word in (
        "police polisi polda polres kepolisian policia polícia polizia polizei pulisya ministry ministerio"
        " ministério ministère ministerium kementerian minister ministro council commission committee institute"
        " institution authority supreme high municipal regional magistrates appeals airport airline airlines"
        " airways air bandara aeropuerto government embassy embajada ambassade consulate kbri kjri kedutaan"
        " department bureau force forces college university academy school tribunal audiencia agency federal"
        " nacional national nationale royal international township province provincial city district county"
        " barangay law mechanism association union foundation ngo office center centre unit division directorate"
        " general state security seguranca seguridad sécurité public bank river bridge bridges road street avenue"
        " highway port hospital church temple island islands sea border gate checkpoint pass mountain north south"
        " east west northern southern eastern western upper lower year eve day times post daily news agence press"
        " media radio television herald gazette amnesty human rights watch safeguard defenders american latin asia"
        " asian pacific european servico serviço service investigacao investigação criminal interior foreign army"
        " militia democratic alliance liberation trafficking online scam task special economic zone republic"
        " kingdom people peoples party senate parliament house assembly congress act operation programme program"
        " project plan forum dialogue summit conference working group joint patrol communique communiqué memorandum"
        " understanding referral agreement"
    ).split()
)
_SURNAMES = frozenset(
    "li wang zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han tang"
    " feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu su jiang cai jia ding wei xue ye yan pan du dai xia"
    " zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui kang mao qiu qin gu hou shao meng long"
    " wan duan lei qian she ming ouyang lai gong chang tong".split()
)
_SURNAMES_WRITTEN = (
    "李王张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣"
    "蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢佘明"
)
#: 犯罪嫌疑人仇某, 主犯段某某: a person right behind what they are accused of being; 明家犯罪集团: a clan or a firm.
_ACCUSED = re.compile(
    r"(?:嫌疑人|主犯|首犯|首要分子|头目|頭目|主腦|骨干|骨幹|被告人|嫌犯|逃犯|老板|老闆|金主|首脑|首腦)"
    rf"(?P<name>[{_SURNAMES_WRITTEN}][\u4e00-\u9fff]{{1,2}})(?=[\s、，,。（(等被在于於的和及与與]|落网|落網|归案|歸案)"
)
_CLAN = re.compile(
    rf"(?<![\u4e00-\u9fff])?(?P<name>[{_SURNAMES_WRITTEN}])(?:家族|氏家族|家犯罪集团|家犯罪集團|氏犯罪集团|氏犯罪集團)"
)
_QUOTED = re.compile(r"[“「『\"‘](?P<name>[\u4e00-\u9fff]{2,8}(?:集团|集團|园区|園區|公司|酒店|大厦|大廈))[”」』\"’]")


def case_names(title: str, text: str, language: str | None) -> list[str]:
    """The keys of every case name, those told first in front."""
    whole = f"{title}\n{text}"[:_LENGTH]
    lead = len(title) + 1 + _LEAD
    keys: list[str] = []
    for start, key in sorted([*_runs(title, whole, language), *_written(whole)]):
        if start < lead:
            keys.append(f"lead:{key.partition(':')[2]}")
        keys.append(key)
    return list(dict.fromkeys(keys))[: 2 * _KEPT]


def bare(key: str) -> str:
    """The name itself."""
    return key.partition(":")[2]


def _runs(title: str, whole: str, language: str | None) -> Iterator[tuple[int, str]]:
    """Runs of two to four capitalised words that are no institution, place or people."""
    if (language or "").split("-")[0] in _SYLLABIC:
        return
    usual = common_words(language)
    found: list[tuple[int, str]] = []
    persons: set[str] = set()
    officials: set[str] = set()
    for start, end, words in _capitalised(whole, len(title) if title.istitle() else 0):
        folded = [fold(word) for word in words]
        offices = [at for at, word in enumerate(folded) if word in _OFFICES]
        skipped = offices[-1] + 1 if offices else 0  # Police Colonel, Justice Minister, ...
        while skipped < len(words) and (folded[skipped] in usual or folded[skipped] in _HONORIFICS):
            skipped += 1
        before = fold(whole[max(0, start - 24) : start]).split()[-1:]
        holds_office = bool(offices or _OFFICES & set(before))
        start += sum(len(word) + 1 for word in words[:skipped])
        words = words[skipped:]
        name = fold(" ".join(words))
        if not 1 <= name.count(" ") < _MOST_WORDS or any(word in _INSTITUTIONS for word in name.split()):
            continue
        found.append((start, name))
        if holds_office or _OFFICE_BEHIND.match(whole, end):
            officials.add(name)
        elif name.partition(" ")[0] in _SURNAMES or _AGED.match(whole, end):
            persons.add(name)
    known = _known(dict.fromkeys(name for _, name in found))
    for start, name in found:
        if name not in known:
            yield start, f"{'said' if name in officials else 'who' if name in persons else 'name'}:{name}"


def _capitalised(text: str, begin: int) -> Iterator[tuple[int, int, list[str]]]:
    """Runs of words that begin with a capital, with single blanks between them: start, end, words."""
    run: list[str] = []
    start = last = 0
    for match in _WORD.finditer(text, begin):
        word = match[0]
        joins = bool(run) and text[last : match.start()] == " "
        if joins and (word[0].isupper() or word in _JOINING):
            run.append(word)
        else:
            if len(run) > 1:
                yield start, last, run
            run = [word] if word[0].isupper() else []
            start = match.start()
        last = match.end() if run else last
    if len(run) > 1:
        yield start, last, run


def _known(names: Iterable[str]) -> set[str]:
    """Those that tell no case: they hold a day or a people, or are what the term tables know."""
    nothing = set()
    spans: list[tuple[int, int, str]] = []
    text = ""
    for name in names:
        if any(word in _calendar() for word in name.split()):
            nothing.add(name)
            continue
        spans.append((len(text), len(text) + len(name), name))
        text += f"{name.title()}\n"
    starts = [start for start, _, _ in spans]
    for hit in load_vocabulary().find(text, tokens(text)):
        _, end, name = spans[bisect_right(starts, hit.start) - 1]
        if hit.end <= end and _covers(hit, name):
            nothing.add(name)
    return nothing


@cache
def _calendar() -> frozenset[str]:
    days = (
        "monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo"
    )
    more = "lundi mardi mercredi jeudi vendredi samedi dimanche senin selasa rabu kamis jumat sabtu minggu montag"
    return frozenset((*days.split(), *more.split(), *(fold(name) for name in MONTH_NAMES)))


def _covers(hit: Hit, name: str) -> bool:
    """A people or an agency anywhere in a name, or a place, firm or person that is most of it."""
    if hit.entry.kind in ("nation", "capital", "agency"):
        return True
    return hit.entry.kind in ("place", "org", "person") and hit.last - hit.first + 1 >= name.count(" ")


#: Roles of those whom the term tables know and who are not the subject of a case.
_NO_ACCUSED = re.compile(r"minister|politician|commander|mayor|actor")


def _from_terms(whole: str) -> Iterator[tuple[int, str]]:
    """The accused that the term tables know, whatever the script: one key for all spellings."""
    head = whole[: _LEAD * 2]
    for hit in load_vocabulary().find(head, tokens(head)):
        entry = hit.entry
        if entry.kind == "person" and not _NO_ACCUSED.search(entry.role or ""):
            yield hit.start, fold(entry.name)


def _written(whole: str) -> Iterator[tuple[int, str]]:
    """Names in Chinese: of the accused, of clans and firms."""
    for match in _ACCUSED.finditer(whole):
        yield match.start(), f"who:{match['name']}"
    for match in _CLAN.finditer(whole):
        yield match.start(), f"name:{match['name']}家族"
    for match in _QUOTED.finditer(whole):
        yield match.start(), f"name:{match['name']}"
