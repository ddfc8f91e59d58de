"""Processes for a test to kill: forked from one that has imported the program, for starting is most of their life."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

_ROOT = Path(__file__).parents[1]
#: What takes seconds to import or to make, and leaves no thread, lock or connection behind.
_WARM = ("alerts.run", "crawler.run", "pipeline.run", "tests.alerting", "tests.crawling", "tests.reports")

_PARENT = """
import os, sys
from importlib import import_module
from json import loads
from pipeline.vocabulary import load_vocabulary

for module in sys.argv[1:]:
    import_module(module)
load_vocabulary()
for line in sys.stdin:
    module, work, arguments, fault = loads(line)
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        os.environ["NIGHTDESK_FAULT"] = fault
        code = 1
        try:
            getattr(import_module(module), work)(*arguments)
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Victims:
    """Runs a function of a test module in a child, which dies where `fault` says."""

    def __init__(self) -> None:
        self._parent: subprocess.Popen[str] | None = None

    def run(self, module: str, work: str, *arguments: str, fault: str = "") -> int:
        """The exit code: negative, as of subprocess, if a signal ended it."""
        if self._parent is None:
            command = [sys.executable, "-c", _PARENT, *_WARM]
            self._parent = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self._parent.stdin is not None and self._parent.stdout is not None
        print(json.dumps([module, work, arguments, fault]), file=self._parent.stdin, flush=True)
        return int(self._parent.stdout.readline())

    def __enter__(self) -> Victims:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._parent is not None:
            with self._parent:
                self._parent.kill()
