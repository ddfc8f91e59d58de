"""Line one of a message: what, done or planned, how many, whom, from where to where, when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.figures import describe, figure
from alerts.headline import headline
from alerts.language import speak
from alerts.story import Stated, Told
from tests.telling import COUNT, PLACE, REPORT, ROUTE, STORY

ENGLISH, THAI, CHINESE = speak("en"), speak("th"), speak("zh")
OFFICERS = replace(COUNT, value=36, unit="officers", nationality="VU")
PORT_VILA = replace(PLACE, place="Port Vila", country="VU")


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        (COUNT, "215 people freed in Myawaddy, Myanmar, 12 Oct 2026"),
        (
            replace(COUNT, bound="at_least", nationality="CN"),
            "At least 215 Chinese nationals freed in Myawaddy, Myanmar, 12 Oct 2026",
        ),
        (replace(COUNT, nationality="BW"), "215 people from Botswana freed in Myawaddy, Myanmar, 12 Oct 2026"),
        (
            replace(COUNT, bound="range", low=300, high=374),
            "300 to 374 people freed in Myawaddy, Myanmar, 12 Oct 2026",
        ),
        (replace(COUNT, value=1041.0), "1,041 people freed in Myawaddy, Myanmar, 12 Oct 2026"),
        (replace(COUNT, value=1), "1 person freed in Myawaddy, Myanmar, 12 Oct 2026"),
        (replace(COUNT, status="started"), "215 people being freed in Myawaddy, Myanmar, 12 Oct 2026"),
        (replace(COUNT, status="claimed"), "Claimed: 215 people freed in Myawaddy, Myanmar, 12 Oct 2026"),
        (replace(COUNT, status="waiting"), "Rescue or release in Myawaddy, Myanmar, 12 Oct 2026"),
        (replace(COUNT, unit="nabbed"), "Rescue or release in Myawaddy, Myanmar, 12 Oct 2026"),
        (replace(COUNT, unit="vehicles"), "Rescue or release in Myawaddy, Myanmar, 12 Oct 2026"),
    ],
)
def test_line_one_is_built_from_facts(fact: Stated, line: str) -> None:
    assert headline(replace(STORY, facts=(fact, PLACE)), ENGLISH) == line


@pytest.mark.parametrize(
    ("event", "facts", "english", "thai", "chinese"),
    [
        (
            "repatriation",
            (replace(COUNT, unit="suspects", nationality="CN"), replace(ROUTE, from_country="TH", to_country="CN")),
            "215 Chinese suspects sent home from Thailand to China, 12 Oct 2026",
            "ผู้ต้องสงสัยชาวจีน 215 คน ถูกส่งกลับประเทศ จากไทย ไปยังจีน 12 ต.ค. 2569",
            "2026年10月12日，215名中国籍嫌疑人从泰国被遣返回中国",
        ),
        (
            "raid",
            (COUNT, PLACE),
            "Raid in Myawaddy, Myanmar: 215 people found or held, 12 Oct 2026",
            "บุกตรวจค้นที่เมียวดี เมียนมา พบหรือควบคุมตัว 215 คน 12 ต.ค. 2569",
            "2026年10月12日，缅甸妙瓦底突击搜查，发现或扣留215人",
        ),
        (
            "police_training",
            (replace(OFFICERS, status="expected", leading=False), PORT_VILA),
            "36 Vanuatu officers to be trained in Port Vila, Vanuatu, 12 Oct 2026",
            "ตำรวจวานูอาตู 36 นาย จะเข้ารับการฝึกอบรมที่พอร์ตวิลา วานูอาตู 12 ต.ค. 2569",
            "2026年10月12日，36名瓦努阿图警员将在瓦努阿图维拉港受训",
        ),
        (
            "demolition",
            (replace(COUNT, unit="buildings", bound="over"), PLACE),
            "More than 215 buildings demolished in Myawaddy, Myanmar, 12 Oct 2026",
            "อาคาร มากกว่า 215 หลัง ถูกรื้อถอนที่เมียวดี เมียนมา 12 ต.ค. 2569",
            "2026年10月12日，超过215栋建筑在缅甸妙瓦底被拆除",
        ),
        (
            "policing_agreement",
            (replace(PLACE, place=None, country="SB"),),
            "Policing agreement (the Solomon Islands), 12 Oct 2026",
            "ข้อตกลงด้านตำรวจ (หมู่เกาะโซโลมอน) 12 ต.ค. 2569",
            "警务协议：所罗门群岛，2026年10月12日",
        ),
        (
            "equipment_aid",
            (replace(COUNT, value=12, unit="vehicles"), replace(PLACE, place="Fly Town", country="PG")),
            "12 vehicles given to police in Fly Town, Papua New Guinea, 12 Oct 2026",
            "มอบยานพาหนะ 12 คัน ให้ตำรวจที่ Fly Town ปาปัวนิวกินี 12 ต.ค. 2569",
            "2026年10月12日，巴布亚新几内亚 Fly Town 警方获赠12台交通工具",
        ),
    ],
)
def test_line_one_is_in_the_channels_language(
    event: str, facts: tuple[Stated, ...], english: str, thai: str, chinese: str
) -> None:
    story = replace(STORY, event_types=(event,), facts=facts)
    assert [headline(story, language) for language in (ENGLISH, THAI, CHINESE)] == [english, thai, chinese]


def test_who_went_over_a_border_is_told_with_both_ends() -> None:
    bangkok = replace(PLACE, place="Bangkok", country="TH")
    assert headline(replace(STORY, facts=(COUNT, ROUTE, PLACE, bangkok)), ENGLISH) == (
        "215 people freed in Myawaddy, Myanmar, and taken to Bangkok, Thailand, 12 Oct 2026"
    )


def test_a_way_that_only_another_article_tells_does_not_displace_the_place() -> None:
    line = headline(replace(STORY, facts=(replace(ROUTE, article_id=2), COUNT, PLACE)), ENGLISH)
    assert line == "215 people freed in Myawaddy, Myanmar, 12 Oct 2026"


def test_people_sent_home_go_to_a_place_of_their_own_country_and_come_from_any_other() -> None:
    story = replace(STORY, event_types=("repatriation",))
    filipinos, manila = replace(COUNT, nationality="PH"), replace(PLACE, place="Manila", country="PH")
    assert "sent home to Manila, the Philippines" in headline(replace(story, facts=(filipinos, manila)), ENGLISH)
    assert "sent home from Myawaddy, Myanmar" in headline(replace(story, facts=(filipinos, PLACE)), ENGLISH)


def test_police_posted_abroad_are_not_posted_to_their_own_country() -> None:
    canberra = replace(PLACE, place="Canberra", country="AU")
    australians = replace(OFFICERS, nationality="AU")
    story = replace(STORY, event_types=("liaison_deployment",), facts=(australians, canberra, PORT_VILA))
    assert headline(story, ENGLISH).startswith("Police posting abroad: 36 Australian officers in Port Vila, Vanuatu")


def test_a_figure_without_a_unit_is_read_with_its_twin() -> None:
    held, people = replace(COUNT, unit="held"), replace(COUNT, leading=False)
    assert headline(replace(STORY, facts=(held, people, PLACE)), ENGLISH).startswith("215 people freed")


def test_several_countries_and_no_town_are_no_place() -> None:
    countries = (replace(PLACE, place=None, country="SG"), replace(PLACE, place=None, country="US"))
    assert headline(replace(STORY, facts=(COUNT, *countries)), ENGLISH) == "215 people freed, 12 Oct 2026"


def test_a_date_after_the_report_of_something_done_is_left_out() -> None:
    assert headline(replace(STORY, event_date="2026-10-20"), ENGLISH) == "215 people freed in Myawaddy, Myanmar"


@pytest.mark.parametrize(("iso", "shown"), [("2026-10", "Oct 2026"), ("2026", "2026"), ("soon", ""), (None, "")])
def test_a_date_is_as_precise_as_the_text(iso: str | None, shown: str) -> None:
    assert ENGLISH.day(iso) == shown


@pytest.mark.parametrize("status", ["planned", "announced", "cancelled", "denied"])
def test_what_is_not_done_is_not_told_as_done(status: str) -> None:
    line = headline(replace(STORY, status=status), ENGLISH)
    assert line == f"{status.capitalize()}: 215 people freed in Myawaddy, Myanmar, 12 Oct 2026"


def test_without_facts_line_one_is_the_headline_to_who_can_read_it() -> None:
    bare = replace(STORY, facts=(), countries=())
    assert headline(bare, ENGLISH) == REPORT.title
    assert headline(bare, CHINESE) == f"获救或获释：{REPORT.title}"


def test_where_the_kind_of_event_says_little_the_headline_says_it_to_who_can_read_it() -> None:
    report = replace(STORY, event_types=("report_analysis",), facts=(PLACE,))
    assert headline(report, ENGLISH) == REPORT.title
    assert headline(report, CHINESE) == "报告或分析：缅甸妙瓦底，2026年10月12日"


def test_without_quoting_no_word_of_the_article_is_used() -> None:
    for story in (
        replace(STORY, facts=(), countries=()),
        replace(STORY, event_types=("report_analysis",)),
        replace(STORY, event_types=(), facts=()),
    ):
        line = headline(story, ENGLISH, quoting=False)
        assert line and "river compound" not in line


def test_an_event_type_of_ones_own_topic_is_named_by_itself() -> None:
    assert headline(replace(STORY, event_types=("dam_breach",)), ENGLISH) == (
        "Dam breach: 215 people in Myawaddy, Myanmar, 12 Oct 2026"
    )


def test_a_new_figure_gets_its_unit_and_says_what_it_was() -> None:
    told = (Told(alert_id=57, level="update", seq=2, what="figure", old="at least 180", new="215"),)
    story = replace(STORY, told=told)
    assert headline(story, ENGLISH).startswith("215 people (was at least 180) freed in Myawaddy")
    assert "215人（此前为至少180）在缅甸" in headline(story, CHINESE)


def test_a_new_figure_that_no_fact_states_is_counted_like_the_one_before() -> None:
    told = (Told(alert_id=57, level="update", seq=2, what="figure", old="215", new="260"),)
    assert headline(replace(STORY, told=told), ENGLISH).startswith("260 people (was 215) freed")


def test_line_one_prefers_the_place_of_the_article_it_shows() -> None:
    other = replace(PLACE, place="Mae Sot", country="TH", article_id=2)
    assert "Myawaddy, Myanmar" in headline(replace(STORY, facts=(other, COUNT, PLACE)), ENGLISH)


@pytest.mark.parametrize(
    ("unit", "singular"), [("people", "1 person"), ("supply_points", "1 supply point"), ("targets", "1 target")]
)
def test_one_is_no_plural(unit: str, singular: str) -> None:
    assert figure(replace(COUNT, value=1, unit=unit), ENGLISH) == singular


@pytest.mark.parametrize(
    ("fact", "english", "chinese"),
    [
        (
            Stated(kind="money", quote="5.9bn yuan", article_id=1, value=5_900_000_000, currency="CNY", bound="about"),
            "about 5.9 billion CNY",
            "约59亿 CNY",
        ),
        (Stated(kind="money", quote="500", article_id=1, value=500, currency="THB"), "500 THB", "500 THB"),
        (replace(ROUTE, via_country="LA"), "Myanmar → Laos → Thailand", "缅甸 → 老挝 → 泰国"),
        (replace(COUNT, status="background"), "215 people, background figure", "215人（背景数字）"),
        (replace(COUNT, unit="godowns"), "215 “godowns”", "215（“godowns”）"),
    ],
)
def test_a_fact_reads_in_either_language(fact: Stated, english: str, chinese: str) -> None:
    assert (describe(fact, ENGLISH), describe(fact, CHINESE)) == (english, chinese)
