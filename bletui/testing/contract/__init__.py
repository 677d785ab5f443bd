"""What every backend promises, as checks that run over any of them.

A plug-in's whole test is a subclass with a `subject`; see `plugins/template/tests/test_contract.py`.
"""

from bletui.testing.contract.checks import CHECKS, Check
from bletui.testing.contract.subject import Bench, Subject, bench
from bletui.testing.contract.suite import BackendContract

__all__ = ["CHECKS", "BackendContract", "Bench", "Check", "Subject", "bench"]
