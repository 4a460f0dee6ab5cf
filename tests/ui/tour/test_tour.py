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
from explorer.ui.tour import Tour, TourPanel
from tests.factory import file
from tests.ui.accessibility import unnamed
from tests.ui.viewing import show, viewed


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


def test_each_step_of_the_sample_points_at_something_that_is_there(sample: OpenImage) -> None:
    tour = Tour.of_the_sample()
    assert len(tour.steps) == 6
    assert tour.image in sample.image.names
    for step in tour.steps:
        assert 0 <= step.first <= step.last <= sample.top
        assert sample.stack.trie.find(step.path.encode()) is not None, step.path


def test_it_comes_by_itself_with_the_sample_and_with_nothing_else(model: ViewerModel) -> None:
    panel = TourPanel(model)
    assert panel.step == panel.tour.steps[0]
    assert not panel.isHidden()
    with viewed([file("a")]) as other:
        assert TourPanel(other).isHidden()


def test_each_step_has_the_views_show_it(model: ViewerModel) -> None:
    views: list[str] = []
    panel = TourPanel(model)
    panel.view_wanted.connect(views.append)
    for number, step in enumerate(panel.tour.steps):
        panel.go_to(number)
        assert (model.first, model.last, model.mode) == (step.first, step.last, Mode(step.mode))
        assert step.path.encode() in (model.path(model.folder), model.path(model.node or 0))
    assert views == [step.view for step in panel.tour.steps]


def test_a_step_waits_for_the_image(sample: OpenImage) -> None:
    model = ViewerModel()
    model.set_document(sample.image)
    views: list[str] = []
    panel = TourPanel(model)
    panel.view_wanted.connect(views.append)
    panel.go_to(1)
    assert views == []
    show(model, sample)
    assert model.path(model.node or 0) == b"/app/data/tides-2025.csv"
    # Coming again, as more layers do, the image is left as the user has it by now.
    model.select_layers(0)
    show(model, sample)
    assert model.first == 0


def test_buttons_and_keys_turn_the_pages(model: ViewerModel) -> None:
    panel = TourPanel(model)
    panel.show()
    assert not panel._back.isEnabled()
    QTest.mouseClick(panel._next, Qt.MouseButton.LeftButton)
    QTest.keyClick(panel, Qt.Key.Key_Right)
    assert panel.step == panel.tour.steps[2]
    QTest.keyClick(panel, Qt.Key.Key_Left)
    assert panel.step == panel.tour.steps[1]
    QTest.mouseClick(panel._back, Qt.MouseButton.LeftButton)
    assert panel.step == panel.tour.steps[0]


def test_after_the_last_step_it_closes_and_stays_away(
    model: ViewerModel, sample: OpenImage
) -> None:
    panel = TourPanel(model)
    panel.go_to(5)
    assert panel._next.text() == "Finish"
    panel.forward()
    assert panel.isHidden()
    show(model, sample)
    assert panel.isHidden()
    panel.start()
    assert panel.step == panel.tour.steps[0]


def test_escape_closes(model: ViewerModel) -> None:
    panel = TourPanel(model)
    panel.show()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.isHidden()


def test_it_is_read_to_those_who_do_not_see_it(model: ViewerModel) -> None:
    panel = TourPanel(model)
    panel.show()
    assert panel.accessibleDescription().startswith("Step 1 of 6: ")
    assert unnamed(panel) == []


@pytest.mark.parametrize(
    "change", [{"view": "nowhere"}, {"mode": "odd"}, {"layer": [3, 1]}, {"title": None}]
)
def test_a_tour_that_points_at_nothing_is_refused(change: dict[str, object]) -> None:
    raw = json.loads(Path(resource("sample/tour.json")).read_text("utf-8"))
    raw["steps"][0] |= change
    if change.get("title", "") is None:
        del raw["steps"][0]["title"]
    with pytest.raises(ValueError, match="the"):
        Tour.parse(json.dumps(raw))
