"""Who does what with whom in policing abroad, from the sentence to the view."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from nightdesk import show
from nightdesk.export import export
from nightdesk.listing import Filters
from pipeline.classify import classify
from pipeline.facts import find_facts
from pipeline.interactions import Interaction, find_interactions
from pipeline.jointly import jointly
from pipeline.summarise import Part
from pipeline.topic import load_topics
from pipeline.values import Classification, Scored
from pipeline.vocabulary import load_vocabulary
from store.engine import Store
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import Newsroom

PUBLISHED = date(2026, 3, 25)  # a Wednesday
COURSE = "China trains 34 Solomon Islands police officers in crowd control"
COURSE_TEXT = (
    "HONIARA - Thirty-four officers of the Royal Solomon Islands Police Force began a three-week course with Chinese "
    "police instructors on Tuesday, the force said."
)


def told(title: str, text: str, language: str, event: str) -> Interaction:
    """The act of one kind that a report tells, whatever else it tells."""
    return next(row for row in rows(title, text, language, event) if row.type == event)


def rows(title: str, text: str, language: str, *events: str) -> tuple[Interaction, ...]:
    vocabulary = load_vocabulary()
    labels = tuple(Scored(event, 0.9) for event in events)
    classified = Classification((Scored("overseas_policing", 0.9),), labels)
    facts = find_facts(title, text, language, PUBLISHED, vocabulary, classified)
    return find_interactions(title, text, language, vocabulary, classified, facts)


@pytest.mark.parametrize(
    ("language", "title", "text", "event", "actor", "host", "stage"),
    [
        ("en", COURSE, COURSE_TEXT, "police_training", "CN", "SB", "under_way"),
        (
            "en",
            "Fiji to send 12 officers to Australia for training",
            "Twelve Fiji police officers will train in Australia next month, the Australian Federal Police said.",
            *("police_training", "AU", "FJ", "planned"),
        ),
        (
            "en",
            "Italian police join patrols in Shanghai",
            "Four Italian police officers started joint patrols with their Chinese colleagues in Shanghai on Monday.",
            *("joint_patrol", "IT", "CN", "under_way"),
        ),
        (
            "en",
            "Samoa suspends police pact with China",
            "Samoa has suspended its policing agreement with China, the police minister told Parliament on Tuesday.",
            *("scrutiny_suspension", "CN", "WS", "suspended"),
        ),
        (
            "en",
            "Vanuatu turns down Chinese police advisers",
            "Vanuatu has refused a Chinese offer to post six police advisers in Port Vila, the minister said.",
            *("scrutiny_suspension", "CN", "VU", "refused"),
        ),
        (
            "zh",
            "中国向汤加移交警用摩托车",
            "中国驻汤加使馆24日向汤加警察部门移交警用摩托车12辆，总价值约650万元人民币。",
            *("equipment_aid", "CN", "TO", "done"),
        ),
        (
            "zh",
            "中国与瓦努阿图签署警务合作协议",
            "3月24日，中国公安部与瓦努阿图内政部在维拉港签署警务合作谅解备忘录。",
            *("policing_agreement", "CN", "VU", "agreed"),
        ),
        (
            "th",
            "จีนส่งตำรวจ 8 นายประจำเชียงใหม่",
            "ตำรวจจีน 8 นายเริ่มประจำการที่ศูนย์ประสานงานในจังหวัดเชียงใหม่ ร่วมกับตำรวจไทยเมื่อวันจันทร์",
            *("liaison_deployment", "CN", "TH", "under_way"),
        ),
        (
            "fr",
            "Des policiers chinois patrouilleront à Budapest",
            "Six policiers chinois devraient patrouiller avec la police de Hongrie à Budapest cet été.",
            *("joint_patrol", "CN", "HU", "planned"),
        ),
        (
            "es",
            "Corea del Sur forma a 28 policías de Honduras",
            "Veintiocho policías de Honduras comenzaron un curso impartido por instructores de Corea del Sur.",
            *("police_training", "KR", "HN", "under_way"),
        ),
        (
            "tr",
            "Türkiye, Somali polisine 20 araç bağışladı",
            "Türkiye, Somali polisine 20 devriye aracı teslim etti.",
            *("equipment_aid", "TR", "SO", "done"),
        ),
        (
            "ru",
            "Китай обучит полицейских Таджикистана",
            "Китай планирует обучить 50 полицейских Таджикистана, сообщило министерство.",
            *("police_training", "CN", "TJ", "planned"),
        ),
    ],
)
def test_a_report_is_coded_by_who_acts_where_and_how_far_it_is(
    language: str, title: str, text: str, event: str, actor: str, host: str, stage: str
) -> None:
    row = told(title, text, language, event)
    assert (row.actor_country, row.host_country, row.stage) == (actor, host, stage)


def test_a_row_has_its_figures_and_the_sentence_it_comes_from() -> None:
    row = told(COURSE, COURSE_TEXT, "en", "police_training")
    assert (row.persons, row.event_date, row.date_precision) == (34, "2026-03-24", "day")
    assert row.host_agency == "Royal Solomon Islands Police Force"
    whole = f"{COURSE}\n{COURSE_TEXT}"
    assert row.quote == whole[row.position : row.position + len(row.quote)]


def test_what_is_given_is_named_with_its_worth() -> None:
    text = "China handed over 12 patrol motorcycles and four vans worth US$1 million to Tonga's police on Tuesday."
    row = told("Tonga gets police motorcycles from China", text, "en", "equipment_aid")
    assert (row.item, row.value, row.currency) == ("12 patrol motorcycles, four vans", 1_000_000, "USD")
    assert row.persons is None


def test_states_named_in_one_breath_are_hosts_each() -> None:
    title = "China, Laos, Myanmar and Thailand complete 160th Mekong joint patrol"
    found = rows(title, "Police of the four states ended the patrol on Friday.", "en", "joint_patrol")
    assert {(row.actor_country, row.host_country, row.edition) for row in found} == {
        ("CN", "LA", "160"),
        ("CN", "MM", "160"),
        ("CN", "TH", "160"),
    }
    short = rows("第160次中老缅泰联合巡逻执法行动结束", "四国执法人员参加。", "zh", "joint_patrol")
    assert {row.host_country for row in short} == {"LA", "MM", "TH"}


def test_the_paper_is_named_by_its_own_name_before_any_agreement() -> None:
    text = "Nauru signed a memorandum of understanding with China on Monday. The agreement is for five years."
    assert told("Nauru signs police deal", text, "en", "policing_agreement").instrument == "memorandum of understanding"


def test_what_was_planned_and_is_called_off_in_the_same_report_is_not_planned_any_more() -> None:
    title = "Thailand drops plan for joint patrols with Chinese police"
    text = "Thailand has suspended a plan for patrols with Chinese police in Pattaya after protests."
    found = rows(title, text, "en", "scrutiny_suspension", "joint_patrol")
    assert {row.type: row.stage for row in found} == {"scrutiny_suspension": "suspended", "joint_patrol": "suspended"}


def test_an_analysis_and_the_other_beat_tell_no_act() -> None:
    assert rows("Why China trains police", COURSE_TEXT, "en", "report_analysis", "police_training") == ()
    vocabulary = load_vocabulary()
    other = Classification((Scored("scam_centres", 0.9),), (Scored("raid", 0.9),))
    assert find_interactions(COURSE, COURSE_TEXT, "en", vocabulary, other, ()) == ()


def test_words_of_stage_decide_no_topic() -> None:
    """They are no concepts: a text of nothing but them has neither topic nor event."""
    text = "The parties signed, suspended and restored a memorandum of understanding."
    assert classify("Signed and suspended", text, "en", load_topics(), load_vocabulary()).topics == ()


# --- A development ---------------------------------------------------------------------------------------------------


def part(article_id: int, source_type: str | None = None, copy: int | None = None) -> Part:
    at = datetime(2026, 3, 25, article_id, tzinfo=UTC)
    outlet = f"outlet-{article_id}"
    return Part(article_id, "t", "x", "en", at, at, "live", copy, outlet, source_type)


def row_of(**otherwise: object) -> dict[str, object]:
    return {**vars(told(COURSE, COURSE_TEXT, "en", "police_training")), **otherwise}


def test_a_development_has_the_row_of_its_best_source_filled_from_the_others() -> None:
    parts = [part(1, "aggregator"), part(2), part(3, "police")]
    stated = {1: [row_of(persons=99)], 2: [row_of(persons=34)], 3: [row_of(persons=None, stage="done")]}
    joined = jointly(parts, stated)
    assert [(one["best_source"], one["stage"], one["persons"]) for one in joined] == [("outlet-3", "done", 34)]
    assert joined[0]["independent_sources"] == 2  # an aggregator confirms nothing


def test_the_stage_is_what_most_of_the_best_sources_say() -> None:
    parts = [part(1), part(2), part(3), part(4, "aggregator")]
    stages = {1: "planned", 2: "under_way", 3: "under_way", 4: "planned"}
    stated = {number: [row_of(stage=stage)] for number, stage in stages.items()}
    assert [one["stage"] for one in jointly(parts, stated)] == ["under_way"]


def test_half_a_row_goes_where_another_article_has_both_sides() -> None:
    stated = {1: [row_of(host_country=None)], 2: [row_of()]}
    assert [one["host_country"] for one in jointly([part(1), part(2)], stated)] == ["SB"]
    assert [one["host_country"] for one in jointly([part(1)], {1: stated[1]})] == [None]


def test_what_one_in_many_tells_is_not_the_developments() -> None:
    parts = [part(number) for number in range(1, 7)]
    stated = {number: [row_of()] for number in range(1, 6)} | {6: [row_of(host_country="VU")]}
    assert [one["host_country"] for one in jointly(parts, stated)] == ["SB"]


# --- On record -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Analyst:
    analyst = Analyst(Newsroom(store), clock)
    analyst.newsroom.publish(
        "https://one.example/course",
        COURSE_TEXT,
        title=COURSE,
        topics=("overseas_policing",),
        events=("police_training",),
    )
    analyst.process()
    return analyst


def in_view(store: Store) -> list[tuple[object, ...]]:
    query = "SELECT development_id, actor_country, host_country, type, stage FROM interactions_v ORDER BY host_country"
    with store.read() as db:
        return [tuple(row) for row in db.execute(sa.text(query))]


ROW = (1, "CN", "SB", "police_training", "under_way")


def test_a_filed_article_shows_in_the_view_and_in_show(desk: Analyst) -> None:
    assert in_view(desk.store) == [ROW]
    with desk.store.read() as db:
        assert show.load(db, "development", 1).parts["interactions"][0]["actor_country"] == "CN"
        told_there = show.load(db, "article", 1)
        assert told_there.parts["interactions"][0]["quote"] in f"{COURSE}\n{COURSE_TEXT}"
        assert "police_training" in show.in_words(told_there)


def test_what_an_analyst_says_it_is_not_is_no_act_and_comes_back_with_the_label(desk: Analyst) -> None:
    desk.label(1, event__police_training=False)
    assert in_view(desk.store) == []
    desk.label(1, event__police_training=True)
    assert in_view(desk.store) == [ROW]


def test_a_development_merged_into_another_has_no_row_of_its_own(desk: Analyst) -> None:
    text = "Samoa has suspended its policing agreement with China, the police minister told Parliament on Tuesday."
    labels = {"topics": ("overseas_policing",), "events": ("scrutiny_suspension",)}
    desk.newsroom.publish("https://two.example/pact", text, title="Samoa suspends pact", after=1, **labels)
    desk.process()
    assert [row[0] for row in in_view(desk.store)] == [1, 2]
    desk.merge(1, 2, into=1)
    assert {row[0] for row in in_view(desk.store)} == {1}
    assert len(in_view(desk.store)) == 2


def test_an_export_has_the_acts_of_developments_that_pass(desk: Analyst, tmp_path: Path) -> None:
    def written(filters: Filters) -> int:
        return export(desk.store, "interactions", str(tmp_path / "acts.csv"), filters)

    now = desk.clock()
    assert written(Filters(topic="overseas_policing", event="police_training", until=now + timedelta(days=1))) == 1
    assert written(Filters(event="joint_patrol")) == 0
    assert written(Filters(since=now + timedelta(days=1))) == 0
