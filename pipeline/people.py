"""Agencies, organisations and persons with their roles: known names, and titles before unknown ones."""

from __future__ import annotations

import re

from pipeline.reading import Reading
from pipeline.values import Fact

_TITLE = (
    r"(?:Pol\.?\s)?(?:Maj\.?|Lt\.?|Brig\.?|Col\.?|Gen\.?|Capt\.?|"
    r"Sgt\.?)(?:\s(?:Gen\.?|Col\.?))?|Police (?:Major|Lieutenant|"
    r"Colonel|General)(?: General)?|"
    r"Major(?: General)?|Colonel|General|Captain|Inspector|"
    r"Superintendent|Commissioner|Deputy Commissioner|Minister|"
    r"Prime Minister|President|Ambassador|"
    r"Senator|Governor|Mayor|Judge|Attorney General|spokesman|"
    r"spokeswoman|spokesperson|lawyer|researcher|director|Dr|Prof\.?|MP|"
    r"Kombes|Brigjen|Irjen|"
    r"police chief|district chief|deputy governor|foreign minister|"
    r"deputy foreign minister|assistant minister|opposition MP|"
    r"lead author|chief executive"
)
_NAME = r"[A-ZÀ-Ý][\w’'\-]+(?:\s(?:bin|binti|al|de|da|dos|van|[A-ZÀ-Ý][\w’'\-]+)){1,3}"
_TITLED = re.compile(rf"\b(?P<role>{_TITLE})\.?\s(?P<name>{_NAME})")
_SAID = re.compile(
    rf"(?<![\w’'])(?P<name>{_NAME}),\s(?:\d\d,\s)?(?P<role>(?:a|an|the|its|his|her)\s[a-z][\w\s\-’']{{3,60}}?)[,.]"
)
_NOT_NAMES = frozenset(
    ("The", "Special", "Golden", "National", "Royal", "New", "South", "North", "Police", "Foreign", "Ministry")
)


def find_names(reading: Reading) -> list[Fact]:
    """Agencies, organisations and persons, each once, where they are first named."""
    found: dict[tuple[str, str], Fact] = {}
    for hit in reading.hits:
        entry = hit.entry
        if entry.kind not in ("agency", "org", "person"):
            continue
        zone = reading.sentence_at(hit.start).zone
        found.setdefault(
            (entry.kind, entry.name),
            Fact(
                kind=entry.kind,  # type: ignore[arg-type]
                quote=reading.quote(hit.start, hit.end),
                position=hit.start,
                confidence=0.8 if zone != "body" else 0.6,
                name=entry.name,
                role=entry.role,
                country=entry.country,
            ),
        )
    for fact in _titled(reading):
        if not any(other.position <= fact.position < other.position + len(other.quote) for other in found.values()):
            found.setdefault(("person", fact.name or ""), fact)
    return sorted(found.values(), key=lambda fact: fact.position)


def _titled(reading: Reading) -> list[Fact]:
    facts = []
    for pattern, confidence in ((_TITLED, 0.6), (_SAID, 0.45)):
        for match in pattern.finditer(reading.text):
            name = match["name"]
            if name.split()[0] in _NOT_NAMES:
                continue
            facts.append(
                Fact(
                    kind="person",
                    quote=match["name"],
                    position=match.start("name"),
                    confidence=confidence,
                    name=name,
                    role=re.sub(r"^(?:a|an|the)\s", "", match["role"]).rstrip("."),
                )
            )
    return facts
