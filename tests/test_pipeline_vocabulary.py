from pathlib import Path

import pytest

from core.errors import ConfigError
from core.text import tokens
from pipeline.vocabulary import load_vocabulary


def found(text: str, language: str | None = None) -> set[tuple[str, str]]:
    return {(hit.entry.kind, hit.entry.name) for hit in load_vocabulary().find(text, tokens(text), language)}


@pytest.mark.parametrize(
    "text",
    ["in Myawadi town", "在妙瓦底", "ที่เมียวดี", "မြဝတီမြို့", "ミャワディで", "미야와디에서", "म्यावाडी में"],
)
def test_one_place_in_many_spellings(text: str) -> None:
    assert ("place", "Myawaddy") in found(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a scam center near the river"),
        ("zh", "一处电诈园区"),
        ("zh-Hant", "一處詐騙園區"),
        ("th", "แก๊งคอลเซ็นเตอร์ย้ายฐาน"),
        ("my", "ကျားဖြန့်ဂိုဏ်း"),
        ("km", "មណ្ឌលឆបោកមួយ"),
        ("vi", "một tổ hợp lừa đảo"),
        ("id", "sebuah sentra penipuan"),
        ("ms", "sindiket penipuan itu"),
        ("tl", "isang scam hub"),
        ("ja", "詐欺拠点を"),
        ("ko", "범죄단지에서"),
        ("es", "un centro de estafas"),
        ("fr", "un centre d’arnaque"),
        ("pt", "um centro de golpes"),
        ("hi", "एक स्कैम सेंटर में"),
        ("ar", "أحد مراكز الاحتيال"),
        ("ru", "из мошеннического центра в Мьянме"),
        ("lo", "ຢູ່ສູນຫຼອກລວງແຫ່ງໜຶ່ງ"),
    ],
)
def test_the_concept_of_a_scam_centre_in_every_language(language: str, text: str) -> None:
    assert ("concept", "scam_site") in found(text, language)


def test_an_abbreviation_counts_in_capitals_only() -> None:
    assert ("nation", "US") in found("US officials said")
    assert ("nation", "US") not in found("they told us nothing")


def test_words_of_another_language_are_left_alone() -> None:
    assert ("concept", "scam") in found("el golpe y la estafa", "es")
    assert ("concept", "scam") not in found("golpe", "en")


@pytest.mark.parametrize(
    ("text", "country"),
    [("двое граждан Китая", "CN"), ("шестнадцать филиппинцев", "PH"), ("в Мьянме", "MM"), ("российская полиция", "RU")],
)
def test_a_country_is_known_in_every_case_of_russian(text: str, country: str) -> None:
    assert ("nation", country) in found(text, "ru")


@pytest.mark.parametrize(
    ("text", "country"),
    [("35 Mozambican officers", "MZ"), ("the Somali police", "SO"), ("a Danish inquiry", "DK"), ("two Turks", "TR")],
)
def test_peoples_far_from_the_beats_are_known_too(text: str, country: str) -> None:
    assert ("nation", country) in found(text, "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Korean officers were present and had no powers of arrest"),
        ("zh", "两名韩国警员在场"),
        ("zh-Hant", "兩名韓國警員陪同"),
        ("ja", "日本の警察官が立ち会い"),
        ("ko", "한국 경찰관이 입회"),
        ("vi", "cán bộ có mặt tại hiện trường"),
        ("th", "ตำรวจจีนร่วมลงพื้นที่"),
        ("fr", "ils ont assisté à la perquisition"),
        ("ru", "в сопровождении китайских полицейских"),
    ],
)
def test_guests_of_another_police_are_told_of_in_every_language(language: str, text: str) -> None:
    assert ("concept", "alongside") in found(text, language)


def test_a_russian_word_is_no_country_for_beginning_like_one() -> None:
    assert not {hit for hit in found("индивидуальный груз в Данилове", "ru") if hit[0] == "nation"}


def test_territories_are_known_by_their_people_and_names() -> None:
    assert ("nation", "KE") in found("33 Kenyans", "en")
    assert ("nation", "UG") in found("ウガンダ人", "ja")
    assert ("nation", "PT") in found("葡萄牙", "zh")


def test_a_query_term_expands_over_scripts() -> None:
    spellings = load_vocabulary().expand("place", "Myawadi")
    assert {"Myawadi", "Myawaddy", "妙瓦底", "เมียวดี"} <= set(spellings)


def test_a_ministry_expands_as_agency_and_as_organisation() -> None:
    vocabulary = load_vocabulary()
    assert "公安部" in vocabulary.expand("agency", "MPS")
    assert "公安部" in vocabulary.expand("org", "Ministry of Public Security")


def test_a_concept_expands_by_its_id() -> None:
    assert "詐欺拠点" in load_vocabulary().expand("concept", "scam_site")


def test_what_is_unknown_expands_to_itself() -> None:
    assert load_vocabulary().expand("place", "Nowhere-on-Sea") == ("Nowhere-on-Sea",)


def test_a_hit_says_where_it_stands() -> None:
    text = "Raid in KK Park, again"
    hit = next(h for h in load_vocabulary().find(text, tokens(text), "en") if h.entry.kind == "place")
    assert text[hit.start : hit.end] == "KK Park"
    assert hit.entry.site and hit.entry.country == "MM"


def test_a_wrong_kind_of_term_is_said_with_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text('[colour]\nred = { en = ["red"] }\n', "utf-8")
    with pytest.raises(ConfigError, match=r"more\.toml: colour"):
        load_vocabulary(tmp_path)


@pytest.mark.parametrize(
    ("language", "text", "concept"),
    [
        ("tr", "34 kişi dolandırıcılık merkezinden kurtarıldı", "scam_site"),
        ("tr", "kurs ve kurslar", "train"),
        ("hu", "a csalóközpontokból kiszabadított emberek", "scam_site"),
        ("hu", "két megállapodást kötöttek", "agreement"),
        ("hr", "iz centra za prijevare spašeno je 60 ljudi", "scam_site"),
        ("hr", "kineskim policajcima u ophodnjama", "patrol"),
    ],
)
def test_bent_words_are_known_in_turkish_hungarian_and_croatian(language: str, text: str, concept: str) -> None:
    assert ("concept", concept) in found(text, language)


def test_a_stem_that_ends_in_s_is_no_plural() -> None:
    assert ("concept", "train") not in found("kurtarıldı", "tr")
    assert ("concept", "train") in found("kursu", "tr")


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("hr", "u Crnoj Gori", "ME"),
        ("sr", "u Srbiji", "RS"),
        ("hu", "Szerbiában", "RS"),
        ("tr", "Myanmar'dan", "MM"),
        ("hr", "iz Kine", "CN"),
    ],
)
def test_a_country_is_known_in_the_cases_of_its_language(language: str, text: str, country: str) -> None:
    assert ("nation", country) in found(text, language)


def test_the_pacific_is_no_town() -> None:
    assert ("place", "Taiping") not in found("太平洋岛国", "zh")


def test_a_country_of_one_language_is_none_in_another() -> None:
    assert ("nation", "CN") in found("Kina", "hr")
    assert ("nation", "CN") not in found("two million kina", "en")


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("es", "fueron traídas de vuelta", "sent_home"),
        ("es", "puestas en libertad", "freed"),
        ("it", "due cittadini stranieri", "foreigners"),
    ],
)
def test_a_star_inside_a_term_stands_for_the_endings_of_its_language(language: str, text: str, name: str) -> None:
    assert ("concept", name) in found(text, language)


def test_a_star_for_a_whole_word_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text('[concept.meeting]\nen = ["gives * until"]\n')
    with pytest.raises(ConfigError, match=r"odd\.toml.*\n?.*concept\.meeting"):
        load_vocabulary(tmp_path)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "the islands of the south"), ("zh", "群岛一名议员"), ("zh", "资金")]
)
def test_what_stands_beside_a_territorys_name_in_brackets_is_no_name_of_it(language: str, text: str) -> None:
    assert not {name for kind, name in found(text, language) if kind == "nation"}


def test_the_old_name_of_myanmar_beside_its_new_one_is_its_name_too() -> None:
    assert ("nation", "MM") in found("in Burma") & found("in Myanmar")


@pytest.mark.parametrize("town", ["Milan", "Manchester", "Montreal", "Karachi", "Sydney", "Bougainville", "Luganville"])
def test_a_town_goes_by_its_own_name_and_not_by_that_of_the_capital(town: str) -> None:
    assert {name for kind, name in found(f"Officers met in {town} today") if kind == "place"} == {town}
