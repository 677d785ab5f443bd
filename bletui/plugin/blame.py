"""A plug-in's mistake as a failure that names the plug-in, with one crash report for each mistake."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bletui.crash import write_report
from bletui.errors import classify
from bletui.failure import BleError, ErrorKind, Failure

BUGS: Final = (Exception, SystemExit)  # what a plug-in may raise by mistake, `sys.exit()` included
REPORTS_MAX = 8  # of one plug-in: a read that fails every second must not fill the disk
_UNEXPLAINED = frozenset({ErrorKind.OTHER_UNSPECIFIED, ErrorKind.INTERNAL_BUG, ErrorKind.OP_CANCELLED})


class Blame:
    """`plugin` is the distribution and its version: what whoever reads the failure can uninstall or report to."""

    def __init__(self, plugin: str, radio: str = "") -> None:
        self.plugin = plugin
        self._radio = radio
        self._evidence = (("plugin", plugin),)
        self._reports: dict[tuple[str, str], str] = {}

    def raised(self, operation: str, bug: BaseException) -> BleError:
        """What `operation` let out. A kind that the tables know (a connection cut, a timeout) stays; else a bug."""
        if isinstance(bug, BleError):
            return bug
        seen = classify(bug, backend="plug-in", operation=operation)
        words = f"{operation} let {type(bug).__name__} out, where only BleError may leave"
        if seen.kind in _UNEXPLAINED:
            return self._bug(seen, operation, bug, words)
        detail = f"{self.plugin}: {words}"
        return BleError(replace(seen, detail=detail, radio=self._radio, evidence=(*seen.evidence, *self._evidence)))

    def unloadable(self, where: str, broken: BaseException) -> BleError:
        """What came of importing the module at `where`."""
        seen = classify(broken, backend="plug-in", operation="load")
        return self._bug(seen, "load", broken, f"{where} could not be loaded")

    def breach(self, operation: str, words: str) -> Failure:
        """A promise of the port that is not kept, in words."""
        return Failure(
            kind=ErrorKind.INTERNAL_BUG,
            source="bletui",
            detail=f"{self.plugin}: {words}",
            operation=operation,
            radio=self._radio,
            evidence=self._evidence,
        )

    def _bug(self, seen: Failure, operation: str, bug: BaseException, words: str) -> BleError:
        said = replace(self.breach(operation, words + self._reported(operation, bug)), source="python")
        return BleError(replace(said, code=type(bug).__name__, message=seen.message, causes=seen.causes))

    def _reported(self, operation: str, bug: BaseException) -> str:
        mistake = (operation, type(bug).__name__)
        if mistake not in self._reports and len(self._reports) < REPORTS_MAX:
            report = write_report(bug)
            self._reports[mistake] = f"; report: {report}" if report else ""
        return self._reports.get(mistake, "")
