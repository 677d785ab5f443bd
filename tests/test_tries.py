from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.tries import MOST, Timed, Waiting, tries

SPINS = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"


def test_a_bound_that_is_never_kept_fails_after_a_few_tries() -> None:
    tried: list[Timed] = []

    def never() -> None:
        for one in tries(under=0.01):
            tried.append(one)
            one.took = 0.02

    with pytest.raises(AssertionError, match=r"0\.02, 0\.02, 0\.02 s, and none under 0\.01"):
        never()
    assert len(tried) == MOST


def test_one_try_that_keeps_it_is_enough() -> None:
    took = iter((0.6, 0.1))
    for one in tries(under=0.5):
        one.took = next(took)
    assert list(took) == []


def test_a_sleep_is_counted() -> None:
    timed = Timed()
    with timed():
        time.sleep(0.1)
    assert timed.took > 0.05


@pytest.mark.skipif(sys.platform != "linux", reason="proc(5)")
def test_what_waits_for_a_processor_says_so_and_what_was_said_last_stays() -> None:
    with (
        subprocess.Popen([sys.executable, "-c", SPINS]) as one,
        subprocess.Popen([sys.executable, "-c", SPINS]) as other,
    ):
        waiting, ends = Waiting(one.pid), time.monotonic() + 20
        while waiting.seconds < 0.02:
            assert time.monotonic() < ends
            os.sched_yield()
            waiting.look()
        one.kill()
        other.kill()
        one.wait()
        before = waiting.seconds
        waiting.look()
        assert waiting.seconds == before
