import pytest

from pipeline.weighing import Model, Models, shares

MODELS = Models(raid=Model(-1.0, {"police": 2.0, "night": 0.5}), release=Model(0.25, {"police": -0.5, "home": 1.5}))


def test_models_asked_together_answer_as_each_alone() -> None:
    traits = {"police": 1.0, "home": 0.5, "unknown": 3.0}
    assert MODELS.scores(traits) == {name: model.score(traits) for name, model in MODELS.items()}


def test_traits_of_its_own_count_for_one_answer_only() -> None:
    scores = MODELS.scores({"police": 1.0}, {"release": {"home": 1.0}})
    assert scores == {"release": MODELS["release"].score({"police": 1.0, "home": 1.0})}


def test_shares_are_of_one_whole() -> None:
    told = shares(MODELS, {"police": 1.0})
    assert sum(told.values()) == pytest.approx(1.0)
    assert told["raid"] > told["release"]
