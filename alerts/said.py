"""Sayings in the language of a channel, from their codes and values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.language import Language
from core.saying import SLOT, Saying

#: The sentences of a language's file, by the code of each.
SECTION = "finding_said"


def detail_in(language: Language, finding: Any) -> str:
    """The details of a finding; in English, as they were noted, where the language lacks one of their sentences."""
    own = said(language, finding.said) if finding.said and language.tag != "en" else None
    return str(finding.detail) if own is None else own


def saying_in(language: Language, saying: Saying) -> str:
    """One saying; in English where the language lacks it."""
    own = said(language, saying.as_json())
    return str(saying) if own is None else own


def said(language: Language, saying: Mapping[str, Any]) -> str | None:
    """A saying as it was written down; None where the language lacks its sentence, or one that it holds."""
    given = saying["values"]
    values = {name: _value(language, value) for name, value in given.items()}
    pattern = language.pattern(SECTION, saying["code"], given.get("n") or 0)
    if pattern is None or any(values.get(slot) is None for slot in SLOT.findall(pattern)):
        return None
    return SLOT.sub(lambda found: str(values[found[1]]), pattern)


def _value(language: Language, value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return language.number(value)
    if isinstance(value, Mapping):
        return said(language, value)
    parts = [said(language, one) for one in value]
    return None if None in parts else language.names(part for part in parts if part)
