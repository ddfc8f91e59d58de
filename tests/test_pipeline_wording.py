"""The words around a count, as marks."""

from pipeline.counts import find_figures, possible_counts
from pipeline.reading import Reading
from pipeline.vocabulary import load_vocabulary
from pipeline.wording import Wording


def marks(title: str, text: str, language: str = "en") -> list[tuple[dict[str, float], set[str]]]:
    reading = Reading(title, text, load_vocabulary(), language)
    counts = possible_counts(reading, find_figures(reading))
    wording = Wording(reading, counts)
    return [(wording.words(count), set(wording.place(count))) for count in counts]


def test_words_are_told_by_their_side_and_place() -> None:
    words, _ = marks("", "Police on Monday freed 30 people from a villa.")[0]
    assert {"word 1 before freed", "word after villa", "word two before freed monday"} <= words.keys()
    assert "word before villa" not in words


def test_words_of_the_sentence_before_weigh_less() -> None:
    words, _ = marks("", "The course ended in May.\nThen 30 officers left.")[0]
    assert words["word of the sentence before course"] < words["word of the sentence left"]


def test_scripts_without_words_are_told_by_runs_of_letters() -> None:
    words, _ = marks("", "ทหารช่วยเหลือชาวเคนยา 45 คน ออกจากเมียวดี", "th")[0]
    assert all(len(mark.split()[-1]) >= 3 for mark in words if not mark.endswith("#") and " two " not in mark)


def test_every_count_is_seen_against_what_headline_and_first_sentence_tell() -> None:
    reading = Reading("Raid on a villa", "Police arrested 3 men.\nIn court 5 are on trial.", load_vocabulary(), "en")
    front = Wording(reading, possible_counts(reading, find_figures(reading))).front()
    assert {"title tells raid", "lead tells arrest"} <= front.keys()
    assert not any(mark.endswith("court") for mark in front)


def test_a_count_knows_where_it_stands_among_the_others() -> None:
    (_, first), (_, second) = marks("40 men freed", 'The militia said "30 people" were freed.')
    assert {"the largest", "sentence 0", "equal to the headline"} <= first
    assert {"the smallest", "sentence 1", "below the headline", "quoted"} <= second
