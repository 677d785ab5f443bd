import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bletui.backend import Env
from bletui.doctor import Ladder, climb, exit_code, ladder_lines, rung_line
from bletui.failure import ErrorKind, Failure
from bletui.model import Rung
from bletui.target import parse

REFUSED = Failure(kind=ErrorKind.NET_REFUSED, message="Connection refused")
PLUGIN = """
import asyncio
from bletui_template import Template
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Rung

class Probed(Template):
    def __init__(self, target):
        self.how = target.name
    async def probe(self):
        if self.how == "none":
            return
        yield Rung("first", "ok", "3 ms")
        if self.how == "hangs":
            await asyncio.Event().wait()
        if self.how == "raises":
            raise BleError(Failure(kind=ErrorKind.NET_DNS, detail="no such host"))
        if self.how == "boasts":
            yield Rung("second", "ok", "")
            yield Rung("third", "skipped", "")
        yield Rung("last", "fail" if self.how == "fails" else "ok", "5 ms")

def open_target(target, env):
    return Probed(target)
"""


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plug-in as a person would install it: a module and a distribution that names it."""
    (tmp_path / "probed_plugin.py").write_text(PLUGIN)
    info = tmp_path / "probed_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: probed-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[bletui.backends]\nprobed = probed_plugin:open_target\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("probed_plugin", None)


async def climbed(how: str, within: float = 5.0) -> list[Rung]:
    rungs: AsyncIterator[Rung] = climb(parse(f"probed:{how}"), Env("probed"), within=within)
    return [rung async for rung in rungs]


async def test_rungs_come_in_the_backends_order() -> None:
    assert [rung.name for rung in await climbed("")] == ["first", "last"]


async def test_a_rung_is_ok_only_with_evidence_and_skipped_only_with_a_reason() -> None:
    _, second, third, _ = await climbed("boasts")
    assert (second.state, second.evidence) == ("warn", "said to hold, without evidence")
    assert (third.state, third.evidence) == ("skipped", "no reason given")


async def test_a_probe_that_hangs_is_a_broken_rung_and_is_ended() -> None:
    first, silent = await climbed("hangs", within=0.01)
    assert first.state == "ok"
    assert silent.state == "fail"
    assert silent.failure is not None
    assert silent.failure.kind is ErrorKind.NET_TIMEOUT
    assert len(asyncio.all_tasks()) == 1


async def test_a_probe_that_fails_in_the_vocabulary_is_a_broken_rung() -> None:
    rungs = await climbed("raises")
    assert rungs[-1].failure == Failure(kind=ErrorKind.NET_DNS, detail="no such host")
    assert exit_code([Ladder("x", tuple(rungs))]) == 3


async def test_a_backend_without_a_ladder_says_so() -> None:
    (only,) = await climbed("none")
    assert only.state == "skipped"


async def test_a_wrong_target_is_a_broken_rung() -> None:
    rungs = [rung async for rung in climb(parse("nothing-like-it:"), Env("x"))]
    assert [rung.state for rung in rungs] == ["fail"]
    assert exit_code([Ladder("x", tuple(rungs))]) == 2


def test_the_first_broken_rung_decides() -> None:
    later = Rung("c", "fail", "no", Failure(kind=ErrorKind.AUTH_REFUSED))
    ladder = Ladder("x", (Rung("a", "warn", "hm"), Rung("b", "fail", "refused", REFUSED), later))
    assert ladder.broken is not None
    assert ladder.broken.name == "b"
    assert exit_code([Ladder("y", (Rung("a", "ok", "1 ms"),)), ladder]) == 3
    assert exit_code([Ladder("y", (Rung("a", "fail", "?"),))]) == 1
    assert exit_code([]) == 0


def test_the_report_names_the_first_broken_rung_and_shows_its_card() -> None:
    ladder = Ladder("x", (Rung("a", "ok", "1 ms"), Rung("b", "fail", "refused", REFUSED)))
    assert list(ladder_lines(ladder, lambda failure: [f"card of {failure.kind.value}"])) == [
        "  first broken rung: b",
        "",
        "card of net.refused",
    ]
    holds = Ladder("x", (Rung("a", "warn", "1 ms"), Rung("b", "warn", "1 ms")))
    assert list(ladder_lines(holds, lambda failure: [])) == ["  holds, with 2 warnings"]


def test_the_state_is_said_once() -> None:
    assert rung_line(Rung("TLS", "skipped", "skipped: TCP failed")).split() == ["skipped", "TLS", "TCP", "failed"]


def test_what_the_far_side_says_is_made_visible() -> None:
    assert "\x1b" not in rung_line(Rung("a\x1b[2J", "ok", "b\x1b]52;c;aGk=\x07\u202e"))
