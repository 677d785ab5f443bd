"""Other keys for commands while the console runs: Textual binds keys as classes are made, and copies them to each node.

Its own keymap is not enough: it would not give a key back to the outer command that an inner one had taken it from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from bletui.console.commands import BY_ID

if TYPE_CHECKING:
    from bletui.console.app import Console


def rebind(app: Console) -> None:
    """Every class and every node there is goes by the keys in force in `commands.BY_ID`."""
    classes = list(_below(DOMNode))
    for one in classes:
        if own := one.__dict__.get("BINDINGS"):
            one.BINDINGS = [_in_force(binding) for binding in own]
    for one in classes:
        one._merged_bindings = one._merge_bindings()
    for node in _nodes(app):
        if node._merged_bindings is not None:
            node._bindings = node._merged_bindings.copy()


def _in_force(binding: BindingType) -> BindingType:
    command = BY_ID.get(binding.id or "") if isinstance(binding, Binding) else None
    if command is None or not isinstance(binding, Binding):
        return binding
    return replace(binding, key=",".join(command.keys))


def _below(parent: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for one in parent.__subclasses__():
        yield one
        yield from _below(one)


def _nodes(app: Console) -> Iterator[DOMNode]:
    yield app
    for screen in screens(app):
        yield screen
        yield from screen.walk_children()


def screens(app: Console) -> Iterator[Screen[object]]:
    """Those of every mode that was looked at so far, and what stands over them."""
    for stack in app._screen_stacks.values():
        yield from stack
