"""The pictures in screenshots/ are what the console draws now."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.console import screenshots_links, screenshots_log, screenshots_places, screenshots_tour
from tests.console.screenshots import FOLDER, PICTURES, Picture, svg
from tests.console.screenshots_links import Scene

SCENES = (*screenshots_links.SCENES, *screenshots_log.SCENES, *screenshots_places.SCENES)


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
    assert kept == {picture.name for picture in PICTURES} | {scene.name for scene in SCENES} | {screenshots_tour.NAME}


def test_the_tour_shows_the_pictures_there_are() -> None:
    frames = {name: (FOLDER / f"{name}.svg").read_text() for name in screenshots_tour.FRAMES}
    made = screenshots_tour.tour(frames)
    assert made == (FOLDER / f"{screenshots_tour.NAME}.svg").read_text(), "run `make screenshots`"
    root = ElementTree.fromstring(made)
    groups = [one for one in root if one.tag.endswith("}g")]
    assert [one.get("class") for one in groups] == ["frame"] * len(frames)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids)), "two pictures of one name for their parts"
