"""The pictures in screenshots/ are what the console draws now."""

from __future__ import annotations

import pytest

from tests.console.screenshots import FOLDER, PICTURES, Picture, svg


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_not_stale(picture: Picture) -> None:
    kept = (FOLDER / f"{picture.name}.svg").read_text()
    assert svg(picture) == kept, "run `make screenshots`, and look at what changed"


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == {picture.name for picture in PICTURES}
