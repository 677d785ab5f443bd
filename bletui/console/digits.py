"""A number in signs of many cells, to be read at arm's length."""

from __future__ import annotations

ROWS, COLUMNS = 7, 5  # dots of a sign
# Two figures that a glance might take for each other differ in three dots at least.
_DOTS = {
    "0": ".###. #...# #...# #...# #...# #...# .###.",
    "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    "2": ".###. #...# ....# ..##. .#... #.... #####",
    "3": ".###. #...# ....# ..##. ....# #...# .###.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": "..##. .#... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ..#.. ..#.. .#... .#...",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ...#. .##..",
    "-": "..... ..... ..... ##### ..... ..... .....",
}
SIGNS = {sign: tuple(dots.split()) for sign, dots in _DOTS.items()}


def scale(signs: int, width: int, height: int) -> tuple[int, int]:
    """Cells of a dot, across and down, with which `signs` fit; (0, 0): not even the smallest do.

    A dot is at most twice as wide as it is high, as a cell is half as wide as high.
    """
    across = width // (signs * (COLUMNS + 1) - 1)
    down = max(0, min(height // ROWS, across))
    return (min(across, 2 * down), down) if down else (0, 0)


def drawn(text: str, across: int, down: int, ink: str = "█") -> list[str]:
    """`text`, of digits and minus, with dots of `across` by `down` cells."""
    signs = [SIGNS[sign] for sign in text]
    rows = [".".join(sign[row] for sign in signs) for row in range(ROWS)]
    return ["".join((ink if dot == "#" else " ") * across for dot in row) for row in rows for _ in range(down)]
