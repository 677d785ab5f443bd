"""The scan screen with devices that hypothesis makes: nothing crashes, every row is one clean line."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bletui.model import Advertisement
from bletui.text import is_clean
from tests import values
from tests.console.stage import stage

hostile = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["\x1b]52;c;Y2xpcA==\x1b\\", "[/b] [red", "[@click=app.quit]x[/]", "a\x9b2Jb", "\u202etxt", "\ud800", "日本語" * 20]
)


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(values.advertisements, st.none() | hostile), min_size=1, max_size=40))
async def test_any_devices_can_be_listed_sorted_filtered_and_taken_apart(
    reports: list[tuple[Advertisement, str | None]],
) -> None:
    async with stage(size=(100, 30)) as play:
        await play.say(*(report._replace(name=name) for report, name in reports))
        for keys in (("s", "n"), ("s", "i"), ("G", "enter", "right"), ("escape", "space", "4", "1")):
            await play.press(*keys)
            await play.beat()
        for y in range(play.table.size.height):
            assert is_clean(play.table.row_text(y))
        assert is_clean(play.text("#strip").replace("\n", ""))
        assert play.app.is_running
