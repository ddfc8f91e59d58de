"""Whether a watch's own examples hold: `must_match` fires it, `must_not_match` does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.clock import utc_now
from core.errors import Mistake
from core.watch import Watch

if TYPE_CHECKING:
    from nightdesk.config import Config
    from pipeline.match import Subject

_SHOWN = 80


def check_examples(config: Config) -> list[Mistake]:
    """Every example that does not hold, with the reason. Nothing is loaded where no watch has one."""
    if not any(watch.must_match or watch.must_not_match for watch in config.watches):
        return []
    subject_of = _Reader(config)
    return [mistake for watch in config.watches for mistake in _check(watch, subject_of, str(config.file))]


def broken_examples(watch: Watch, config: Config, file: str) -> list[Mistake]:
    """The examples of one watch that do not hold."""
    return list(_check(watch, _Reader(config), file)) if watch.must_match or watch.must_not_match else []


def _check(watch: Watch, subject_of: _Reader, file: str) -> Iterator[Mistake]:
    from pipeline.match import read_watch, why

    # An example is a text: where it was published, and in which language it is taken to be, are not its matter.
    asked = read_watch(0, 0, watch.model_copy(update={"sources": (), "languages": ()}), subject_of.vocabulary)
    for key, wanted in (("must_match", True), ("must_not_match", False)):
        for number, example in enumerate(getattr(watch, key), start=1):
            verdict = why(asked, subject_of(example))
            if verdict.fired is not wanted:
                shown = example if len(example) <= _SHOWN else example[:_SHOWN] + "…"
                says = "does not match" if wanted else "matches"
                problem = f"{shown!r} {says}: {verdict.reason}"
                yield Mistake(file, f"watch.{watch.name}.{key}[{number}]", problem)


class _Reader:
    """Reads an example as the pipeline reads an article: its first line is the headline."""

    def __init__(self, config: Config) -> None:
        from pipeline.topic import TOPICS, load_topics
        from pipeline.vocabulary import load_vocabulary

        self.vocabulary = load_vocabulary()
        more = config.pipeline.topics_dir
        self._topics = [topic for folder in (TOPICS, more) if folder is not None for topic in load_topics(folder)]

    def __call__(self, example: str) -> Subject:
        from core.text import clean
        from pipeline.classify import classify
        from pipeline.facts import find_facts
        from pipeline.language import detect_language
        from pipeline.match import Subject

        now = utc_now()
        title, _, text = clean(example).partition("\n")
        language = detect_language(example)
        classified = classify(title, text, language, self._topics, self.vocabulary)
        facts = find_facts(title, text, language, now.date(), self.vocabulary, classified)
        return Subject(title, text, "", None, language, now, classified, facts)
