"""A file that is there whole or not at all: written beside its place under another name, synced, then put there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from core.errors import NightdeskError


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """An open file that becomes `path` if all goes well, and leaves no trace otherwise. Raises NightdeskError."""
    try:
        file = tempfile.NamedTemporaryFile(
            "w+b", dir=path.parent, prefix=f".{path.name}.", suffix=".partial", delete=False
        )
    except OSError as error:
        raise NightdeskError(f"cannot write {path}: {error.strerror}") from error
    partial = Path(file.name)
    try:
        with file:
            yield cast(IO[bytes], file)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o666 & ~_umask())  # a temporary file is for its owner alone
        partial.replace(path)
    except OSError as error:
        raise NightdeskError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
