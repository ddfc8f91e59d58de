"""What one round did, per source."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class SourceReport:
    """Counts of one source in one round."""

    visited: int = 0
    new: int = 0
    pages: int = 0
    refused: int = 0
    known: int = 0
    later: int = 0
    revisited: int = 0
    baseline: bool = False
    error: str | None = None


@dataclass
class RoundReport:
    """A round's counts by source name. `more`: items are still due that this round had no room for."""

    sources: dict[str, SourceReport] = field(default_factory=dict)
    more: bool = False

    def of(self, name: str) -> SourceReport:
        return self.sources.setdefault(name, SourceReport())

    @property
    def visited(self) -> int:
        return sum(one.visited for one in self.sources.values())

    @property
    def new(self) -> int:
        return sum(one.new for one in self.sources.values())

    @property
    def pages(self) -> int:
        """Pages written, those refused included: what the pipeline may now process."""
        return sum(one.pages + one.refused for one in self.sources.values())

    @property
    def failed(self) -> int:
        return sum(one.error is not None for one in self.sources.values())
