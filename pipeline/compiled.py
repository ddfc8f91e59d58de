"""Keeps what is slow to make from data files in the user's cache folder, and finds it again.

A compiled form has a name made of everything it depends on, so it cannot be stale. It is a pickle, so the folder must
be the user's own and closed to others; where it is not, or cannot be made, everything is made anew in each process.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_PRIVATE = 0o700


def key_of(files: Iterable[Path], versions: Iterable[str] = ()) -> str:
    """A name that changes with the contents of `files`, with `versions` and with Python."""
    found = hashlib.sha256(sys.version.encode())
    for version in versions:
        found.update(version.encode() + b"\0")
    for path in files:
        content = path.read_bytes()
        found.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()[:32]


def kept(name: str, key: str, make: Callable[[], T]) -> T:
    """What `make` gives, from the file of `key` where that is there and whole; files of other keys go."""
    folder = _folder()
    with without_collecting():
        if folder is None:
            return make()
        path = folder / f"{name}-{key}.pickle"
        with contextlib.suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError):
            found: T = pickle.loads(path.read_bytes())
            return found
        made = make()
        with contextlib.suppress(OSError):
            _keep(path, name, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
        return made


def _folder() -> Path | None:
    """`nightdesk` in XDG_CACHE_HOME, else in ~/.cache; None where others could write there."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(home) / "nightdesk"
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        found = folder.lstat()
    except (OSError, RuntimeError):
        return None
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return folder if is_ours and not stat.S_IMODE(found.st_mode) & 0o022 else None


def _keep(path: Path, name: str, content: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{name}-", suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
    for old in path.parent.glob(f"{name}-*.pickle"):
        if old != path:
            old.unlink(missing_ok=True)


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """A hundred thousand small objects that all stay: looking for garbage among them takes longer than making them.

    So they are not looked at later either, which would stop whatever is asked just then for a third of a second.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
