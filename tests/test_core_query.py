from __future__ import annotations

import itertools
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.query import Document, QuerySet, parse_query

ENGLISH = Document.of(
    title="Scam-centres near Rivertown raided",
    text="Police said cyber-scam gangs in KK园区 held 1,200 workers. The traffickers’ policies were harsh.",
    url="https://www.daily.example.org/border/raid-17",
    source="example-post",
    language="zh-Hant-TW",
    topics=["scam_centres"],
    events=["raid"],
    countries=["MM"],
    agencies=["Border Police Bureau"],
    published=datetime(2026, 10, 13, 5, tzinfo=UTC),
    counts=[1200],
)
ASIAN = Document.of(
    title="缅北电诈园区被清剿",
    text="ตำรวจบุกจับแก๊งคอลเซ็นเตอร์ที่ชายแดน น้ำท่วม。수사기관은 캄보디아에서 국제범죄단지를 급습했다. "
    "東京都でサイバー・スカムの拠点を摘発。ရဲတပ်ဖွဲ့က ကျားဖြန့်ဂိုဏ်းကို ဖမ်းဆီးခဲ့သည်။ ប៉ូលិសចុះបង្ក្រាបការឆបោកអនឡាញ។",
)


class Names:
    """A vocabulary of two places and an agency."""

    def expand(self, kind: str, term: str) -> tuple[str, ...]:
        known = {
            "rivertown": ("Rivertown", "河城", "ริเวอร์ทาวน์"),
            "northland": ("缅北", "Northland"),
            "bpb": ("Border Police Bureau",),
        }
        return known.get(term.casefold(), (term,))


def holds(query: str, document: Document = ENGLISH) -> bool:
    return parse_query(query, Names()).match(document) is not None


@pytest.mark.parametrize(
    "query",
    [
        "scam center",
        '"scam centre"',
        "SCAM AND raided",
        "cyberscam",
        "cyber-scam gang",
        "KK园区",
        '"kk 园区"',
        "traffick*",
        "polici*",
        '"cyber scam gang*"',
        "trafficker policy",
        "1200",
        '"police workers"~20',
        '"workers police"~20',
        "casino OR raided",
        "casino OR raided police",
        "scam -casino",
        "+scam +police",
        "scam NOT (casino OR poker)",
        "NOT casino",
        "title:raided",
        "title:(scam rivertown)",
        "text:workers",
        "url:example.org",
        'url:"border raid"',
        "source:example-post source:example*",
        "lang:zh lang:zh-hant lang:zh-TW OR lang:zh",
        "topic:scam-centres",
        "event:raid country:mm",
        'agency:bpb agency:"border police bureau"',
        "place:Rivertown",
        "place:(Elsewhere OR Rivertown)",
        "published:[2026-10-13 TO *]",
        "published:2026-10 published:2026",
        "published:[* TO 2026-10-13]",
        "published:>=2026-10-13T05:00 published:<2026-10-14",
        "count:[100 TO *]",
        "count:>1000 count:<=1200 count:1200",
        "“scam centre” （raided）",
    ],
)
def test_a_query_that_holds(query: str) -> None:
    assert holds(query)


@pytest.mark.parametrize(
    "query",
    [
        "scam casino",
        '"centre scam"',
        "raid",
        "polic",
        '"workers police"~2',
        "casino OR raided poker",
        "casino OR poker -elsewhere",
        "scam -police",
        "NOT police",
        "title:police",
        "text:rivertown",
        "lang:en",
        "lang:ze",
        "country:TH",
        "topic:scam",
        "published:[2026-10-14 TO *]",
        "published:{2026-10-13 TO *]",
        "published:[* TO 2026-10-13}",
        "count:{1200 TO *]",
        "place:Northland",
    ],
)
def test_a_query_that_does_not_hold(query: str) -> None:
    assert not holds(query)


@pytest.mark.parametrize(
    "query",
    ["电诈", "园区", "缅北电诈", "แก๊ง", "ชายแดน", "นํ้า", "캄보디아", "범죄단지", "수사", "東京", "スカム",
     "サイバースカム", "ｻｲﾊﾞｰ", "ဖမ်းဆီး", "ကျားဖြန့်", "ឆបោក", "អនឡាញ", "place:northland", '"ตำรวจ ชายแดน"~40'],
)  # fmt: skip
def test_a_word_is_found_anywhere_in_a_run_without_spaces(query: str) -> None:
    assert holds(query, ASIAN)


@pytest.mark.parametrize("query", ["诈电", "电詐", "แก", "사기", "区清", "북아", "ဖမ"])
def test_no_word_is_found_where_there_is_none(query: str) -> None:
    assert not holds(query, ASIAN)


def test_a_short_korean_word_is_not_met_inside_another() -> None:
    assert not holds("사기", ASIAN)
    assert holds("사기", Document.of(text="경찰이 사기를 수사했다"))


def test_a_word_does_not_run_across_a_full_stop() -> None:
    document = Document.of(text="他到了东北。京城很冷。")
    assert not holds("北京", document)
    assert holds('"北 京"', document)


def test_a_line_break_inside_a_chinese_word_is_layout() -> None:
    assert holds("北京", Document.of(text="他到了北\n京。"))


def test_a_match_names_the_words_as_they_stand_in_the_original() -> None:
    text = "In ＫＫ园区 the İzmir-born boss of SCAM\u00adCENTRES fled"
    match = parse_query("KK园区 izmir scamcentre").match(Document.of(text=text))
    assert match is not None
    assert [term.text for term in match.terms] == ["ＫＫ园区", "İzmir", "SCAM\u00adCENTRES"]
    assert all(text[term.start : term.end] == term.text for term in match.terms)


def test_title_terms_come_first_and_negated_words_are_no_terms() -> None:
    match = parse_query("police raided NOT casino").match(ENGLISH)
    assert match is not None
    assert [(term.field, term.text) for term in match.terms] == [("title", "raided"), ("text", "Police")]


def test_a_set_gives_what_each_query_gives_alone() -> None:
    queries = {
        text: parse_query(text)
        for text in ("scam centre", "casino", "NOT casino", "count:[100 TO *]", "电诈", "traffick*")
    }
    together = QuerySet(queries)
    for document in (ENGLISH, ASIAN):
        alone = {text: match for text, query in queries.items() if (match := query.match(document))}
        assert together.match(document) == alone


def test_a_set_that_has_learned_which_words_are_rare_gives_the_same_in_the_same_order() -> None:
    words = ["police", "scam", "centre", "raided", "casino", "border", "traffick*"]
    texts = [
        f"{one} AND ({two} OR {three}) NOT {four}"
        for one, two, three, four in itertools.permutations(words, 4)
        if two < three
    ]
    texts += [f'"{one} {two}"~6' for one, two in itertools.permutations(words[:-1], 2)]
    queries = {text: parse_query(text) for text in texts}
    together = QuerySet(queries)
    fresh = [(document, QuerySet(queries).match(document)) for document in (ENGLISH, ASIAN)]
    for _ in range(20):  # past the first lesson
        for document, found in fresh:
            assert list(together.match(document).items()) == list(found.items())


_ASKED = ["scam", "centres", "scam-centre", "traffick*", '"scam centre"', '"police raid"~3', "园区", "place:rivertown"]
_EITHER = st.lists(st.sampled_from(_ASKED), min_size=1, max_size=3).map(" OR ".join)
_CLAUSES = st.tuples(st.sampled_from(["", "NOT "]), _EITHER).map(lambda clause: f"{clause[0]}({clause[1]})")
_QUERIES = st.lists(_CLAUSES, min_size=1, max_size=3).map(" AND ".join)


@settings(max_examples=25)
@given(
    st.lists(_QUERIES, min_size=1, max_size=8),
    st.lists(st.sampled_from("scam centre scam-centres trafficked. police raid 园区 Rivertown".split()), max_size=9),
)
def test_a_set_of_any_queries_gives_what_each_gives_alone(texts: list[str], words: list[str]) -> None:
    queries = {text: parse_query(text, Names()) for text in texts}
    document = Document.of(title=" ".join(words[:2]), text=" ".join(words))
    alone = {text: match for text, query in queries.items() if (match := query.match(document))}
    assert QuerySet(queries).match(document) == alone


def test_a_query_tells_what_it_asks() -> None:
    query = parse_query('"KK Park" OR place:Rivertown -casino lang:th')
    assert query.terms == ('"KK Park"', "place:Rivertown", "lang:th")
    assert query.negated == ("casino",)
    assert query.fields == {"", "lang"}
    assert query.values("lang") == ("th",)
    assert query.names == (("place", "Rivertown"),)


@pytest.mark.parametrize(
    ("text", "only"), [("NOT a", True), ("-a -b", True), ("a -b", False), ("a OR NOT b", True), ("NOT (NOT a)", False)]
)
def test_a_query_that_only_leaves_out_is_known_as_such(text: str, only: bool) -> None:
    assert parse_query(text).only_negative is only


def test_a_query_survives_pickling() -> None:
    query = parse_query("scam centre")
    assert query.match(ENGLISH)
    assert pickle.loads(pickle.dumps(query)).match(ENGLISH) == query.match(ENGLISH)


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("ab京ก가 .,'-’ ·"), st.characters(exclude_categories=["Cs"])),
        min_size=1,
        max_size=30,
    )
)
def test_any_text_finds_itself_as_a_phrase(text: str) -> None:
    quoted = (
        text.replace("\\", " ")
        .replace('"', " ")
        .translate(dict.fromkeys(map(ord, "“”„‟＂«»「」『』"), " "))
        .replace("*", " ")
        .replace("＊", " ")
    )
    document = Document.of(text=quoted)
    if document.fields and document.fields[0].texts:
        match = parse_query(f'"{quoted}"').match(document)
        assert match is not None
        assert all(quoted[term.start : term.end] == term.text for term in match.terms)
