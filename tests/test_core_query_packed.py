"""A packed field is, when unpacked, the field that was read; in few bytes."""

from __future__ import annotations

import pytest

from core.query.field import Field, make_field, read_field
from core.query.nodes import Part
from core.query.packed import pack, unpack
from core.text import written
from tests.test_store_search import TEXTS


def told(field: Field) -> tuple[object, ...]:
    places = [list(numbers) for numbers in field.places]
    return field.name, field.original, field.folded, field.haystack, field.texts, field.aliases, places


@pytest.mark.parametrize(
    "text",
    [text for pair in TEXTS.values() for text in pair]
    + [
        "",
        "—",
        "x",
        "state-of-the-art raids’ policies",
        "gap" + " " * 300 + "then" + " " * 70_000 + "on",
        "w" * 70_000,
        "㈱ ﷺ ½ ｶﾌｪ",
        "raid " * 20_000,
    ],
)
def test_unpacking_gives_back_what_was_packed(text: str) -> None:
    read = read_field("text", text)
    assert told(unpack("text", text, pack(read))) == told(read)


@pytest.mark.parametrize("text", ["", "-ing scam-centres’ raids", "ำ 园区 MPS", "½ km-Straße 1,200"])
def test_a_field_of_words_that_were_folded_with_their_title_is_as_one_read_by_itself(text: str) -> None:
    words = written(f"A title with scam-\n{text}").after(len("A title with scam-\n"))
    assert told(make_field("text", text, words)) == told(read_field("text", text))


def test_an_unpacked_field_answers_as_the_one_that_was_read() -> None:
    text = "Traffickers’ scam-centres in 缅北电诈园区。园区 MPS said"
    read = read_field("text", text)
    field = unpack("text", text, pack(read))
    parts = [Part(token, how, glued) for token in read.texts for how in ("is", "prefix") for glued in (False, True)]
    asked = [(part, index) for part in (*parts, Part("mps", capitals=True)) for index in range(len(read.texts) + 1)]
    assert [field.fits(*one) for one in asked] == [read.fits(*one) for one in asked]
    assert [field.alias(number) for number in range(len(read.aliases))] == [(a.first, a.last) for a in read.aliases]


def test_a_packed_field_is_smaller_than_its_text() -> None:
    text = " ".join(text for _, text in TEXTS.values()) * 3
    assert len(pack(read_field("text", text))) < len(text.encode()) / 2
