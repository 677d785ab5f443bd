"""Backends by entry point: listing names imports nothing; opening one imports only that one."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from bletui.backend import Backend, Env
from bletui.failure import BleError
from bletui.installed import BACKENDS, OURS, RADIOS, Entry, entry_of, names
from bletui.model import Rung
from bletui.plugin import BUGS, Blame, guarded
from bletui.radio import QueuedRadio, Radio
from bletui.radio.journal import Journal
from bletui.target import Target, invalid
from bletui.text import visible

OpenBackend = Callable[[Target, Env], Backend]
OpenRadio = Callable[[Target, Env], Radio]


def refuse_unknown(targets: Iterable[Target]) -> None:
    """Fails with `request.invalid`, naming the nearest, if a scheme is not installed; no backend is imported."""
    installed = {entry.scheme for entry in names()}
    for target in targets:
        if target.scheme not in installed:
            raise _unknown(target.scheme)


def backend(target: Target, env: Env) -> Backend:
    """The backend for `target`, not opened. `request.invalid`: no such scheme; `internal.bug`: the plug-in fails."""
    point = _point(BACKENDS, target.scheme)
    entry = entry_of(point)
    if entry.distribution == OURS:
        make: OpenBackend = _load(point)
        return make(target, env)
    return guarded(_load(point), visible(point.value), target, env, Blame(_told(entry), env.radio))


def bare(target: Target, env: Env) -> Backend:
    """The backend as its entry point makes it, not guarded: for who checks what it does itself."""
    make: OpenBackend = _load(_point(BACKENDS, target.scheme))
    return make(target, env)


async def open_radio(target: Target, env: Env, journal: Journal | None = None) -> Radio:
    """The radio for `target`, opened. `journal`: of the links that it makes, should this process be killed."""
    if entry_points(group=RADIOS, name=target.scheme):
        make: OpenRadio = _load(_point(RADIOS, target.scheme))
        return make(target, env)
    radio = QueuedRadio(backend(target, env), env.radio, clock=env.clock, journal=journal)
    await radio.open()
    return radio


def probe(target: Target, env: Env) -> AsyncIterator[Rung]:
    """The doctor's rungs of what would be opened for `target`; raises as `backend` does."""
    if entry_points(group=RADIOS, name=target.scheme):
        make: OpenRadio = _load(_point(RADIOS, target.scheme))
        return make(target, env).probe()
    return backend(target, env).probe()


def _point(group: str, scheme: str) -> EntryPoint:
    points = {point.value: point for point in entry_points(group=group, name=scheme)}
    if not points:
        raise _unknown(scheme)
    if len(points) > 1:
        brought = ", ".join(sorted(_told(entry_of(point)) for point in points.values()))
        raise invalid(f"{scheme}: is brought by more than one package ({brought}); uninstall all but one")
    return next(iter(points.values()))


def _load(point: EntryPoint) -> Callable[..., Any]:
    try:
        made: Callable[..., Any] = point.load()
    except BUGS as broken:  # a plug-in's import may fail in any way; the failure names it
        raise Blame(_told(entry_of(point))).unloadable(visible(point.value), broken) from broken
    return made


def _unknown(scheme: str) -> BleError:
    known = [entry.scheme for entry in names()]
    near = difflib.get_close_matches(scheme, known, 1)
    hint = f"; did you mean {near[0]}: ?" if near else ""
    if scheme in ("http", "https"):
        hint = f"; a router's address begins with cassia{'+https' if scheme == 'https' else ''}://"
    return invalid(f"no backend for {scheme}: is installed{hint} (installed: {', '.join(known) or 'none'})")


def _told(entry: Entry) -> str:
    return visible(f"{entry.distribution or entry.value} {entry.version}".rstrip())
