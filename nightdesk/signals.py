"""What the daemon does when it is told to end: from its first moment to its last, within a time that is promised."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

#: A stop takes no longer: what is cut off here is due at the next start, like after any other end.
LONGEST_STOP = 17.0
ENDING = (signal.SIGTERM, signal.SIGINT)

_told = threading.Event()


def while_starting() -> None:
    """Until the loop listens: an end leaves at once, in order and with exit 0; a hang-up changes nothing yet."""
    for number in ENDING:
        signal.signal(number, _leave)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def while_ending() -> None:
    """After the loop has ended: whoever asks again does not wait."""
    for number in ENDING:
        signal.signal(number, _leave)


def told_to_end(number: int) -> None:
    """The first time, see to it that the end comes in time; the second time, end now."""
    name = signal.Signals(number).name
    if _told.is_set():
        log.warning("stopped_at_once", signal=name)
        _exit(1)
    _told.set()
    log.info("stopping", signal=name)
    limit = threading.Timer(LONGEST_STOP, _cut_off)
    limit.daemon = True
    limit.start()


def _leave(number: int, _frame: FrameType | None) -> None:
    told_to_end(number)
    raise SystemExit(0)


def _cut_off() -> None:
    log.warning("stop_cut_off", after_s=LONGEST_STOP, hint="what was under way is due at the next start")
    _exit(0)


def _exit(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(code)
