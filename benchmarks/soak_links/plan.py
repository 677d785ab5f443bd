"""What goes wrong, and when: periodic faults whose first moments the seed draws."""

from __future__ import annotations

from random import Random

from bletui.backends.simulator.lab import address

# What, how long (s), how often (s). Periods that share few factors meet in ever new combinations.
FAULTS: tuple[tuple[str, int, int], ...] = (
    (f"drop:device[{address('heart rate')}]", 3, 60),  # the one a minute that nothing can be lucky about
    ("drop:timeout:40%", 5, 210),
    ("lane:reboot[router/0]", 20, 780),
    ("lane:reboot[hci0]", 20, 1020),
    ("lane:off[router/1]", 10, 660),
    ("stream:broken[router/0]", 8, 170),
    ("stream:net.timeout[hci0]", 8, 230),
    ("connect:busy:50%", 15, 110),
    ("connect:failed:40%", 25, 130),
    ("read:timeout:30%", 20, 310),
    ("write:failure:50%", 20, 290),
    ("subscribe:failure:40%", 20, 190),
)


def target(seed: int) -> str:
    """The lab with these faults; the same seed gives the same day."""
    draw = Random(f"{seed}/plan")
    faults = []
    for what, length, every in FAULTS:
        start = draw.randrange(10, every - length)
        faults.append(f"{what}@{start}s-{start + length}s/{every}s")
    return f"sim:lab?seed={seed}&fault={','.join(faults)}"
