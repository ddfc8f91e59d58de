"""Whether a pack of evidence is what its manifest says, member by member. Trusts nothing in it."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.errors import NightdeskError
from nightdesk.evidence import FORMAT, WARC

_NAME = re.compile(r"(?:texts/)?[a-z0-9][a-z0-9-]{0,60}\.(?:json|txt|warc|html)")
_MOST_MEMBERS = 20_000
_LARGEST = 4 << 30  # bytes, all members unpacked
_LARGEST_MANIFEST = 16 << 20
_RATIO = 1100  # deflate can do 1032
_BLOCK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one member."""

    member: str
    reason: str


def verify(path: Path) -> list[Fault]:
    """Everything that is wrong with the pack; nothing if it is whole. Raises NightdeskError where there is none."""
    try:
        pack = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise NightdeskError(f"there is no file {path}") from error
    except _BROKEN as error:
        return [Fault(path.name, f"is no zip file: {error}")]
    with pack:
        if refused := list(_refused(pack)):
            return refused
        try:
            manifest = _manifest(pack)
        except (*_BROKEN, KeyError) as error:
            return [Fault("manifest.json", f"cannot be read: {error}")]
        return list(_faults(pack, manifest))


def _refused(pack: zipfile.ZipFile) -> Iterator[Fault]:
    """Names and sizes that no pack of ours has; nothing is unpacked before."""
    infos = pack.infolist()
    if len(infos) > _MOST_MEMBERS:
        yield Fault(pack.filename or "", f"has {len(infos):,} members")
        return
    names: set[str] = set()
    for info in infos:
        if not _NAME.fullmatch(info.filename):
            yield Fault(ascii(info.filename)[:100], "is an odd name")
        elif info.filename in names:
            yield Fault(info.filename, "is there twice")
        elif info.file_size > 10_000 and info.file_size > _RATIO * max(info.compress_size, 1):
            yield Fault(info.filename, "unpacks to far more than it can hold")
        names.add(info.filename)
    if sum(info.file_size for info in infos) > _LARGEST:
        yield Fault(pack.filename or "", "unpacks to more than 4 GB")


def _manifest(pack: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    with pack.open("manifest.json") as file:
        content = file.read(_LARGEST_MANIFEST + 1)
    if len(content) > _LARGEST_MANIFEST:
        raise ValueError("it is too large")
    try:
        read = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise ValueError(f"it is not of the format {FORMAT}")
    members = read.get("members")
    if not isinstance(members, dict) or not all(isinstance(about, dict) for about in members.values()):
        raise ValueError("it lists no members")
    return members


def _faults(pack: zipfile.ZipFile, members: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    there = set(pack.namelist()) - {"manifest.json"}
    yield from (Fault(name[:100], "is missing") for name in sorted(set(members) - there))
    yield from (Fault(name, "is not in the manifest") for name in sorted(there - set(members)))
    for name in sorted(there & set(members)):
        try:
            with pack.open(name) as file:
                digest, size = _hashed(file)
        except _BROKEN as error:
            yield Fault(name, f"cannot be read: {error}")
            continue
        if digest != members[name].get("sha256") or size != members[name].get("bytes"):
            yield Fault(name, f"has the SHA-256 {digest}, the manifest says {str(members[name].get('sha256'))[:64]}")
        if name == WARC:
            yield from _archive_faults(pack)
    if WARC not in there:
        yield Fault(WARC, "is missing")


def _hashed(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _archive_faults(pack: zipfile.ZipFile) -> Iterator[Fault]:
    """Records whose digest does not fit, and pages.json's hashes that no record has."""
    from warcio.archiveiterator import ArchiveIterator

    with tempfile.TemporaryFile() as plain, pack.open(WARC) as packed:
        while block := packed.read(_BLOCK):
            plain.write(block)
        plain.seek(0)
        bodies: set[str] = set()
        try:
            for record in ArchiveIterator(plain, check_digests=True, no_record_parse=False):
                digest, _ = _hashed(record.raw_stream)
                if record.rec_type in ("response", "resource"):
                    bodies.add(digest)
                if record.digest_checker.passed is False:
                    url = str(record.rec_headers.get_header("WARC-Target-URI"))[:200]
                    yield Fault(WARC, f"the {record.rec_type} record of {url} does not fit its digest")
        except Exception as error:  # of whatever a forged record makes warcio raise
            yield Fault(WARC, f"cannot be read as WARC: {error}")
            return
    yield from _unproven(pack, bodies)


def _unproven(pack: zipfile.ZipFile, bodies: set[str]) -> Iterator[Fault]:
    try:
        with pack.open("pages.json") as file:
            listed = json.loads(file.read(_LARGEST_MANIFEST))
        with pack.open("manifest.json") as file:
            missing = {one.get("sha256") for one in json.loads(file.read(_LARGEST_MANIFEST)).get("missing_bodies", [])}
        for page in listed:
            digest = page["sha256"]
            if digest is not None and digest not in bodies | missing:
                yield Fault(
                    "pages.json", f"no record of {WARC} holds page {page['id']} with SHA-256 {str(digest)[:64]}"
                )
    except (*_BROKEN, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield Fault("pages.json", f"cannot be read: {error}")
