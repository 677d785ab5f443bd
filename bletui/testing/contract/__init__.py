"""What every backend promises, as checks that run over any of them.

A plug-in's whole test is a subclass of `BackendContract` with a `subject`; see
`plugins/template/tests/test_contract.py`. pytest is needed for that class alone: `bletui backends check` runs without.
"""

from typing import TYPE_CHECKING

from bletui.testing.contract.checks import CHECKS, Check
from bletui.testing.contract.subject import Bench, Subject, bench

if TYPE_CHECKING:
    from bletui.testing.contract.suite import BackendContract

__all__ = ["CHECKS", "BackendContract", "Bench", "Check", "Subject", "bench"]


def __getattr__(name: str) -> object:
    if name != "BackendContract":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bletui.testing.contract.suite import BackendContract

    return BackendContract
