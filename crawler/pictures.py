"""Pictures of words: which files are one, and what stands in them, where the machine has tesseract to read it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
)
_SECONDS = 60.0
_FEWEST = 20  # letters and digits: less than that is a logo, or dirt


@dataclass(frozen=True)
class Words:
    """What was read of a picture. `reason` says why there is nothing."""

    text: str = ""
    read_by: str = ""
    reason: str = ""


def kind_of(body: bytes) -> str | None:
    """The media type of a picture; None of anything else."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _KINDS if body.startswith(start)), None)


def read_words(body: bytes) -> Words:
    """The words of a picture by tesseract, a program of its own that is killed when it takes too long."""
    program = shutil.which("tesseract")
    if program is None:
        lacking = "a picture, and this machine has no tesseract to read it"
        return Words(reason=f"{lacking}; install that, or give its words with --text")
    try:
        version = _ask(program, "--version").stdout.decode(errors="replace").split("\n")[0].strip() or "tesseract"
        found = _ask(program, "stdin", "stdout", "-l", _languages(program), body=body)
    except (OSError, subprocess.SubprocessError) as error:
        why = f"a picture that tesseract could not read ({type(error).__name__})"
        return Words(reason=f"{why}; give its words with --text")
    text = found.stdout.decode("utf-8", "replace")
    if found.returncode:
        said = found.stderr.decode(errors="replace").strip().split("\n")[-1][:200]
        return Words(reason=f"a picture that tesseract could not read: {said}; give its words with --text")
    if sum(letter.isalnum() for letter in text) < _FEWEST:
        return Words(reason="a picture in which tesseract saw no words; give them with --text")
    return Words(text, version)


def _languages(program: str) -> str:
    """Every language that is installed, since nobody says which one a screenshot is in."""
    lines = _ask(program, "--list-langs").stdout.decode(errors="replace").split("\n")[1:]
    return "+".join(name.strip() for name in lines if name.strip() not in ("", "osd")) or "eng"


def _ask(program: str, *arguments: str, body: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([program, *arguments], input=body, capture_output=True, timeout=_SECONDS, check=False)
