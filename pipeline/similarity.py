"""Near-copies: which article carries mostly the same words as another. Proposes only; the facts decide.

MinHash over shingles of folded tokens. Bands of the signature find candidates through an index; the whole signature
then estimates how much two texts share, and how much of the shorter one stands in the longer.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rensa import RMinHash

from core.text import is_unspaced, words

PERMUTATIONS = 128
_SEED = 20_260_401
_BANDS = 32
_ROWS = 3  # 32 x 3 finds 94 % of pairs that share .44, nearly all above .6, and few of the rest
_SHORTEST = 12  # fewer shingles say nothing about a copy
_SAME_WORDS = 0.3
_CONTAINED = 0.6
_LEAST_SHARED = 0.1  # below it the estimate is noise, however short one text is


@dataclass(frozen=True)
class Signature:
    """What is kept of a text to find its copies."""

    shingles: int
    hashes: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        return {"shingles": self.shingles, "hashes": list(self.hashes)}

    @staticmethod
    def from_json(value: dict[str, Any] | None) -> Signature | None:
        return Signature(int(value["shingles"]), tuple(value["hashes"])) if value else None


def sign(text: str) -> Signature | None:
    """The signature of a text, or None where it is too short to tell."""
    return sign_words(words(text))


def sign_words(folded: Sequence[str]) -> Signature | None:
    """The same of the folded tokens of a text."""
    grams = _shingles(folded)
    if len(grams) < _SHORTEST:
        return None
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    minhash.update(sorted(grams))
    return Signature(len(grams), tuple(minhash.digest()))


def shingles(text: str) -> set[str]:
    """Runs of three words, or of five characters where a script has no spaces."""
    return _shingles(words(text))


def _shingles(folded: Sequence[str]) -> set[str]:
    single = sum(map(is_unspaced, folded))
    size = 5 if single * 2 > len(folded) else 3
    return {" ".join(folded[i : i + size]) for i in range(len(folded) - size + 1)}


def bands(signature: Signature) -> tuple[int, ...]:
    """The keys under which its copies are likely to be filed, as signed 64-bit numbers."""
    return tuple(_band(number, signature.hashes[number * _ROWS : (number + 1) * _ROWS]) for number in range(_BANDS))


def _band(number: int, rows: Sequence[int]) -> int:
    packed = struct.pack(f"<B{len(rows)}Q", number, *rows)
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "little", signed=True)


@dataclass(frozen=True)
class Likeness:
    """How much two texts share: of both together, and of the shorter one."""

    jaccard: float
    containment: float

    @property
    def is_copy(self) -> bool:
        if self.jaccard >= _SAME_WORDS:
            return True
        return self.containment >= _CONTAINED and self.jaccard >= _LEAST_SHARED


def likeness(one: Signature, other: Signature) -> Likeness:
    """An estimate, right within some five points."""
    same = sum(a == b for a, b in zip(one.hashes, other.hashes, strict=True))
    jaccard = same / PERMUTATIONS
    shared = jaccard * (one.shingles + other.shingles) / (1 + jaccard)
    return Likeness(jaccard, min(1.0, shared / min(one.shingles, other.shingles)))


def nearest_copy(signature: Signature, candidates: Sequence[tuple[int, Signature]]) -> tuple[int, Likeness] | None:
    """The candidate that is a copy and most alike; the older id where two are."""
    found = [(article_id, likeness(signature, other)) for article_id, other in candidates]
    copies = [(article_id, like) for article_id, like in found if like.is_copy]
    return min(copies, key=lambda pair: (-pair[1].jaccard, pair[0]), default=None)
