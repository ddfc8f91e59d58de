"""Russian, Turkish, Hungarian and Croatian: number words, how exact a number is, and dates."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.bounds import bound_of
from pipeline.classify import classify
from pipeline.eventdates import find_dates
from pipeline.facts import find_facts
from pipeline.numbers import find_numbers
from pipeline.topic import load_topics
from pipeline.vocabulary import load_vocabulary

PUBLISHED = date(2026, 3, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("ru", "сорок восемь мужчин, двести тридцать женщин", [48, 230]),
        ("ru", "две тысячи человек, 5 тыс. рублей и 1,5 млн юаней", [2000, 5000, 1_500_000]),
        ("ru", "трое задержанных из двадцати пяти", [3, 25]),
        ("tr", "otuz dört polis, yüz kırk kişi", [34, 140]),
        ("tr", "iki bin beş yüz kişi ve 3 bin araç", [2500, 3000]),
        ("hu", "harmincnégy rendőr, kétszázötven ember", [34, 250]),
        ("hu", "tizenkét kínai és húszezer euró", [12, 20_000]),
        ("hu", "hét rendőr két hét alatt", [7, 2]),
        ("hr", "dvadeset i pet policajaca, tristo ljudi", [25, 300]),
        ("hr", "dvije tisuće ljudi i 3 milijuna eura", [2000, 3_000_000]),
        ("sr", "osam policajaca iz Kine", [8]),
        ("en", "20 bin lorries", [20]),
    ],
)
def test_numbers_in_words_and_what_multiplies_them(language: str, text: str, values: list[float]) -> None:
    assert [number.value for number in find_numbers(text, language)] == values


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("ru", "от 30 до 50 человек", (30, 50)),
        ("tr", "30 ila 50 kişi", (30, 50)),
        ("hr", "30 do 50 ljudi", (30, 50)),
        ("pt", "5 do 10", (5, None)),
    ],
)
def test_a_range_is_told_by_the_words_of_its_language(language: str, text: str, ends: tuple[float, float]) -> None:
    number = find_numbers(text, language)[0]
    assert (number.value, number.high) == ends


@pytest.mark.parametrize(
    ("language", "text", "bound", "said"),
    [
        ("ru", "не менее 40 человек", "at_least", "не менее 40"),
        ("ru", "более 40 человек", "over", "более 40"),
        ("ru", "не более 40 человек", "up_to", "не более 40"),
        ("ru", "около 40 человек", "about", "около 40"),
        ("tr", "en az 40 kişi", "at_least", "en az 40"),
        ("tr", "40'tan fazla kişi", "over", "40'tan fazla"),
        ("tr", "40'ı aşkın kişi", "over", "40'ı aşkın"),
        ("tr", "yaklaşık 40 kişi", "about", "yaklaşık 40"),
        ("hu", "legalább 40 ember", "at_least", "legalább 40"),
        ("hu", "több mint 40 ember", "over", "több mint 40"),
        ("hu", "mintegy 40 ember", "about", "mintegy 40"),
        ("hr", "najmanje 40 ljudi", "at_least", "najmanje 40"),
        ("hr", "više od 40 ljudi", "over", "više od 40"),
        ("hr", "do 40 ljudi", "up_to", "do 40"),
        ("hr", "gotovo 40 ljudi", "under", "gotovo 40"),
        ("pt", "policiais do 40 batalhão", "exact", "40"),
        ("en", "handed over 40 people", "exact", "40"),
        ("en", "over 40 people", "over", "over 40"),
    ],
)
def test_how_exact_a_number_is(language: str, text: str, bound: str, said: str) -> None:
    at = text.index("40")
    found, start, end = bound_of(text, at, at + 2, 0, language)
    assert (found, text[start:end]) == (bound, said)


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("ru", "Задержание прошло 14 марта 2026 года.", ["2026-03-14"]),
        ("ru", "Об этом сообщили в пятницу, 20 марта, и вчера.", ["2026-03-20", "2026-03-20", "2026-03-24"]),
        ("tr", "Tören 14 Mart 2026'da yapıldı.", ["2026-03-14"]),
        ("tr", "Salı günü, 5 Kasım'da ve yarın", ["2026-03-24", "2025-11-05", "2026-03-26"]),
        ("hu", "A kiképzés 2026. március 14-én kezdődött, hétfőn.", ["2026-03-14", "2026-03-23"]),
        ("hu", "márc. 20. és tegnap", ["2026-03-20", "2026-03-24"]),
        ("hr", "Ophodnje su počele 14. ožujka 2026. u ponedjeljak.", ["2026-03-14", "2026-03-23"]),
        ("hr", "14.03.2026. i jučer", ["2026-03-14", "2026-03-24"]),
        ("sr", "14. marta i u petak", ["2026-03-14", "2026-03-20"]),
        ("ru", "5 маяков и 3 майора", []),
        ("vi", "Trong tháng 12 có 20 người bị bắt.", []),
        ("vi", "Sáng 5 tháng 12 năm 2025", ["2025-12-05"]),
    ],
)
def test_dates_are_told_in_each_language(language: str, text: str, days: list[str]) -> None:
    assert [day.day.isoformat() for day in find_dates(text, PUBLISHED, language)] == days


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "14 марта из Мьянмы вернули 60 граждан."),
        ("tr", "14 Mart'ta Myanmar'dan 60 kişi kurtarıldı."),
        ("hu", "Március 14-én 60 embert szabadítottak ki Mianmarból."),
        ("hr", "Dana 14. ožujka iz Mjanmara je spašeno 60 ljudi."),
    ],
)
def test_a_day_of_the_month_is_no_count(language: str, text: str) -> None:
    vocabulary = load_vocabulary()
    classified = classify("", text, language, load_topics(), vocabulary)
    facts = find_facts("", text, language, PUBLISHED, vocabulary, classified)
    assert 14 not in [fact.value for fact in facts if fact.kind == "count"]
    assert "2026-03-14" in [fact.event_date for fact in facts if fact.kind == "date"]
