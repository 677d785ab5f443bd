"""What goes wrong, and when: periodic faults whose first moments the seed draws."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from bletui.backends.simulator.lab import address

# What, how long (s), how often (s). Periods that share few factors meet in ever new combinations.
Plan = tuple[tuple[str, int, int], ...]

DEVICES: Plan = (
    (f"drop:device[{address('heart rate')}]", 3, 60),  # the one a minute that nothing can be lucky about
    ("drop:timeout:40%", 5, 210),
    ("connect:busy:50%", 15, 110),
    ("connect:failed:40%", 25, 130),
    ("read:timeout:30%", 20, 310),
    ("write:failure:50%", 20, 290),
    ("subscribe:failure:40%", 20, 190),
)
LANES: Plan = (
    ("lane:reboot[router/0]", 20, 780),
    ("lane:reboot[hci0]", 20, 1020),
    ("lane:off[router/1]", 10, 660),
    ("stream:broken[router/0]", 8, 170),
    ("stream:net.timeout[hci0]", 8, 230),
)
ROUTER: Plan = (
    ("router:reboot", 20, 1380),
    ("router:expire", 5, 740),
    ("router:offline", 25, 1740),
    ("sse:cut[/gap/nodes]", 4, 170),
    ("sse:reset[/gatt/nodes]", 3, 230),
    ("sse:half[/management/nodes/connection-state]", 3, 310),
    ("sse:half[/gatt/nodes]", 3, 470),
    ("sse:refused[/gatt/nodes]", 5, 590),
    ("sse:stall[/gatt/nodes]", 100, 2150),
    ("sse:stall[/management/nodes/connection-state]", 100, 2750),
    ("sse:garbage", 5, 890),
    ("sse:types", 5, 970),
    ("sse:huge", 3, 3110),
    ("http:502:30%", 10, 250),
    ("http:504:30%", 8, 430),
    ("http:403:40%", 8, 350),
    ("http:500:30%[*/value]", 8, 530),
    ("http:login:30%", 6, 670),
    ("http:wrong:30%", 6, 710),
    ("http:types:30%", 6, 830),
    ("http:cut:30%", 8, 370),
    ("http:short:30%", 8, 410),
    ("http:reset:30%", 8, 490),
    ("http:silent:30%", 8, 610),
    ("http:slow:40%", 10, 550),
)


def faults(plan: Iterable[tuple[str, int, int]], seed: int) -> str:
    """The plan as `--fault` has it; the same seed gives the same day."""
    draw = Random(f"{seed}/plan")
    found = []
    for what, length, every in plan:
        start = draw.randrange(10, every - length)
        found.append(f"{what}@{start}s-{start + length}s/{every}s")
    return ",".join(found)
