"""The log on a live simulator: filter, level, marks, selection, copy, file, card, and where a line leads."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from bletui.console.logfile import REST
from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.dialogue import TextDialogue
from bletui.console.screens.gatt import GattScreen
from bletui.console.screens.log import LogScreen
from bletui.console.screens.scan import ScanScreen
from bletui.console.widgets.log_keys import CLIPBOARD_MAX
from bletui.log import Entry, Mark
from bletui.model import LinkChanged, Notification, OperationChanged, Peer, Read
from bletui.testing.virtual_time import in_virtual_time
from tests.console.linking import LAB, THERMOMETER, connect, connections, linked
from tests.console.real import Play, console

FAILING = "sim:lab?lanes=1&fault=connect:failed"


async def log(play: Play) -> LogScreen:
    await play.press("4")
    await play.until(lambda: isinstance(play.app.screen, LogScreen))
    screen = play.app.screen
    assert isinstance(screen, LogScreen)
    return screen


async def failed_connect(play: Play) -> LogScreen:
    """The log of four attempts that failed."""
    await connections(play)
    await connect(play, THERMOMETER)
    await play.until(lambda: any(one.operation.state == "failed" for one in play.radio.state.operations.values()))
    return await log(play)


async def typed(play: Play, text: str) -> None:
    await play.press("slash", *text)
    await play.press("enter")


def shown(play: Play) -> list[str]:
    return [row for row in play.text().splitlines() if row.strip()]


@in_virtual_time
async def test_a_filter_is_applied_as_it_is_typed_and_a_wrong_one_keeps_the_last_good() -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        everything = len(shown(play))
        await play.press("slash", *"kind=link.connect-failed")
        await play.until(lambda: 0 < len(shown(play)) < everything)
        assert all("link.connect-failed" in row for row in shown(play))
        await play.press("space", "(")
        assert "^ expected a condition" in play.text("#filter-says")
        assert " of " in play.text("#filter-count")
        assert all("link.connect-failed" in row for row in shown(play))
        await play.press("escape")
        assert len(shown(play)) == everything
        await typed(play, "since=10m device=nobody")
        await play.until_said("None of")
        assert "x Clear filter" in play.text()
        await play.press("x")
        assert len(shown(play)) == everything


@in_virtual_time
async def test_a_long_search_rests_between_its_steps() -> None:
    """Beside a loop that never waits the threads that read and write the terminal get nowhere: letters wait."""
    async with console(FAILING) as play:
        screen = await log(play)
        session, view = play.app.session, screen.pane.view
        assert session is not None
        assert view is not None
        for n in range(5_000):
            session.log.append(Entry("sim:lab", Mark(float(n), f"line {n}")))
        await typed(play, "device=nobody")
        view.choose(screen.pane.bar.wanted, "info")
        began, steps = asyncio.get_running_loop().time(), view.untried // view.STEP
        assert steps > 5
        await screen.pane.search().wait()
        assert view.untried == 0
        assert asyncio.get_running_loop().time() - began >= steps * REST


@in_virtual_time
async def test_levels_show_less_and_less_and_everything_again() -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        assert " live" in play.text()
        await play.press("v")
        assert "WARNINGS, ERRORS" in play.text("#status")
        assert " live" not in play.text()
        assert "retrying: E0203" in play.text()
        await play.press("v", "v")
        assert " live" in play.text()


@in_virtual_time
async def test_a_mark_takes_the_moment_of_its_key_and_its_name_later() -> None:
    async with console(LAB) as play:
        await play.press("m")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue))
        marked = play.session.log[-1].event
        await play.press(*"door 4", "enter")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        assert play.session.log[-1].event == Mark(marked.at, "door 4")
        await log(play)
        await play.press("m", "escape")
        await play.until_said("MARK  door 4")
        await play.press("p", "p")
        screen = await log(play)
        assert screen.pane.entry == Entry("", Mark(marked.at, "door 4"))
        await play.press("p")
        assert "no mark above" in play.text("#status")
        await play.press("enter", "end", *" reset", "enter")
        await play.until_said("MARK  door 4 reset")
        await typed(play, "since=mark")
        await play.until(lambda: len(shown(play)) == 2)  # marks are always shown


@in_virtual_time
async def test_lines_are_copied_as_they_are_read_with_their_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    async with console(FAILING) as play:
        screen = await failed_connect(play)
        await play.press("y")
        (line,) = play.app.clipboard.splitlines()
        assert "failed: E0203 link.connect-failed" in line
        assert line.startswith("2023-11-")
        assert "set-clipboard on" in play.text("#status")
        await play.press("k", "space", "k", "k")
        assert "3 SELECTED" in play.text("#status")
        await play.press("y")
        assert len(play.app.clipboard.splitlines()) == 3
        assert screen.pane.view is not None
        assert screen.pane.view.anchor is None
        await play.press("space", "escape")
        assert "SELECTED" not in play.text("#status")


@in_virtual_time
async def test_more_than_a_terminal_takes_is_refused_with_the_other_way() -> None:
    async with console(LAB) as play:
        await log(play)
        for n in range(CLIPBOARD_MAX // 40):
            play.session.log.append(
                Entry("sim:lab", Notification(1.7e9 + n, Peer("sim:lab/hci0", THERMOMETER), 3, bytes(9)))
            )
        play.app.paint()
        await play.press("g", "space", "G", "y")
        assert "more than terminals take by OSC 52; w writes them to a file" in play.text("#status")
        assert play.app.clipboard == ""


@in_virtual_time
async def test_what_is_shown_goes_to_a_new_file_for_its_owner_alone(tmp_path: Path) -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        await typed(play, "kind=link.*")
        await play.until(lambda: all("link." in row for row in shown(play)))
        count = len(shown(play))
        path = tmp_path / "door.log"
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue))
        await play.press("ctrl+u", *str(path))
        assert f"writes {path}" in "".join(play.text("#dialogue-check").split("\n"))
        await play.press("enter")
        await play.until_said("written to", "#status")
        head, *lines = path.read_text().splitlines()
        assert f"{count} lines" in head
        assert "filter: kind=link.*" in head
        assert len(lines) == count
        assert all("link.connect-failed" in line for line in lines)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue))
        await play.press("ctrl+u", *str(path))
        assert "is there already" in play.text("#dialogue-check")
        await play.press("enter")
        assert isinstance(play.app.screen, TextDialogue)


@in_virtual_time
async def test_what_is_copied_and_written_tells_of_nobody_once_that_is_wished(tmp_path: Path) -> None:
    async with console(FAILING) as play:
        play.session.store.rename({THERMOMETER: "Cellar"})
        await failed_connect(play)
        play.session.mark(f"Cellar {THERMOMETER} reset")
        play.app.paint()
        await play.press("a", "y")
        assert "1 line, anonymous, sent" in play.text("#status")
        await play.press("k")
        assert "ANONYMOUS" in play.text("#status")
        assert play.app.clipboard.endswith(" MARK  name-1 address-1 reset")
        await typed(play, "device=Cellar")
        path = tmp_path / "anonymous.log"
        await play.press("w")
        await play.until(lambda: isinstance(play.app.screen, TextDialogue))
        assert "have stand-ins" in play.text("#dialogue-says")
        await play.press("ctrl+u", *str(path), "enter")
        await play.until_said("written to", "#status")
        head, *lines = path.read_text().splitlines()
        assert "filter: device=name-1; anonymous: address-1, " in head
        assert "connect address-1" in lines[0]
        assert not {word for word in (THERMOMETER, "Cellar") for line in (head, *lines) if word in line}
        await play.press("a", "y", "k")
        assert "ANONYMOUS" not in play.text("#status")
        assert THERMOMETER in play.app.clipboard


@in_virtual_time
async def test_a_line_with_a_failure_unfolds_to_its_card_and_its_keys_act() -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        await play.press("e")
        await play.pilot.pause()  # no data frame comes to its help
        assert "The link started to come up and then failed" in play.text("#cards")
        await play.until_said("E explain", "#cards")
        assert "E0203 link.connect-failed" in play.text("#cards")
        assert play.app.focused is play.app.screen.query_one("#cards")
        play.session.mark("while it is read")
        await play.until_said("1 new below", "#status")
        assert "The link started to come up and then failed" in play.text("#cards")
        await play.press("escape")
        await play.until(lambda: play.app.focused is play.app.screen.query_one("#body"))
        await play.press("g", "e")
        assert "no failure in this line" in play.text("#status")


@in_virtual_time
async def test_a_line_leads_to_the_queue_entry_the_attribute_the_device() -> None:
    async with console(FAILING) as play:
        await failed_connect(play)
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, ConnectionsScreen))
        screen = play.app.screen
        assert isinstance(screen, ConnectionsScreen)
        await play.until(lambda: screen.pane.row is not None and screen.pane.row.operation is not None)
        await log(play)
        await play.press("d")
        await play.until(lambda: isinstance(play.app.screen, ScanScreen))
        scan = play.app.screen
        assert isinstance(scan, ScanScreen)
        await play.until(lambda: scan.table.selected is not None and scan.table.selected.address == THERMOMETER)
        await log(play)
        await play.press("g", "d")
        assert "about no device" in play.text("#status")
        await play.press("enter")  # the scan stream: its lane
        await play.until(lambda: play.app.current_mode == "connections")


def reads(play: Play) -> list[int]:
    """Line numbers of reads that are done."""
    numbers = range(play.session.log.first, play.session.log.end)
    events = ((n, play.session.log.entry(n).event) for n in numbers)
    return [
        n for n, event in events
        if isinstance(event, OperationChanged) and isinstance(event.operation.request, Read) and event.operation.ended
    ]  # fmt: skip


@in_virtual_time
async def test_a_read_leads_to_its_attribute_and_is_copied_as_a_command() -> None:
    async with console(LAB) as play:
        await linked(play)
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        await play.until_said("Device Name")
        await play.press("A")
        await play.until(lambda: len(reads(play)) > 3)
        screen = await log(play)
        assert screen.pane.view is not None
        screen.pane.view.go(reads(play)[1])
        screen.pane.moved()
        await play.pilot.pause()
        event = play.session.log.entry(reads(play)[1]).event
        assert isinstance(event, OperationChanged)
        assert isinstance(event.operation.request, Read)
        handle = event.operation.request.handle
        assert "operation  thermometer" in play.text("#told")
        await play.press("Y")
        await play.until(lambda: isinstance(play.app.screen, CopyDialogue))
        await play.press("b")
        await play.until(lambda: isinstance(play.app.screen, LogScreen))
        assert play.app.clipboard == f"bletui read 'sim:lab?lanes=1&speed=20' {THERMOMETER} 0x{handle:04x}"
        await play.press("enter")
        await play.until(lambda: isinstance(play.app.screen, GattScreen))
        gatt = play.app.screen
        assert isinstance(gatt, GattScreen)
        await play.until(lambda: gatt.pane.attribute is not None and gatt.pane.attribute.handle == handle)


@in_virtual_time
async def test_a_line_about_what_is_gone_says_so() -> None:
    async with console(LAB) as play:
        gone = LinkChanged(play.app.clock.wall(), Peer("sim:lab/hci0", "C0:00:00:00:00:99"), "down")
        play.session.log.append(Entry("sim:lab", gone))
        play.session.log.append(Entry("closed", gone))
        await log(play)
        for _ in range(2):
            await play.press("enter")
            assert "not there any more" in play.text("#status")
            await play.press("k")
        await play.press("Y")
        assert "y copies the line" in play.text("#status")
