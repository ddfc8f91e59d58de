"""Raw page bodies by SHA-256: files beside SQLite, a table on Postgres so that workers share them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Engine

from core.errors import NotFound
from store import pages


class Bodies(Protocol):
    """Keeps bytes under their hash. Writing the same bytes twice is one body."""

    def put(self, content: bytes) -> str:
        """Store `content` durably and return its SHA-256 in hex. Call it before the row that names it commits."""

    def get(self, sha256: str) -> bytes:
        """The bytes; raises NotFound where they were pruned or lost."""

    def has(self, sha256: str) -> bool:
        """Whether the bytes are still kept."""


class FileBodies:
    """One file a body, two folders deep, written to a temporary name, synced and renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(f"the body {sha256[:12]} is not in {self._folder}") from error

    def has(self, sha256: str) -> bool:
        return self._path(sha256).exists()


class TableBodies:
    """Rows of `bodies`, each in a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        with self._engine.begin() as db:
            db.execute(insert(pages.bodies).values(sha256=sha256, content=content).on_conflict_do_nothing())
        return sha256

    def get(self, sha256: str) -> bytes:
        with self._engine.connect() as db:
            content = db.scalar(sa.select(pages.bodies.c.content).where(pages.bodies.c.sha256 == sha256))
        if content is None:
            raise NotFound(f"the body {sha256[:12]} is not in the table bodies")
        return bytes(content)

    def has(self, sha256: str) -> bool:
        with self._engine.connect() as db:
            return db.scalar(sa.select(sa.literal(1)).where(pages.bodies.c.sha256 == sha256)) is not None
