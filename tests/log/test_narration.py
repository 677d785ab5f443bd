"""What the log says of operations."""

from __future__ import annotations

from hypothesis import given

from bletui.failure import ErrorKind, Failure
from bletui.log import Entry, Mark
from bletui.log.narration import level, log_parts, log_words
from bletui.model import (
    Connect,
    Event,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    Peer,
    Prompt,
    PromptClosed,
    Read,
    Shed,
    StreamChanged,
)
from bletui.text import is_clean
from tests import values

DEVICE = "C0:00:00:00:00:01"
NOW = 1_700_000_000.0


def said(operation: Operation) -> str:
    return log_words(Entry("10.0.0.2", OperationChanged(NOW, operation))).partition("10.0.0.2 ")[2]


def operation(**more: object) -> Operation:
    fields: dict[str, object] = {"request": Connect(DEVICE), "limit": 20.0, "started": NOW, **more}
    return Operation(id=OpId("me", 1), **fields)  # type: ignore[arg-type]


def test_an_attempt_that_moved_to_another_lane_says_from_where() -> None:
    moved = operation(state="running", phase="connecting", attempt=2, of=4, lane="10.0.0.2/1", moved_from="10.0.0.2/0")
    assert said(moved) == f"connect {DEVICE} connecting on 1 (moved from 0) attempt 2 of 4"


def test_a_retry_says_why_and_an_end_says_where_the_time_went() -> None:
    failure = Failure(kind=ErrorKind.BUSY_CHIP)
    again = operation(state="retrying", attempt=1, lane="10.0.0.2/0", failure=failure)
    assert said(again).startswith(f"connect {DEVICE} retrying: E0601 busy.chip on 0: The Bluetooth chip")
    done = operation(
        state="done", phase="connecting", attempt=1, lane="10.0.0.2/0", spent=(("queued", 1.5), ("connecting", 0.5))
    )
    assert said(done) == f"connect {DEVICE} done on 0 (queue 1.5 s, connect 0.5 s  = 2.0 s)"


def test_the_handle_is_named() -> None:
    assert said(operation(request=Read(DEVICE, handle=0x17), state="waiting")) == f"read {DEVICE} 0x0017 waiting"


def words(event: Event) -> str:
    return log_words(Entry("10.0.0.2", event)).partition("10.0.0.2 ")[2]


def test_a_link_that_was_taken_says_by_whom_and_one_that_is_shared_with_whom() -> None:
    peer = Peer("10.0.0.2/0", DEVICE)
    taken = Failure(kind=ErrorKind.OP_CANCELLED, detail="cli took it")
    assert words(LinkChanged(NOW, peer, "down", taken)) == f"link {DEVICE} on 0 down: E1401 op.cancelled cli took it"
    assert words(LinkChanged(NOW, peer, "up", holders=("me", "cli"))) == f"link {DEVICE} on 0 up held by me, cli"
    assert words(LinkChanged(NOW, peer, "up", holders=("me",))) == f"link {DEVICE} on 0 up"
    known = LinkChanged(NOW, peer, "up", mtu=247, phy=("2M", "1M"), bonded=True)
    assert words(known) == f"link {DEVICE} on 0 up, mtu 247, phy 2M/1M, bonded"


def test_a_stream_of_the_whole_radio_names_no_lane() -> None:
    lost = Failure(kind=ErrorKind.NET_CLOSED)
    assert words(StreamChanged(NOW, None, "bridge", "broken", lost)).startswith("bridge broken: E0705 net.closed ")
    assert words(StreamChanged(NOW, "10.0.0.2/0", "scan", "live")) == "scan 0 live"


def test_a_question_says_what_it_asks_and_how_it_ended() -> None:
    asked = Prompt(NOW, 1, Peer("10.0.0.2/0", DEVICE), "enter-passkey", NOW + 30)
    assert words(asked) == f"prompt {DEVICE} asks: enter-passkey"
    assert words(PromptClosed(NOW, 1, "answered")) == "prompt answered"


def test_a_mark_stands_out_and_its_text_is_made_visible() -> None:
    parts = log_parts(Entry("", Mark(NOW, "door 4\x1b[2J")))
    assert [tone for _, tone in parts] == ["dim", "mark", "strong"]
    assert parts[-1][0] == " door 4\\x1b[2J"


def test_a_line_matters_as_much_as_its_failure_and_what_was_lost_is_a_warning() -> None:
    lost = Failure(kind=ErrorKind.LINK_LOST)
    assert level(LinkChanged(NOW, Peer("a/hci0", DEVICE), "down", lost)) == lost.kind.severity
    assert level(LinkChanged(NOW, Peer("a/hci0", DEVICE), "up")) == "info"
    assert level(Shed(NOW, None, "notifications", 3)) == "warning"
    assert level(Mark(NOW)) == "info"


@given(values.events)
def test_any_event_is_one_clean_line(event: Event) -> None:
    told = log_words(Entry("radio\x1b", event))
    assert is_clean(told)
    assert "radio\\x1b" in told
    assert level(event) in ("info", "warning", "error")
