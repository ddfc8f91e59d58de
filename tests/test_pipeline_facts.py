from datetime import date

import pytest

from pipeline.classify import classify
from pipeline.eventdates import find_dates
from pipeline.facts import find_facts
from pipeline.topic import load_topics
from pipeline.values import Fact
from pipeline.vocabulary import load_vocabulary

PUBLISHED = date(2026, 3, 25)  # a Wednesday


def of(title: str, text: str, language: str = "en") -> tuple[Fact, ...]:
    vocabulary = load_vocabulary()
    classification = classify(title, text, language, load_topics(), vocabulary)
    return find_facts(title, text, language, PUBLISHED, vocabulary, classification)


def counts(title: str, text: str, language: str = "en") -> dict[float | None, tuple[str | None, str | None]]:
    return {fact.value: (fact.status, fact.nationality) for fact in of(title, text, language) if fact.kind == "count"}


@pytest.mark.parametrize(
    ("language", "text", "value", "nationality"),
    [
        ("en", "Police freed 45 Kenyans from a scam compound in Myawaddy.", 45, "KE"),
        ("en", "Forty-five Kenyan nationals were freed from a scam compound.", 45, "KE"),
        ("zh", "警方从缅北解救45名越南籍人员。", 45, "VN"),
        ("zh-Hant", "警方從緬北救出45名越南人。", 45, "VN"),
        ("th", "ทหารช่วยเหลือชาวเคนยา 45 คน ออกจากเมียวดี", 45, "KE"),
        ("vi", "45 công dân Việt Nam được giải cứu.", 45, "VN"),
        ("id", "Sebanyak 45 WNI dipulangkan dari Myawaddy.", 45, "ID"),
        ("ms", "Seramai 45 rakyat Malaysia dibawa pulang.", 45, "MY"),
        ("ja", "ミャワディで日本人45人が保護された。", 45, "JP"),
        ("ko", "한국인 45명이 전세기로 송환됐다.", 45, "KR"),
        ("es", "Unos 45 ciudadanos kenianos fueron liberados.", 45, "KE"),
        ("fr", "Quelque 45 ressortissants kényans ont été libérés.", 45, "KE"),
        ("pt", "Cerca de 45 brasileiros foram resgatados.", 45, "BR"),
        ("hi", "म्यांमार से 45 भारतीय नागरिक वापस लाए गए।", 45, "IN"),
        ("my", "မြဝတီမြို့မှ နိုင်ငံခြားသား ၄၅ ဦး ကို လွှတ်ပေးခဲ့သည်။", 45, None),
        ("km", "ជនបរទេស ៤៥ នាក់ ត្រូវបានសង្គ្រោះ។", 45, None),
        ("ar", "أفرجت الميليشيا عن 45 شخصا في ميانمار.", 45, None),
        ("tl", "Nasagip ang 45 Pilipino sa Myanmar.", 45, "PH"),
    ],
)
def test_people_are_counted_in_every_language(language: str, text: str, value: float, nationality: str | None) -> None:
    found = counts("", text, language)
    assert value in found
    assert found[value][0] == "done"
    if nationality:
        assert found[value][1] == nationality


@pytest.mark.parametrize(
    ("language", "meters", "freed"),
    [
        ("en", "1,000 views\n\n12 comments\n\n3 min read\n\nShares 240", "Police freed 45 Kenyans in Myawaddy."),
        ("zh", "阅读 1203\n\n12条评论", "警方从缅北解救45名越南籍人员。"),
        ("th", "ยอดอ่าน 1,203 ครั้ง\n\n12 ความคิดเห็น", "ทหารช่วยเหลือชาวเคนยา 45 คน ออกจากเมียวดี"),
        ("id", "Dibaca: 1.204 kali\n\n12 komentar", "Sebanyak 45 WNI dipulangkan dari Myawaddy."),
        ("vi", "1.234 lượt xem\n\nBình luận (12)", "45 công dân Việt Nam được giải cứu."),
        ("es", "12 comentarios\n\n3 min de lectura", "Unos 45 ciudadanos kenianos fueron liberados."),
    ],
)
def test_how_often_a_page_was_seen_and_shared_is_no_fact(language: str, meters: str, freed: str) -> None:
    assert list(counts("", f"{meters}\n\n{freed}\n\n{meters}", language)) == [45]


def test_what_those_on_a_course_will_yet_do_does_not_put_the_course_into_the_future() -> None:
    text = (
        "SUVA - Chinese police began training 30 officers of the Fiji Police Force on Monday.\n\n"
        "It is the fourth course of the year. The 30 officers will practise with shields, a spokesman said."
    )
    assert counts("Chinese police begin training 30 Fiji officers in Suva", text) == {30: ("started", "FJ")}


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ("Troops freed 30 people on Monday.", 30, "done"),
        ("Troops freed 30 people on Monday. Another 12 people are expected to be freed.", 12, "expected"),
        ("Troops freed 30 people. Some 400 people are still waiting in tents.", 400, "waiting"),
        ("Troops freed 30 people on Monday. That brought to 90 the number of people freed.", 90, "cumulative"),
        ("Troops freed 30 people. Last year 700 people were freed.", 700, "background"),
        ("Troops demolished 30 of 90 buildings.", 90, "planned_total"),
        ("The pact lets China send up to six police officers.", 6, "expected"),
    ],
)
def test_how_a_count_stands(text: str, value: float, status: str) -> None:
    assert counts("Freed from scam compound in Myawaddy", text)[value][0] == status


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("At least 40 people were freed.", "at_least"),
        ("More than 40 people were freed.", "over"),
        ("About 40 people were freed.", "about"),
        ("Nearly 40 people were freed.", "under"),
        ("Up to 40 people were freed.", "up_to"),
        ("Forty people were freed.", "exact"),
    ],
)
def test_how_exact_a_count_is(text: str, bound: str) -> None:
    (fact,) = [fact for fact in of("", text) if fact.kind == "count"]
    assert (fact.value, fact.bound) == (40, bound)


@pytest.mark.parametrize(
    "text",
    [
        "A man aged 31 was freed.",
        "He was jailed for 15 years.",
        "He was promised $1,500 a month.",
        "Call 1129 or visit Route 12.",
        "The freed workers sleep in a shelter run by charity house 209.",
        "Police freed the workers from villa 14, Block 7 in Bavet.",
        "They walked 70 kilometres in 2025.",
        "A 12-page draft was tabled at 9am on 3 March.",
    ],
)
def test_ages_terms_pay_and_dates_are_no_counts(text: str) -> None:
    assert counts("", text) == {}


def test_the_leading_count_is_that_of_the_news() -> None:
    text = "Troops freed 30 Kenyans on Monday, in 2 buses.\nLast year 700 people were freed."
    leading = [
        fact.value for fact in of("Thirty freed from scam compound", text) if fact.kind == "count" and fact.leading
    ]
    assert leading == [30]


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "Those freed were Indians (48), Pakistanis (29) and others.", {48, 29}),
        ("en", "Police freed 30 people: five from Laos and one from Kenya.", {30, 5, 1}),
        ("en", "In the house 30 people were held, and in the villa 12 Kenyans.", {30, 12}),
        ("en", "They were brought to Mae Sot in May. Ten of the Kenyans are in hospital.", {10}),
        ("vi", "Công an bắt Hoàng cùng 18 đồng phạm ở Campuchia.", {18}),
        ("ko", "캄보디아에서 한국인 1명이 풀려났다.", {1}),
    ],
)
def test_counts_that_look_like_ages_days_money_or_articles(language: str, text: str, values: set[float]) -> None:
    assert values <= counts("Freed from scam compound in Myawaddy", text, language).keys()


def test_the_age_of_a_named_man_is_no_share() -> None:
    assert 48 not in counts("Freed from scam compound", "Wang Ke (48) and Li Bo (29) were freed in Myawaddy.")


def test_headline_and_lead_make_one_count() -> None:
    found = [
        fact.value
        for fact in of("48 Kenyans freed", "Forty-eight Kenyans were freed on Monday.")
        if fact.kind == "count"
    ]
    assert found == [48]


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "on Tuesday", "2026-03-24"),
        ("en", "on March 20", "2026-03-20"),
        ("en", "on 20 March 2026", "2026-03-20"),
        ("en", "yesterday", "2026-03-24"),
        ("zh", "3月20日", "2026-03-20"),
        ("zh", "昨天", "2026-03-24"),
        ("zh-Hant", "周二", "2026-03-24"),
        ("th", "วันที่ 20 มีนาคม 2569", "2026-03-20"),
        ("ja", "２０日", "2026-03-20"),
        ("ko", "지난 20일 오전", "2026-03-20"),
        ("my", "မတ်လ ၂၀ ရက်နေ့", "2026-03-20"),
        ("km", "ថ្ងៃទី ២០ ខែមីនា ឆ្នាំ២០២៦", "2026-03-20"),
        ("vi", "ngày 20/3", "2026-03-20"),
        ("id", "Selasa (24/3/2026)", "2026-03-24"),
        ("ms", "pada 20 Mac", "2026-03-20"),
        ("tl", "noong Marso 20", "2026-03-20"),
        ("es", "el 20 de marzo", "2026-03-20"),
        ("es", "el martes", "2026-03-24"),
        ("fr", "mardi", "2026-03-24"),
        ("pt", "na terça-feira", "2026-03-24"),
        ("hi", "20 मार्च को", "2026-03-20"),
        ("ar", "في 20 مارس", "2026-03-20"),
        ("ar", "يوم الثلاثاء", "2026-03-24"),
    ],
)
def test_dates_against_the_day_of_publication(language: str, text: str, day: str) -> None:
    found = find_dates(text, PUBLISHED, language.split("-")[0])
    assert day in [item.day.isoformat() for item in found]


def test_places_of_the_event_have_their_country() -> None:
    facts = [
        fact for fact in of("Raid in Bavet", "Police raided a scam hub in Bavet on Monday.") if fact.kind == "place"
    ]
    assert [(fact.name, fact.country) for fact in facts] == [("Bavet", "KH")]


def test_who_is_flown_home_goes_home() -> None:
    facts = of("45 Kenyans flown home", "Forty-five Kenyans were flown home from Myawaddy on Monday.")
    (route,) = [fact for fact in facts if fact.kind == "route"]
    assert (route.from_country, route.to_country) == ("MM", "KE")


def test_agencies_and_titled_persons_are_named() -> None:
    text = "The Provincial Electricity Authority cut power, Maj. Anan Sukjai said."
    facts = of("Power cut to scam town", text)
    assert [fact.name for fact in facts if fact.kind == "agency"] == ["Provincial Electricity Authority"]
    assert [(fact.name, fact.role) for fact in facts if fact.kind == "person"] == [("Anan Sukjai", "Maj")]


def test_money_is_kept_with_its_currency() -> None:
    (fact,) = [fact for fact in of("", "The fine is 3.2 billion baht.") if fact.kind == "money"]
    assert (fact.value, fact.currency) == (3_200_000_000, "THB")


def test_every_quote_stands_where_it_says() -> None:
    title = "312名涉诈犯罪嫌疑人被押解回国"
    text = "3月24日，中国警方将312名犯罪嫌疑人从泰国湄索押解回国，涉案5亿元。"
    facts = of(title, text, "zh")
    assert facts
    for fact in facts:
        assert f"{title}\n{text}"[fact.position : fact.position + len(fact.quote)] == fact.quote


def test_nothing_comes_of_nothing() -> None:
    assert of("", "") == ()


def test_a_hostile_text_is_read_in_time() -> None:
    text = "9" * 20_000 + " 1,1,1,1" * 2_000 + " of" * 5_000 + "(" * 5_000
    assert isinstance(of("a" * 5_000, text), tuple)


def test_a_table_of_figures_without_an_end_is_cut_off() -> None:
    text = " ".join(f"{number} people" for number in range(50_000))
    assert len(of("Figures", text)) <= 400


# --- Readings that went wrong once ---


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("th", "เมื่อวันที่ 3 มีนาคม 2569 ชาวเคนยาถูกส่งกลับ"),
        ("th", "ปี 2569 ชาวจีนจำนวนมากถูกส่งกลับ"),
        ("lo", "ວັນທີ 3 ມີນາ 2569 ຄົນຈີນ"),
        ("en", "Only one (Cocos) had replied."),
        ("en", "The grant of 1.4 million Fiji dollars was signed."),
        ("en", "They won 900 Kenyan shillings."),
        ("es", "Recibió 40.000 dólares fiyianos."),
        ("zh", "警方在该市捣毁一处窝点。"),
        ("fr", "La police a trouvé un immeuble vide."),
    ],
)
def test_what_is_no_count(language: str, text: str) -> None:
    assert counts("", text, language) == {}


@pytest.mark.parametrize(
    ("language", "text", "value", "nationality"),
    [
        ("zh", "柬埔寨警方在西港抓获112名外籍人员。", 112, None),
        ("zh", "泰国警方解救中国籍犯罪嫌疑人45名。", 45, "CN"),
        ("zh-Hant", "柬埔寨警方救出越南人45名。", 45, "VN"),
        ("th", "ตำรวจกัมพูชาช่วยเหลือชาวเคนยาจำนวน 45 คน", 45, "KE"),
        ("ja", "カンボジア警察は日本人男性45人を保護した。", 45, "JP"),
        ("ko", "캄보디아 경찰이 한국인 피의자 45명을 검거했다.", 45, "KR"),
        ("en", "Cambodian police freed 45 people from Kenya.", 45, "KE"),
        ("en", "Police freed 45 people in Cambodia.", 45, None),
        ("es", "Liberaron a 45 personas de Kenia.", 45, "KE"),
        ("id", "Sebanyak 45 orang asal Kenya dibebaskan.", 45, "KE"),
    ],
)
def test_nationality_is_that_of_those_counted(language: str, text: str, value: float, nationality: str | None) -> None:
    assert counts("", text, language)[value][1] == nationality


def test_things_have_no_nationality() -> None:
    assert counts("", "Fiji police received nine Chinese motorcycles on Monday.")[9] == ("done", None)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Police freed 45 people and seized 62 passports in a scam compound in Myawaddy.", 62, "passports"),
        ("Police raided a scam compound in Bavet. They found 11 luxury watches there.", 11, "watches"),
    ],
)
def test_what_no_term_names_is_counted_by_its_own_noun(text: str, value: float, unit: str) -> None:
    found = [fact for fact in of("Scam compound in Myawaddy raided", text) if fact.kind == "count"]
    assert [fact.unit for fact in found if fact.value == value] == [unit]


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ("The militia handed over a group of 260 people who will be flown home next week.", 260, "done"),
        ("The militia freed 260 people on Monday, and 90 people will be flown home.", 90, "expected"),
        ("The 260 people will be handed over on Friday.", 260, "expected"),
        ("Police freed 40 people. The raid took hours. Three officials said so.", 3, "background"),
        ("Police freed 40 people from 12 countries.", 12, "background"),
        ("A show of 12 Chinese handicrafts was opened in 2019.", 12, "background"),
    ],
)
def test_what_is_to_come_is_not_said_of_what_is_done(text: str, value: float, status: str) -> None:
    assert counts("Freed from scam compound in Myawaddy", text)[value][0] == status


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Twenty Samoan police officers have begun a three-week forensics course led by Chinese police."),
        ("fr", "Vingt policiers samoans ont commencé une formation donnée par la police chinoise."),
        ("es", "Veinte policías de Samoa comenzaron un curso de la policía china."),
        ("zh", "20名萨摩亚警员参加的中国警方培训班周一开班。"),
        ("id", "Sebanyak 20 polisi Samoa mulai mengikuti pelatihan dari kepolisian Tiongkok."),
    ],
)
def test_a_course_that_has_begun_is_started(language: str, text: str) -> None:
    assert counts(text, text, language)[20][0] == "started"


def test_who_crosses_into_a_country_is_not_taken_home() -> None:
    text = "A militia freed 138 Ethiopians from a scam compound in Myawaddy, and they crossed into Thailand on Monday."
    (route,) = [fact for fact in of("Ethiopians freed from scam compound in Myawaddy", text) if fact.kind == "route"]
    assert (route.from_country, route.to_country) == ("MM", "TH")


def test_who_is_flown_home_goes_where_he_is_from() -> None:
    text = "Thailand flew home 138 Ethiopians on Monday, who had been freed from scam compounds in Myawaddy."
    routes = [fact for fact in of("Ethiopians repatriated from scam compounds", text) if fact.kind == "route"]
    assert [route.to_country for route in routes] == ["ET"]


@pytest.mark.parametrize(
    ("language", "text", "way"),
    [
        ("en", "They were freed by a militia and crossed from Myanmar into Thailand on Monday.", ("MM", "TH")),
        ("en", "They were released and reached Thailand from Myanmar.", ("MM", "TH")),
        ("es", "Fueron liberados y trasladados de Birmania a Tailandia.", ("MM", "TH")),
        ("zh", "他们获救后从缅甸到泰国。", ("MM", "TH")),
    ],
)
def test_a_route_goes_by_its_prepositions(language: str, text: str, way: tuple[str, str]) -> None:
    (route,) = [fact for fact in of("", text, language) if fact.kind == "route"]
    assert (route.from_country, route.to_country) == way


def test_gear_takes_no_route_and_stays_where_it_is_handed_over() -> None:
    facts = of("Police get vans from China", "Ten vans from China were handed over to Tonga Police on Tuesday.")
    assert [fact for fact in facts if fact.kind == "route"] == []
    assert {fact.country for fact in facts if fact.kind == "place"} == {"TO"}


def test_a_dateline_gives_way_to_the_place_of_the_event() -> None:
    facts = of("Scam compound flattened", "MAE SOT - Troops demolished a scam compound in Minletpan on Tuesday.")
    assert {fact.place for fact in facts if fact.kind == "place"} == {"Minletpan"}


def test_a_seat_of_government_is_no_place_of_the_event() -> None:
    facts = of("London sanctions scam network", "London imposed sanctions on a scam compound in Bavet, Cambodia.")
    assert {fact.place for fact in facts if fact.kind == "place"} == {"Bavet"}
