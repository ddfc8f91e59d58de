"""Near-copies are found by their words, rewrites and strangers are not."""

from __future__ import annotations

from pipeline.similarity import Signature, bands, likeness, nearest_copy, sign
from tests.reports import RELEASE, RELEASE_REWRITTEN

LONG = "\n".join(
    f"{RELEASE} Paragraph {number} tells of witness {number * 7} and room {number * 13}." for number in range(4)
)
CHINESE = (
    "边防军把一百二十名肯尼亚工人带出瓦林的莲花园区，移交给泰国军队。"
    "他们每天被迫给陌生人写情书十七个小时，晚上睡在体育馆里等使馆办证件。"
)


def signed(text: str) -> Signature:
    signature = sign(text)
    assert signature is not None
    return signature


def test_a_copy_with_boilerplate_is_a_copy() -> None:
    assert likeness(signed(RELEASE), signed(f"{RELEASE}\nSubscribe to our letter for more.")).is_copy


def test_a_cut_wire_story_is_a_copy() -> None:
    assert likeness(signed(LONG), signed(LONG[: len(LONG) * 2 // 5])).is_copy


def test_a_rewrite_is_no_copy() -> None:
    assert not likeness(signed(RELEASE), signed(RELEASE_REWRITTEN)).is_copy


def test_case_width_and_hyphens_make_no_difference() -> None:
    assert likeness(signed(RELEASE), signed(RELEASE.upper().replace("120", "１２０"))).jaccard > 0.95


def test_scripts_without_spaces_have_copies_too() -> None:
    assert likeness(signed(CHINESE), signed(CHINESE + "记者发自曼谷。")).is_copy
    assert not likeness(signed(CHINESE), signed(CHINESE[::-1])).is_copy


def test_a_few_words_say_nothing() -> None:
    assert sign("Breaking news follows") is None


def test_copies_share_a_band_and_strangers_none() -> None:
    copy, stranger = signed(RELEASE + " Edited."), signed(RELEASE_REWRITTEN)
    assert set(bands(signed(RELEASE))) & set(bands(copy))
    assert not set(bands(signed(RELEASE))) & set(bands(stranger))


def test_bands_and_signatures_do_not_change_between_processes() -> None:
    assert bands(Signature(20, tuple(range(128))))[:2] == (620043939712418007, -8568835788310601675)
    assert Signature.from_json(signed(RELEASE).as_json()) == signed(RELEASE)


def test_the_nearest_copy_is_taken_and_the_older_of_equals() -> None:
    mine, near = signed(RELEASE), signed(f"{RELEASE} And more of it, at length, from elsewhere.")
    assert nearest_copy(mine, [(7, near), (9, mine), (8, mine), (1, signed(RELEASE_REWRITTEN))])[0] == 8  # type: ignore[index]
    assert nearest_copy(mine, [(1, signed(RELEASE_REWRITTEN))]) is None
