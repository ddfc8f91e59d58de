"""The real program in a child process: started, read, killed."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

_PATIENCE = 60.0


class Desk:
    """`nightdesk run` on a configuration file; its log lines are JSON on stderr."""

    def __init__(self, config: Path, *arguments: str, env: dict[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "nightdesk", "--config", str(config), "run", "--format", "json", *arguments]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NIGHTDESK_LOG__FORMAT": "json", **(env or {})},
            start_new_session=True,
        )
        self.log: list[dict[str, Any]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, event: str) -> dict[str, Any]:
        """The next log line of that name; fails with the log if the program ends before."""
        while True:
            entry = self._next(event)
            if entry.get("event") == event:
                return entry

    def wait_for_all(self, *events: str) -> None:
        """Until each of them was logged since the start, in whatever order."""
        while missing := set(events) - {entry.get("event") for entry in self.log}:
            self._next(", ".join(missing))

    def _next(self, awaited: str) -> dict[str, Any]:
        line = self._lines.get(timeout=_PATIENCE)
        if line is None:
            raise AssertionError(f"it ended (exit {self.process.wait()}) before {awaited!r}: {self.log[-20:]}")
        entry: dict[str, Any] = json.loads(line) if line.startswith("{") else {"event": "text", "line": line.rstrip()}
        self.log.append(entry)
        return entry

    def kill(self) -> None:
        """SIGKILL to the daemon process alone; its children must notice by themselves."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.ended()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """The exit code, waited for."""
        code = self.process.wait(timeout=_PATIENCE)
        self._reader.join()
        while (line := self._lines.get(timeout=_PATIENCE)) is not None:
            self.log.append(json.loads(line) if line.startswith("{") else {"event": "text", "line": line.rstrip()})
        return code

    def output(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.read()

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def run_command(
    config: Path | None, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Any other command, to its end."""
    options = ["--config", str(config)] if config else []
    return subprocess.run(
        [sys.executable, "-m", "nightdesk", *options, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        timeout=_PATIENCE,
        check=False,
    )
