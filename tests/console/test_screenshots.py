"""The pictures in screenshots/ are what the console draws now."""

from __future__ import annotations

import pytest

from tests.console import screenshots_links, screenshots_log
from tests.console.screenshots import FOLDER, PICTURES, Picture, svg
from tests.console.screenshots_links import Scene

SCENES = (*screenshots_links.SCENES, *screenshots_log.SCENES)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_not_stale(picture: Picture) -> None:
    kept = (FOLDER / f"{picture.name}.svg").read_text()
    assert svg(picture) == kept, "run `make screenshots`, and look at what changed"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_is_not_stale(scene: Scene) -> None:
    kept = (FOLDER / f"{scene.name}.svg").read_text()
    assert screenshots_links.svg(scene) == kept, "run `make screenshots`, and look at what changed"


def test_no_picture_is_left_over() -> None:
    kept = {path.stem for path in FOLDER.glob("*.svg")}
    assert kept == {picture.name for picture in PICTURES} | {scene.name for scene in SCENES}
