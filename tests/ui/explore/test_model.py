"""The viewer model: one place for what is in view, which tells of every change once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import SignalInstance

from explorer.analysis.opened import OpenImage
from explorer.ui.explore.model import NO_NODE, ROOT, Mode, Place, ViewerModel
from tests.ui.explore.images import LAYERS
from tests.ui.viewing import opened, show


@pytest.fixture
def image() -> Iterator[OpenImage]:
    with opened(*LAYERS) as image:
        yield image


@pytest.fixture
def model(image: OpenImage) -> ViewerModel:
    model = ViewerModel()
    show(model, image)
    return model


class Listener:
    """Notes what signals bring, in order."""

    def __init__(self, model: ViewerModel, *names: str) -> None:
        self.heard: list[tuple[object, ...]] = []
        for name in names:
            signal: SignalInstance = getattr(model, name)
            signal.connect(lambda *values, name=name: self.heard.append((name, *values)))


def test_nothing_is_in_view_at_first() -> None:
    model = ViewerModel()
    assert (model.document, model.image, model.node) == (None, None, None)
    assert (model.first, model.last, model.folder) == (-1, -1, ROOT)
    assert list(model.layers) == []


def test_a_document_selects_the_newest_layer(image: OpenImage) -> None:
    model = ViewerModel()
    listener = Listener(model, "documentChanged", "imageChanged", "selectionChanged")
    model.set_document(image.image)
    assert (model.first, model.last) == (3, 3)
    assert model.image is None
    assert [name for name, *_ in listener.heard] == [
        "documentChanged",
        "imageChanged",
        "selectionChanged",
    ]


def test_layers_are_noted_one_by_one_until_the_image_is_complete(image: OpenImage) -> None:
    model = ViewerModel()
    model.set_document(image.image)
    listener = Listener(model, "layerIndexed")
    for number in (2, 0, 1):
        model.note_layer(number, image.layers[number])
    model.set_image(image)
    assert not model.is_complete
    model.note_layer(3, image.layers[3])
    assert model.is_complete
    assert listener.heard == [("layerIndexed", n) for n in (2, 0, 1, 3)]


def test_a_range_can_be_given_from_either_end(model: ViewerModel) -> None:
    listener = Listener(model, "selectionChanged")
    model.select_layers(3, 1)
    assert list(model.layers) == [1, 2, 3]
    model.select_layers(1, 3)
    assert len(listener.heard) == 1


def test_layers_that_are_not_there_are_the_nearest_that_are(model: ViewerModel) -> None:
    model.select_layers(-5, 99)
    assert list(model.layers) == [0, 1, 2, 3]


def test_going_to_a_directory_makes_it_the_folder(model: ViewerModel, image: OpenImage) -> None:
    listener = Listener(model, "folderChanged", "nodeChanged")
    model.go_to(image.node("/etc"))
    assert listener.heard == [("folderChanged", image.node("/etc"))]


def test_going_to_a_file_looks_at_it_in_its_directory(model: ViewerModel, image: OpenImage) -> None:
    model.go_to(image.node("/etc/motd"))
    assert model.folder == image.node("/etc")
    assert model.node == image.node("/etc/motd")


def test_looking_at_what_is_below_the_folder_leaves_the_folder(
    model: ViewerModel, image: OpenImage
) -> None:
    model.select_node(image.node("/usr/share/doc/readme"))
    assert model.folder == ROOT
    model.go_to(image.node("/app"))
    model.select_node(image.node("/etc/motd"))
    assert model.folder == image.node("/etc")


def test_going_up_leaves_one_looking_at_where_one_was(model: ViewerModel, image: OpenImage) -> None:
    model.go_to(image.node("/usr/share"))
    model.go_up()
    assert (model.folder, model.node) == (image.node("/usr"), image.node("/usr/share"))
    model.go_up()
    model.go_up()
    assert model.folder == ROOT


def test_a_version_is_of_one_layer_until_something_else_is_looked_at(
    model: ViewerModel, image: OpenImage
) -> None:
    motd = image.node("/etc/motd")
    model.open_version(motd, 0)
    assert (model.node, model.version, model.shown_layer()) == (motd, 0, 0)
    model.select_node(motd)
    assert (model.version, model.shown_layer()) == (None, 1)


def test_of_a_deleted_path_the_last_version_is_shown(model: ViewerModel, image: OpenImage) -> None:
    model.select_node(image.node("/old.conf"))
    assert model.shown_layer() == 0


def test_of_a_path_that_is_not_there_yet_no_version_is_shown(
    model: ViewerModel, image: OpenImage
) -> None:
    model.select_layers(1)
    model.select_node(image.node("/app/main.py"))
    assert model.shown_layer() is None


def test_everything_has_changed_before_the_first_signal_tells(
    model: ViewerModel, image: OpenImage
) -> None:
    seen: list[int | None] = []
    model.folderChanged.connect(lambda _folder: seen.append(model.node))
    model.go_to(image.node("/etc/motd"))
    assert seen == [image.node("/etc/motd")]


def test_what_is_in_force_already_is_not_told(model: ViewerModel) -> None:
    listener = Listener(model, "modeChanged", "selectionChanged", "folderChanged", "nodeChanged")
    model.set_mode(model.mode)
    model.select_layers(model.first, model.last)
    model.go_to(model.folder)
    model.select_node(None)
    assert listener.heard == []


def test_a_mode_that_does_not_exist_is_refused(model: ViewerModel) -> None:
    with pytest.raises(ValueError, match="sideways"):
        model.set_mode("sideways")


def test_the_place_left_and_the_place_gone_to_are_worth_coming_back_to(
    model: ViewerModel, image: OpenImage
) -> None:
    visits: list[Place] = []
    model.visited.connect(visits.append)
    model.select_node(image.node("/old.conf"))
    model.go_to(image.node("/etc"))
    assert [(place.folder, place.node) for place in visits] == [
        (b"/", b"/old.conf"),
        (b"/etc", b"/old.conf"),
    ]


def test_coming_back_is_no_visit(model: ViewerModel, image: OpenImage) -> None:
    before = model.place
    model.go_to(image.node("/etc"))
    model.select_layers(0)
    listener = Listener(model, "visited", "folderChanged", "selectionChanged")
    model.restore(before)
    assert (model.folder, model.last) == (ROOT, 3)
    assert [name for name, *_ in listener.heard] == ["selectionChanged", "folderChanged"]


def test_another_opening_finds_folder_and_node_again_by_path(model: ViewerModel) -> None:
    assert model.image is not None
    model.go_to(model.image.node("/etc/motd"))
    extra = ((*LAYERS[0], LAYERS[0][0]), *LAYERS[1:])
    with opened(*extra) as again:
        show(model, again)
        assert model.path(model.folder) == b"/etc"
        assert model.node is not None
        assert model.path(model.node) == b"/etc/motd"


def test_what_is_gone_from_another_opening_leaves_the_root_and_no_node(
    model: ViewerModel,
) -> None:
    assert model.image is not None
    model.go_to(model.image.node("/app/main.py"))
    listener = Listener(model, "nodeChanged")
    with opened(LAYERS[0]) as again:
        show(model, again)
    assert (model.folder, model.node, model.last) == (ROOT, None, 0)
    assert listener.heard == [("nodeChanged", NO_NODE)]


def test_an_image_without_layers_can_be_looked_at() -> None:
    with opened() as image:
        model = ViewerModel()
        show(model, image)
        assert model.is_complete
        assert model.state is not None
        model.select_layers(0)
        model.select_node(ROOT)
        assert model.shown_layer() is None
        assert list(model.layers) == []


def test_clearing_remembers_the_place_for_the_next_image(
    model: ViewerModel, image: OpenImage
) -> None:
    model.select_layers(1)
    model.set_mode(Mode.LAYER)
    model.go_to(image.node("/etc"))
    model.clear()
    assert (model.image, model.layer_count, model.folder) == (None, 0, ROOT)
    show(model, image)
    assert (model.last, model.mode, model.folder) == (1, Mode.LAYER, image.node("/etc"))
