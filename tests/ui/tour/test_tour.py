"""The guided tour: every step of the sample shows what it talks about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.analysis.opened import OpenImage, open_image
from explorer.store.cache import Caches
from explorer.ui.explore.model import Mode, ViewerModel
from explorer.ui.resources import resource
from explorer.ui.tour.panel import TourPanel
from explorer.ui.tour.steps import Step, read_steps
from tests.ui.accessibility import unnamed
from tests.ui.viewing import show


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenImage]:
    caches = Caches.at(tmp_path_factory.mktemp("cache"))
    image = open_image(str(resource("sample.tar")), caches=caches)
    yield image
    image.close(keep=False)


@pytest.fixture
def model(sample: OpenImage) -> ViewerModel:
    model = ViewerModel()
    show(model, sample)
    return model


@pytest.fixture
def steps() -> tuple[Step, ...]:
    return read_steps(resource("sample/tour.json"))


def touring(model: ViewerModel, steps: tuple[Step, ...], views: list[str]) -> TourPanel:
    panel = TourPanel(model, steps, views.append)
    panel.show()
    return panel


def test_each_step_of_the_sample_points_at_something_that_is_there(
    sample: OpenImage, steps: tuple[Step, ...]
) -> None:
    assert len(steps) == 6
    for step in steps:
        assert 0 <= step.first <= step.last <= sample.top
        assert sample.stack.trie.find(step.path) is not None, step.path


def test_each_step_has_the_views_show_it(model: ViewerModel, steps: tuple[Step, ...]) -> None:
    views: list[str] = []
    panel = touring(model, steps, views)
    views.clear()
    for number, step in enumerate(steps):
        panel.go(number)
        assert (model.first, model.last, model.mode) == (step.first, step.last, Mode(step.mode))
        assert step.path in (model.path(model.folder), model.path(model.node or 0))
    assert views == [step.view for step in steps]


def test_a_step_waits_for_the_image(sample: OpenImage, steps: tuple[Step, ...]) -> None:
    model = ViewerModel()
    model.set_document(sample.image)
    views: list[str] = []
    panel = touring(model, steps, views)
    assert views == []
    show(model, sample)
    assert views == [panel.step.view]


def test_buttons_and_keys_turn_the_pages(model: ViewerModel, steps: tuple[Step, ...]) -> None:
    panel = touring(model, steps, [])
    assert not panel.back.isEnabled()
    QTest.mouseClick(panel.next, Qt.MouseButton.LeftButton)
    QTest.keyClick(panel, Qt.Key.Key_Right)
    assert panel.step == steps[2]
    QTest.keyClick(panel, Qt.Key.Key_Left)
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert panel.step == steps[0]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Right])
def test_it_ends_after_the_last_step_and_on_escape(
    model: ViewerModel, steps: tuple[Step, ...], key: Qt.Key
) -> None:
    panel = touring(model, steps, [])
    ends: list[None] = []
    panel.closed.connect(lambda: ends.append(None))
    panel.go(5)
    QTest.keyClick(panel, key)
    assert panel.isHidden()
    assert len(ends) == 1


def test_it_is_read_to_those_who_do_not_see_it(model: ViewerModel, steps: tuple[Step, ...]) -> None:
    panel = touring(model, steps, [])
    assert panel.accessibleDescription().startswith("An image is a stack of layers. ")
    assert unnamed(panel) == []


def test_a_step_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    raw = json.loads(resource("sample/tour.json").read_text("utf-8"))
    del raw["steps"][0]["title"]
    file = tmp_path / "tour.json"
    file.write_text(json.dumps(raw))
    with pytest.raises(KeyError):
        read_steps(file)
