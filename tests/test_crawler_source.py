"""Sources as files, and which of them a configuration asks for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.errors import ConfigError
from crawler.config import CrawlConfig
from crawler.source import Source, load_catalogue, load_folder, load_source, select

PLAIN = 'name = "example-post"\nurl = "https://example.org/rss.xml"\n'


def write(folder: Path, text: str, name: str = "example-post") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def source(name: str, **changes: object) -> Source:
    return Source.model_validate({"name": name, "url": "https://example.org/rss", **changes})


def test_a_source_needs_little(tmp_path: Path) -> None:
    found = load_source(write(tmp_path, PLAIN + 'every = "15m"\ndelay = "0s"\nbeats = ["scam_centres"]'))
    assert (found.title, found.kind, found.every, found.delay) == (
        "example-post",
        "feed",
        timedelta(minutes=15),
        timedelta(),
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('languge = "en"', "languge: not a known key (did you mean 'language'?)"),
        ('kind = "rss"', "kind: "),
        ('every = "fast"', "every: 'fast' is not a duration"),
        ('every = "0s"', "every: the shortest is"),
        ('country = "th"', "country: "),
        ('include = "["', "include: not a regular expression"),
        ("expect.min_per_week = -1", "expect.min_per_week: "),
        ("verify_tls = ", "cannot be read"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path: Path, line: str, told: str) -> None:
    path = write(tmp_path, PLAIN + line)
    with pytest.raises(ConfigError) as caught:
        load_source(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "ftp://example.org/",
        "http://a@example.org/",
        "http://0x7f.1/",
        "http://a\\b/",
        "",
    ],
)
def test_only_plain_web_addresses_are_sources(url: str) -> None:
    with pytest.raises(ValidationError):
        source("a", url=url)


def test_a_file_is_named_as_its_source(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='write name = "other"'):
        load_source(write(tmp_path, PLAIN, "other"))


def test_a_folder_tells_all_its_mistakes_at_once(tmp_path: Path) -> None:
    write(tmp_path, PLAIN + "x = 1")
    write(tmp_path, "name = ", "broken")
    with pytest.raises(ConfigError) as caught:
        load_folder(tmp_path)
    assert len(caught.value.mistakes) == 2


def test_a_missing_folder_has_no_sources(tmp_path: Path) -> None:
    assert load_folder(tmp_path / "none") == []


def test_the_catalogue_loads() -> None:
    names = [one.name for one in load_catalogue()]
    assert len(names) == len(set(names))


def test_a_source_survives_being_kept_as_json() -> None:
    one = source("a", every="2s", delay="0s", expect={"min_per_week": 5})
    assert Source.model_validate(one.model_dump(mode="json")) == one


CATALOGUE = [
    source("thai-post", language="th", country="TH"),
    source("bangkok-english", language="en", country="TH"),
    source("taipei", language="zh-Hant"),
]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["builtin"], ["thai-post", "bangkok-english", "taipei"]),
        (["builtin:th"], ["thai-post", "bangkok-english"]),
        (["builtin:zh"], ["taipei"]),
        (["builtin", "-taipei"], ["thai-post", "bangkok-english"]),
        (["taipei"], ["taipei"]),
        ([], []),
    ],
)
def test_a_configuration_chooses_from_the_catalogue(wanted: list[str], names: list[str]) -> None:
    assert [one.name for one in select(CATALOGUE, wanted)] == names


def test_choosing_what_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="did you mean 'taipei'"):
        select(CATALOGUE, ["tapei"])


def test_the_crawl_section_knows_its_keys() -> None:
    assert CrawlConfig.model_validate({"contact": "desk@example.org"}).sources == ("builtin",)
    with pytest.raises(ValidationError):
        CrawlConfig.model_validate({"contcat": "x"})
