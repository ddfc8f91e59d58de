import pytest

from pipeline.counts import answer_of
from pipeline.trees import Trees, load_trees
from pipeline.weighing import Model, Models, load_models

#: "freed" means done, but where "will" stands with it.
GROWN = {
    "part": 0.5,
    "traits": ["freed", "will"],
    "biases": {"done": 0.0, "expected": 0.0},
    "trees": {"done": [[0, [1, -2.0, 2.0], 0.0], [1, -1.0, 0.0]], "expected": [[0, [1, 2.0, -2.0], 0.0]]},
}
EVEN = {"done": 0.5, "expected": 0.5}


def test_what_a_trait_says_hangs_on_the_others_that_are_there() -> None:
    trees = Trees.of(GROWN)
    plain, planned = trees.beside(EVEN, {"freed": 1.0}), trees.beside(EVEN, {"freed": 1.0, "will": 0.5})
    assert plain["done"] > 0.8
    assert planned["done"] < 0.2
    assert sum(planned.values()) == pytest.approx(1.0)


def test_where_the_trees_know_no_trait_the_sum_decides() -> None:
    told = Trees.of(GROWN).beside({"done": 0.9, "expected": 0.1}, {"cat": 1.0})
    assert max(told, key=lambda answer: told[answer]) == "done"


def test_a_part_of_nothing_leaves_what_the_sum_said() -> None:
    told = Trees.of(GROWN | {"part": 0.0}).beside({"done": 0.3, "expected": 0.7}, {"freed": 1.0})
    assert told == pytest.approx({"done": 0.3, "expected": 0.7})


def test_trees_are_not_asked_where_the_sum_leaves_no_doubt() -> None:
    sure = Models(done=Model(9.0, {}), expected=Model(0.0, {}))
    unsure = Models(done=Model(0.1, {}), expected=Model(0.0, {}))
    marks = {"freed": 1.0, "will": 1.0}
    assert answer_of(sure, Trees.of(GROWN), marks)[0] == "done"
    assert answer_of(unsure, Trees.of(GROWN), marks)[0] == "expected"
    assert answer_of(unsure, None, marks)[0] == "done"


def test_the_trees_of_counts_answer_what_their_weights_answer() -> None:
    trees = load_trees("counts_trees")
    assert trees is not None
    assert trees.trees.keys() == trees.biases.keys() == load_models("counts").keys()
