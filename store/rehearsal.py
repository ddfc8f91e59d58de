"""A store on which everything works and nothing stays: for dry runs through the real stages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.engine import Connection

from store.bodies import Bodies
from store.engine import Store

T = TypeVar("T")


class Rehearsal(Store):
    """One transaction on `store`'s database that all reads and writes share, rolled back at the end.

    It begins at the first use and holds SQLite's write lock from then on, so let it be short. For one thread.
    """

    def __init__(self, store: Store) -> None:
        self.url, self.data_dir, self.is_sqlite = store.url, store.data_dir, store.is_sqlite
        self.engine = store.engine
        self.bodies: Bodies = _MemoryBodies(store.bodies)
        self._db: Connection | None = None

    def _shared(self) -> Connection:
        if self._db is None:
            self._db = self.engine.connect()
            if self.is_sqlite:
                self._db.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                self._db.begin()
        return self._db

    @contextmanager
    def write(self) -> Iterator[Connection]:
        db = self._shared()
        with db.begin_nested():
            yield db

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self._shared()

    def unit(self, work: Callable[[Connection], T], tries: int = 5) -> T:
        with self.write() as db:
            return work(db)

    def close(self) -> None:
        """Take everything back."""
        if self._db is not None:
            self._db.rollback()
            self._db.close()
            self._db = None


class _MemoryBodies:
    """New bodies in memory, old ones where they are."""

    def __init__(self, kept: Bodies) -> None:
        self._kept = kept
        self._new: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self._new[sha256] = content
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            return self._new[sha256]
        except KeyError:
            return self._kept.get(sha256)

    def has(self, sha256: str) -> bool:
        return sha256 in self._new or self._kept.has(sha256)
