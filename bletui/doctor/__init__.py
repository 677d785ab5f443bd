"""The ladder from here to the air, rung by rung, and the first one that is broken."""

from bletui.doctor.configuration import examine_configuration
from bletui.doctor.ladder import Ladder, climb, exit_code
from bletui.doctor.report import ACTION, ladder_lines, rung_line
from bletui.doctor.surroundings import Surroundings, examine, surroundings

__all__ = [
    "ACTION",
    "Ladder",
    "Surroundings",
    "climb",
    "examine",
    "examine_configuration",
    "exit_code",
    "ladder_lines",
    "rung_line",
    "surroundings",
]
