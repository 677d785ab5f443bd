"""A seeded site of devices that broadcast recorded payloads: `sim:` and `sim:crowd` (docs/simulator.md)."""

from __future__ import annotations

from bletui.backend import Backend, Env
from bletui.target import Target


def open_target(target: Target, env: Env) -> Backend:
    """The simulator that `target` describes; its parameters are checked here (`request.invalid`)."""
    from bletui.backends.simulator.backend import Simulator
    from bletui.backends.simulator.options import options

    return Simulator(options(target, env.radio, env.speed), env)
