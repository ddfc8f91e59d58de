"""A field in few bytes, so that a stored text need not be folded again to be searched.

Reading a text costs a hundred times what it costs to look for words in what was read.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate, pairwise
from struct import Struct

from core.query.field import Field, Places

_HEAD = Struct("<III")  # tokens, aliases, bytes of the haystack
_CODES = {1: "B", 2: "H", 4: "I"}  # of an array whose items have so many bytes


def pack(field: Field) -> bytes:
    """All of a field but its name and its original."""
    if field.packed is not None:
        return field.packed
    starts, *others = field.places
    haystack = field.haystack.encode()
    numbers = [later - sooner for sooner, later in pairwise([0, *starts])], *others
    head = _HEAD.pack(len(starts), len(field.places.first), len(haystack))
    return zlib.compress(b"".join([head, haystack, *map(_as_bytes, numbers)]))


def unpack(name: str, original: str, packed: bytes) -> Field:
    """The field that was packed. `original` must be the text that it was read from."""
    content = zlib.decompress(packed)
    count, aliases, length = _HEAD.unpack_from(content)
    end = _HEAD.size + length
    haystack = content[_HEAD.size : end].decode()
    field = Field(name, original, haystack, lambda: _places(content, end, count, aliases))
    field.packed = packed
    return field


def _places(content: bytes, place: int, count: int, aliases: int) -> Places:
    steps, place = _numbers(content, place, count)
    lengths, place = _numbers(content, place, count)
    first, place = _numbers(content, place, aliases)
    further, place = _numbers(content, place, aliases)
    return Places(list(accumulate(steps)), lengths, first, further)


def _as_bytes(numbers: Sequence[int]) -> bytes:
    """The numbers in as many bytes each as the greatest needs, and before them how many these are."""
    most = max(numbers, default=0)
    size = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
    return bytes([size]) + _in_order(array(_CODES[size], numbers)).tobytes()


def _numbers(content: bytes, place: int, count: int) -> tuple[array[int], int]:
    """So many numbers that stand at `place`, and the place behind them."""
    size = content[place]
    end = place + 1 + size * count
    found = array(_CODES[size])
    found.frombytes(content[place + 1 : end])
    return _in_order(found), end


def _in_order(numbers: array[int]) -> array[int]:
    """Little end first, on every machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
