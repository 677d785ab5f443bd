"""How changed cells reach the terminal: marked on their widgets, then sent as one update.

`Widget.refresh` posts two messages per widget and waits for the screen's timer; at ten frames a second that was a sixth
of the console's CPU time. This fills what the screen itself keeps for its timer, and leaves to it whatever needs more
than repainting cells.
"""

from __future__ import annotations

from typing import Any

from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

STYLES = 128  # more than widgets live at a time


def forget_the_gone() -> None:
    """Textual remembers the colours of 1,024 widgets, and with each all that it had drawn, long after it is gone."""
    colours = StylesCache.get_inner_outer
    if colours.cache_info().currsize > STYLES:
        colours.cache_clear()


def mark(widget: Widget, region: Region) -> None:
    """Has `region` of a mounted widget without border and padding repainted, with whatever else is marked."""
    if not widget.is_mounted:
        widget.refresh(region)
        return
    screen: Screen[object] = widget.screen
    widget._repaint_regions.add(region)
    if not screen._dirty_widgets:
        screen.check_idle()  # for what is marked between frames, by a key
    screen._dirty_widgets.add(widget)


def send(screen: Screen[Any]) -> bool:
    """Sends what is marked; False where the screen has more to do first, and does so by itself."""
    if not screen.is_current or screen.app._batch_count:
        return False
    if screen._layout_required or screen._scroll_required or screen._repaint_required or screen._recompose_required:
        return False
    if screen._dirty_widgets:
        screen._compositor.update_widgets(screen._dirty_widgets)
        screen._compositor_refresh()
    return True
