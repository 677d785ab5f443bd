"""What is marked reaches the screen: with a frame as one update, between frames by the screen itself."""

from __future__ import annotations

import gc
import weakref

from textual._styles_cache import StylesCache
from textual.app import App, ComposeResult
from textual.color import Color
from textual.geometry import Region

from bletui.console import updates
from bletui.console.spans import line
from bletui.console.themes import PALETTES
from bletui.console.widgets.lines import Lines


class Two(App[None]):
    CSS = "Lines { height: 1; }"
    palette = PALETTES["bletui"]

    def __init__(self) -> None:
        super().__init__()
        self.displays = 0
        self.first, self.second = Lines(), Lines()

    def compose(self) -> ComposeResult:
        yield self.first
        yield self.second

    def post_display_hook(self) -> None:
        self.displays += 1

    def shown(self, y: int) -> str:
        """What the screen would send for line `y` if it sent everything."""
        return "".join(segment.text for segment in self.screen._compositor.render_strips()[y]).rstrip()


async def test_what_is_marked_goes_out_with_the_frame_in_one_update() -> None:
    app = Two()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.displays = 0
        app.first.show(line("one"))
        app.second.show(line("two"))
        assert updates.send(app.screen)
        assert (app.displays, app.shown(0), app.shown(1)) == (1, "one", "two")
        await pilot.pause()
        assert app.displays == 1  # nothing is left for the screen's own timer


async def test_what_is_marked_between_frames_goes_out_by_itself() -> None:
    app = Two()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.displays = 0
        app.first.show(line("one"))
        await pilot.pause()
        assert (app.displays, app.shown(0)) == (1, "one")


async def test_only_the_cells_that_changed_are_repainted() -> None:
    app = Two()
    async with app.run_test() as pilot:
        app.first.show(line("RSSI -60"))
        await pilot.pause()
        app.first.show(line("RSSI -61"))
        assert app.first._repaint_regions == {Region(7, 0, 1, 1)}


async def test_a_screen_that_has_to_lay_out_first_sends_nothing_yet_and_loses_nothing() -> None:
    app = Two()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.second.styles.height = 2
        app.screen._layout_required = True  # as Textual sets it once it has taken the widget's message
        app.first.show(line("one"))
        assert not updates.send(app.screen)
        await pilot.pause()
        await pilot.pause()
        assert app.shown(0) == "one"


async def test_a_widget_that_is_not_mounted_yet_is_shown_once_it_is() -> None:
    app = Two()
    async with app.run_test() as pilot:
        late = Lines()
        late.show(line("late"))
        await app.mount(late)
        await pilot.pause()
        assert app.shown(2) == "late"


def test_what_widgets_drew_is_forgotten_with_them() -> None:
    black = Color(0, 0, 0)
    drawn = [StylesCache() for _ in range(updates.STYLES + 1)]
    colours = [cache.get_inner_outer(black, black) for cache in drawn]
    assert len(colours) > updates.STYLES
    gone = weakref.ref(drawn[0])
    drawn.clear()
    gc.collect()
    assert gone() is not None, "Textual forgets by itself now"
    updates.forget_the_gone()
    gc.collect()
    assert gone() is None
