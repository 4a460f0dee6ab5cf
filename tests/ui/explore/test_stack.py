"""The layer stack: one row a layer, selection by mouse, drag and keys, marks and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.waste import measure_waste
from explorer.store.cache import Caches
from explorer.ui import theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.stack import LayerStack
from explorer.ui.explore.stackmodel import CARD_ROLE, Card, StackModel, Trust, figures_in_words
from explorer.ui.explore.stackpaint import Fonts, figure_columns, marks_of
from explorer.ui.explore.stackrows import Kind, stack_rows
from explorer.ui.settings import Settings
from explorer.ui.tasks import tasks
from tests.factory import ImageBuilder, file
from tests.ui.accessibility import unnamed
from tests.ui.explore.images import save, tour
from tests.ui.viewing import show
from tests.ui.waiting import until

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def image(tmp_path: Path) -> Iterator[OpenImage]:
    image = open_image(save(tour(), tmp_path), caches=Caches.at(tmp_path / "cache"))
    yield image
    image.close(keep=False)


@pytest.fixture
def model(image: OpenImage) -> ViewerModel:
    model = ViewerModel()
    show(model, image)
    return model


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.at(tmp_path / "settings.ini")


async def stack_of(model: ViewerModel, settings: Settings) -> LayerStack:
    stack = LayerStack(model, settings)
    stack.resize(340, 500)
    stack.show()
    await until(lambda: not tasks().running)
    QApplication.processEvents()
    return stack


def middle(stack: LayerStack, layer: int) -> QPoint:
    index = stack.rows.index(stack.rows.row_of(layer))
    return stack.view.visualRect(index).center()


def click(stack: LayerStack, layer: int, modifier: Qt.KeyboardModifier | None = None) -> None:
    QTest.mouseClick(
        stack.view.viewport(),
        Qt.MouseButton.LeftButton,
        modifier or Qt.KeyboardModifier.NoModifier,
        middle(stack, layer),
    )


def selected(stack: LayerStack) -> list[int]:
    rows = (index.row() for index in stack.view.selectionModel().selectedIndexes())
    return sorted(stack.rows.layer_at(row) for row in rows)


def card(model: ViewerModel, layer: int) -> Card:
    rows = StackModel(model)
    rows._rebuild()
    return rows.card(rows.row_of(layer))


# -- rows ----------------------------------------------------------------------------------------


def test_the_newest_layer_is_on_top_with_steps_and_the_edge_of_the_base_between(
    image: OpenImage,
) -> None:
    rows = stack_rows(image.image)
    assert [(row.kind, row.layer) for row in rows] == [
        (Kind.LAYER, 3),
        (Kind.STEP, -1),
        (Kind.LAYER, 2),
        (Kind.LAYER, 1),
        (Kind.BASE, -1),
        (Kind.STEP, -1),
        (Kind.LAYER, 0),
    ]
    assert stack_rows(image.image, lowest_first=True) == rows[::-1]


def test_the_keyword_is_told_apart_from_the_rest(image: OpenImage) -> None:
    row = stack_rows(image.image)[2]
    assert (row.instruction.keyword, row.summary) == ("RUN", "rm /old.conf /cache")


def test_an_image_without_history_has_its_layers_all_the_same(tmp_path: Path) -> None:
    bare = ImageBuilder().add(file("a")).add(file("b")).history(None).build()
    image = open_image(save(bare, tmp_path), caches=Caches.at(tmp_path / "cache"))
    assert [row.layer for row in stack_rows(image.image)] == [1, 0]
    image.close(keep=False)


def test_the_item_model_keeps_its_promises(model: ViewerModel, image: OpenImage) -> None:
    rows = StackModel(model)
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal, rows)
    model.clear()
    assert rows.rowCount() == 0
    show(model, image)
    assert rows.rowCount() == 7
    rows.set_lowest_first(True)
    assert rows.layer_at(0) == 0


# -- figures -------------------------------------------------------------------------------------


def test_a_card_has_the_three_sizes(model: ViewerModel, image: OpenImage) -> None:
    shown = card(model, 1)
    effect = image.stack.effects[1]
    assert shown.stored == image.image.layers[1].stored
    assert shown.effect == effect
    assert shown.before == effect.cumulative - effect.contribution
    assert shown.scale == max(each.cumulative for each in image.stack.effects)


def test_figures_are_there_in_words(model: ViewerModel) -> None:
    words = "\n".join(figures_in_words(card(model, 2)))
    assert "2 deleted" in words
    assert "Verified" in words


def test_a_layer_that_is_being_read_has_its_stored_size_only(image: OpenImage) -> None:
    model = ViewerModel()
    model.set_document(image.image)
    shown = card(model, 1)
    assert (shown.trust, shown.effect) == (Trust.PENDING, None)
    assert shown.stored == image.image.layers[1].stored


@pytest.mark.parametrize(
    ("verified", "problem", "trust", "icon"),
    [
        (True, "", Trust.VERIFIED, []),
        (None, "", Trust.UNVERIFIED, ["help"]),
        (False, "it does not hash", Trust.MISMATCH, ["error"]),
    ],
)
def test_layers_are_marked_by_what_is_known_of_their_digests(
    model: ViewerModel,
    image: OpenImage,
    verified: bool | None,
    problem: str,
    trust: Trust,
    icon: list[str],
) -> None:
    model.note_layer(1, replace(image.layers[1], verified=verified, problem=problem))
    shown = card(model, 1)
    assert shown.trust is trust
    assert [name for name, _role in marks_of(shown)] == icon
    assert problem in "".join(figures_in_words(shown))


def test_damaged_and_missing_layers_are_marked(model: ViewerModel, image: OpenImage) -> None:
    model.note_layer(2, replace(image.layers[2], index=None, verified=False, problem="cut off"))
    assert card(model, 2).trust is Trust.DAMAGED
    layers = (
        *image.image.layers[:3],
        replace(image.image.layers[3], blob=None, absence="far away"),
    )
    model.set_document(replace(image.image, layers=layers))
    assert card(model, 3).trust is Trust.MISSING


def test_waste_is_marked_on_the_layer_that_stores_it(model: ViewerModel, image: OpenImage) -> None:
    rows = StackModel(model)
    rows._rebuild()
    rows.set_waste(measure_waste(image))
    wasted = {layer: rows.card(rows.row_of(layer)).wasted for layer in range(4)}
    assert wasted == {0: 2000 + 5 + 11, 1: 5000, 2: 0, 3: 0}
    assert [name for name, _ in marks_of(rows.card(rows.row_of(1)))] == ["waste"]


def test_a_narrow_stack_shows_fewer_figures(qapp: QApplication) -> None:
    fonts = Fonts.now()
    assert [name for name, _ in figure_columns(420, fonts)] == ["stored", "adds", "total"]
    assert [name for name, _ in figure_columns(140, fonts)] == ["stored"]


# -- selecting -----------------------------------------------------------------------------------


async def test_the_models_layers_are_selected(model: ViewerModel, settings: Settings) -> None:
    stack = await stack_of(model, settings)
    assert selected(stack) == [3]
    model.select_layers(1, 2)
    assert selected(stack) == [1, 2]


async def test_a_click_selects_one_layer(model: ViewerModel, settings: Settings) -> None:
    stack = await stack_of(model, settings)
    click(stack, 1)
    assert list(model.layers) == [1]


async def test_shift_and_click_select_a_range(model: ViewerModel, settings: Settings) -> None:
    stack = await stack_of(model, settings)
    click(stack, 3)
    click(stack, 1, SHIFT)
    assert list(model.layers) == [1, 2, 3]


async def test_dragging_selects_a_range(model: ViewerModel, settings: Settings) -> None:
    stack = await stack_of(model, settings)
    viewport = stack.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle(stack, 3))
    QTest.mouseMove(viewport, middle(stack, 2))
    QTest.mouseMove(viewport, middle(stack, 1))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle(stack, 1))
    assert list(model.layers) == [1, 2, 3]


async def test_arrow_keys_pass_over_what_is_no_layer(
    model: ViewerModel, settings: Settings
) -> None:
    stack = await stack_of(model, settings)
    click(stack, 3)
    QTest.keyClick(stack.view, Key.Key_Down)
    assert list(model.layers) == [2]
    QTest.keyClick(stack.view, Key.Key_Down)
    QTest.keyClick(stack.view, Key.Key_Down)
    assert list(model.layers) == [0]
    QTest.keyClick(stack.view, Key.Key_Up)
    assert list(model.layers) == [1]


async def test_shift_and_arrows_make_a_range(model: ViewerModel, settings: Settings) -> None:
    stack = await stack_of(model, settings)
    click(stack, 2)
    QTest.keyClick(stack.view, Key.Key_Down, SHIFT)
    assert list(model.layers) == [1, 2]
    QTest.keyClick(stack.view, Key.Key_Escape)
    assert list(model.layers) == [1]


async def test_a_press_on_a_step_changes_nothing(model: ViewerModel, settings: Settings) -> None:
    stack = await stack_of(model, settings)
    click(stack, 2)
    step = stack.view.visualRect(stack.rows.index(1)).center()
    QTest.mouseClick(stack.view.viewport(), Qt.MouseButton.LeftButton, pos=step)
    assert (list(model.layers), selected(stack)) == ([2], [2])


async def test_the_stack_can_be_turned_over_and_stays_so(
    model: ViewerModel, settings: Settings
) -> None:
    stack = await stack_of(model, settings)
    model.select_layers(1)
    stack.turn()
    assert stack.rows.layer_at(0) == 0
    assert selected(stack) == [1]
    again = await stack_of(model, settings)
    assert again.rows.layer_at(0) == 0


async def test_every_part_has_a_name_and_every_row_can_be_heard(
    model: ViewerModel, settings: Settings
) -> None:
    stack = await stack_of(model, settings)
    assert unnamed(stack) == []
    for row in range(stack.rows.rowCount()):
        assert stack.rows.index(row).data(Qt.ItemDataRole.AccessibleTextRole)


@pytest.mark.parametrize("mode", [theme.Mode.LIGHT, theme.Mode.DARK])
async def test_it_paints_every_kind_of_row_in_both_schemes(
    model: ViewerModel, image: OpenImage, settings: Settings, mode: theme.Mode
) -> None:
    theme.switch().set_mode(mode)
    model.note_layer(1, replace(image.layers[1], verified=False, problem="no"))
    model.note_layer(2, replace(image.layers[2], index=None, problem="cut"))
    stack = await stack_of(model, settings)
    picture = stack.grab().toImage()
    trust = {stack.rows.index(row).data(CARD_ROLE).trust for row in range(7)}
    assert {Trust.MISMATCH, Trust.DAMAGED, Trust.VERIFIED} <= trust
    colors = {picture.pixelColor(3, y).name() for y in range(0, picture.height(), 4)}
    assert theme.colors().danger.name() in colors


async def test_instructions_are_text_whatever_they_look_like(
    tmp_path: Path, settings: Settings
) -> None:
    odd = ImageBuilder().add(file("a"), created_by="RUN echo '<img src=x>' # buildkit").build()
    image = open_image(save(odd, tmp_path), caches=Caches.at(tmp_path / "cache"))
    model = ViewerModel()
    show(model, image)
    stack = await stack_of(model, settings)
    tip = stack.rows.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "&lt;img" in tip
    image.close(keep=False)
