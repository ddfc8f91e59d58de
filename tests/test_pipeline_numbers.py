import pytest

from pipeline.figures import sort_figure
from pipeline.numbers import find_numbers


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "Forty-eight men and 1,204 women", [48, 1204]),
        ("en", "one hundred and twenty of two dozen", [120, 24]),
        ("en", "half a dozen of 17.1 billion", [6, 17_100_000_000]),
        ("en", "2.5 lakh and 3 crore", [250_000, 30_000_000]),
        ("zh", "共5.3万人、兩名、8600余名", [53_000, 2, 8600]),
        ("zh-Hant", "１億２千萬元", [120_000_000]),
        ("ja", "２万３千人", [23_000]),
        ("ko", "1만2천명, 두 명", [12_000, 2]),
        ("th", "๓๐๐ คน และสองคน", [300, 2]),
        ("my", "၂၁ လုံး", [21]),
        ("km", "១៥០ នាក់", [150]),
        ("lo", "໕໐ ຄົນ", [50]),
        ("hi", "२८३ और 2,50,000", [283, 250_000]),
        ("ar", "٤٥ شخصا", [45]),
        ("es", "1.900 personas y cuarenta y ocho más", [1900, 48]),
        ("fr", "17 100 personnes", [17_100]),
        ("pt", "2,5 milhões", [2_500_000]),
        ("id", "3.900 orang, dua puluh lima", [3900, 25]),
        ("vi", "1.234 người, hai mươi lăm", [1234, 25]),
        ("tl", "dalawampu", [20]),
        ("tl", "labing-apat na Pilipino", [14]),
        ("en", "a hundred and two, up to a thousand", [102, 1000]),
        ("en", "six four-storey buildings", [6, 4]),
        ("fr", "quatre-vingt-seize et une quinzaine", [96, 15]),
        ("it", "quattordici agenti e ventotto auto", [14, 28]),
        ("de", "vierundzwanzig Männer", [24]),
        ("hi", "चार लोगों, दो सौ", [4, 200]),
        ("my", "နှစ်ဦး", [2]),
        ("zh", "警方称,9人，27兆瓦", [9, 27]),
    ],
)
def test_numbers_as_they_are_written(language: str, text: str, values: list[float]) -> None:
    assert [number.value for number in find_numbers(text, language.split("-")[0])] == values


def test_any_space_stands_between_a_number_and_its_multiplier() -> None:
    assert [number.value for number in find_numbers("5\u2009million, 3\tbillion", "en")] == [5_000_000, 3_000_000_000]


def test_what_begins_the_next_line_multiplies_nothing() -> None:
    assert [number.value for number in find_numbers("Table 5\nmillion dollars, 共8\n万元", "en")] == [5, 8]


def test_what_has_grown_from_one_number_to_another_is_no_range() -> None:
    assert [number.value for number in find_numbers("Posts grew from 14 to 37", "en")] == [14, 37]


def test_a_range_has_two_ends() -> None:
    (number,) = find_numbers("30 to 35 buildings", "en")
    assert (number.value, number.high) == (30, 35)


@pytest.mark.parametrize(
    ("language", "text", "sort"),
    [
        ("en", "aged 27", "age"),
        ("en", "a 35-year-old", "age"),
        ("en", "Amina Noor, 24, said", "age"),
        ("ko", "22세 남성", "age"),
        ("ja", "16歳の", "age"),
        ("zh", "52歲店主", "age"),
        ("th", "อายุ 24 ปี", "age"),
        ("en", "15 years in prison", "time"),
        ("zh", "有期徒刑5年", "date"),
        ("en", "for 12 months", "time"),
        ("en", "$12 million", "money"),
        ("id", "Rp4,1 triliun", "money"),
        ("zh", "650万元人民币", "money"),
        ("ko", "171억 원", "money"),
        ("hi", "50 हजार रुपये", "money"),
        ("en", "14 percent", "percent"),
        ("es", "14 % más", "percent"),
        ("en", "March 24", "date"),
        ("zh", "6月的", "date"),
        ("th", "21 มกราคม", "date"),
        ("en", "in 2025", "date"),
        ("en", "9am", "time"),
        ("en", "70 kilometres", "measure"),
        ("en", "a 50-bed hospital", "other"),
        ("en", "21 buildings", "count"),
    ],
)
def test_what_a_figure_is(language: str, text: str, sort: str) -> None:
    number = find_numbers(text, language)[0]
    assert sort_figure(text, number).sort == sort


def test_money_knows_its_currency_and_its_words() -> None:
    text = "lost about 17.1 billion won in all"
    figure = sort_figure(text, find_numbers(text, "en")[0])
    assert figure.currency == "KRW"
    assert text[figure.start : figure.end] == "17.1 billion won"
