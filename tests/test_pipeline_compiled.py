"""What is slow to make is made once, and never taken from where others could have put it."""

from pathlib import Path

import pytest

from pipeline.compiled import kept, key_of


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "nightdesk"


class Maker:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[int]:
        self.times += 1
        return [1, 2, 3]


def test_the_second_time_it_is_found() -> None:
    make = Maker()
    assert kept("words", "k1", make) == kept("words", "k1", make) == [1, 2, 3]
    assert make.times == 1


def test_another_key_is_made_anew_and_the_old_file_goes(cache: Path) -> None:
    make = Maker()
    kept("words", "k1", make)
    kept("words", "k2", make)
    assert make.times == 2
    assert [path.name for path in cache.iterdir()] == ["words-k2.pickle"]


def test_a_file_that_was_cut_short_is_made_again(cache: Path) -> None:
    make = Maker()
    kept("words", "k1", make)
    path = cache / "words-k1.pickle"
    path.write_bytes(path.read_bytes()[:-3])
    assert kept("words", "k1", make) == [1, 2, 3]
    assert make.times == 2


def test_a_folder_that_others_may_write_is_not_read(cache: Path) -> None:
    make = Maker()
    kept("words", "k1", make)
    cache.chmod(0o777)
    kept("words", "k1", make)
    assert make.times == 2


def test_without_a_folder_it_is_made_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    make = Maker()
    kept("words", "k1", make)
    kept("words", "k1", make)
    assert make.times == 2


def test_a_key_tells_contents_and_versions_apart(tmp_path: Path) -> None:
    one = tmp_path / "one.toml"
    one.write_text("a")
    before = key_of([one], ["1"])
    assert key_of([one], ["2"]) != before
    one.write_text("b")
    assert key_of([one], ["1"]) != before
