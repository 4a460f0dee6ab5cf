"""The rows in view as a model: node numbers for ids, nothing kept for any row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from explorer.analysis.opened import OpenImage
from explorer.filesystem.index import LayerIndex
from explorer.filesystem.names import display
from explorer.filesystem.stack import Stack
from explorer.filesystem.state import State, layer_changes
from explorer.ui.explore.arrange import Order, Shape, arrange
from explorer.ui.explore.columns import COLUMNS
from explorer.ui.explore.listing import Mark, make_listing
from explorer.ui.explore.model import Mode
from explorer.ui.explore.treemodel import (
    ABOVE_ROLE,
    DEPTH_ROLE,
    FOLD_ROLE,
    MARK_ROLE,
    NODE_ROLE,
    TreeModel,
)
from tests.factory import directory, file, symlink, whiteout
from tests.ui.explore.images import LAYERS
from tests.ui.viewing import opened

Role = Qt.ItemDataRole


@pytest.fixture(scope="module")
def image() -> Iterator[OpenImage]:
    with opened(*LAYERS) as image:
        yield image


@pytest.fixture
def model(qapp: QApplication, image: OpenImage) -> Iterator[TreeModel]:
    model = TreeModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    assert tester.model() is model
    model.show_columns(list(COLUMNS))
    show(model, image)
    yield model


def show(
    model: TreeModel,
    image: OpenImage,
    shape: Shape = Shape.TREE,
    mode: Mode = Mode.MERGED,
    layer: int = 1,
) -> None:
    model.show_arrangement(arrange(make_listing(image, mode, layer, layer), shape, Order()))


def names(model: TreeModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def cell(model: TreeModel, name: str, column: str, role: int = Role.DisplayRole) -> object:
    keys = [each.key for each in model.columns]
    return model.index(names(model).index(name), keys.index(column)).data(role)


def test_a_model_without_image_is_empty(qapp: QApplication) -> None:
    model = TreeModel()
    assert (model.rowCount(), model.columnCount()) == (0, 1)
    assert model.row_of(0) == -1
    assert model.reveal(3) == -1


def test_folded_rows_are_those_of_the_folder(model: TreeModel) -> None:
    assert names(model) == ["etc", "usr", "cache", "old.conf"]


def test_the_id_of_a_row_is_its_node(model: TreeModel, image: OpenImage) -> None:
    index = model.index(1, 0)
    assert index.internalId() == image.node("/usr")
    assert index.data(NODE_ROLE) == image.node("/usr")


def test_unfolding_and_folding_insert_and_remove_rows(model: TreeModel) -> None:
    told: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _p, first, last: told.append(("in", first, last)))
    model.rowsRemoved.connect(lambda _p, first, last: told.append(("out", first, last)))
    model.open_row(0)
    assert names(model) == ["etc", "motd", "passwd", "usr", "cache", "old.conf"]
    model.close_row(0)
    assert names(model) == ["etc", "usr", "cache", "old.conf"]
    assert told == [("in", 1, 2), ("out", 1, 2)]


def test_what_was_unfolded_below_is_so_again(model: TreeModel) -> None:
    model.open_row(1)
    model.open_row(2)
    model.close_row(1)
    model.open_row(1)
    assert names(model)[:4] == ["etc", "usr", "share", "doc"]
    assert [model.index(row, 0).data(DEPTH_ROLE) for row in range(4)] == [0, 0, 1, 2]


def test_the_last_row_folds_to_the_end(model: TreeModel) -> None:
    model.open_all()
    usr = names(model).index("usr")
    model.close_row(usr)
    assert names(model) == ["etc", "motd", "passwd", "usr", "cache", "old.conf"]


def test_rows_without_anything_below_do_not_unfold(model: TreeModel) -> None:
    cache = names(model).index("cache")
    model.open_row(cache)
    assert model.rowCount() == 4
    assert model.index(cache, 0).data(FOLD_ROLE) is None
    assert model.index(0, 0).data(FOLD_ROLE) is False
    model.open_row(0)
    assert model.index(0, 0).data(FOLD_ROLE) is True


def test_revealing_unfolds_what_a_path_lies_in(model: TreeModel, image: OpenImage) -> None:
    row = model.reveal(image.node("/usr/share/doc/readme"))
    assert names(model)[row] == "readme"
    assert model.row_above(row) == names(model).index("doc")


def test_what_is_not_in_the_listing_cannot_be_revealed(model: TreeModel, image: OpenImage) -> None:
    assert model.reveal(image.node("/app/main.py")) == -1
    assert model.rowCount() == 4


def test_other_rows_keep_what_is_unfolded(model: TreeModel, image: OpenImage) -> None:
    model.open_row(0)
    unfolded = model.opened()
    listing = make_listing(image, Mode.MERGED, 3, 3)
    model.show_arrangement(arrange(listing, Shape.TREE, Order()), unfolded)
    assert names(model) == ["app", "etc", "motd", "passwd", "usr"]


def test_a_chain_shows_the_way_before_the_name(model: TreeModel, image: OpenImage) -> None:
    show(model, image, Shape.COLLAPSED)
    row = names(model).index("doc")
    assert model.index(row, 0).data(ABOVE_ROLE) == "usr/share/"
    show(model, image, Shape.FLAT)
    row = names(model).index("readme")
    assert model.index(row, 0).data(ABOVE_ROLE) == "usr/share/doc/"


def test_columns_say_what_there_is_to_say(qapp: QApplication) -> None:
    with opened(
        (directory("d"), file("d/f", "12345", mode=0o4755, uid=7, gid=8), symlink("l", "d/f")),
    ) as image:
        model = TreeModel()
        model.show_columns(list(COLUMNS))
        show(model, image, layer=0)
        model.open_all()
        assert cell(model, "f", "size") == "5 B"
        assert cell(model, "f", "mode") == "-rwsr-xr-x"
        assert cell(model, "f", "owner") == "7:8"
        assert cell(model, "f", "layer") == "0"
        assert cell(model, "f", "change") == Mark.ADDED.glyph
        assert cell(model, "l", "link") == "d/f"
        assert cell(model, "l", "size") == ""
        assert cell(model, "l", "type") == "symlink"
        assert cell(model, "d", "mode") == "drwxr-xr-x"


def test_changes_below_show_on_the_directory(model: TreeModel) -> None:
    assert cell(model, "etc", "change", Role.ToolTipRole) == "Changes inside"
    assert cell(model, "usr", "change") == " "


def test_deleted_rows_bear_their_mark(qapp: QApplication) -> None:
    with opened((file("gone", "x"), file("kept")), (whiteout("gone"),)) as image:
        model = TreeModel()
        show(model, image, mode=Mode.LAYER)
        assert names(model) == ["gone"]
        assert Mark(model.index(0, 0).data(MARK_ROLE)) is Mark.REMOVED


def test_a_row_can_be_heard(model: TreeModel) -> None:
    model.open_row(0)
    spoken = model.index(0, 0).data(Role.AccessibleTextRole)
    assert spoken == "etc, level 1, unfolded"
    assert model.index(1, 0).data(Role.AccessibleTextRole) == "motd, level 2, modified"


@pytest.mark.parametrize("name", ["<b>bold<b>", "line\nbreak", "a&b", "%41"])
def test_names_are_text_whatever_they_look_like(qapp: QApplication, name: str) -> None:
    with opened((file(name),)) as image:
        model = TreeModel()
        show(model, image, layer=0)
        assert names(model) == [display(name.encode())]
        tip = model.index(0, 0).data(Role.ToolTipRole)
        assert "<b>" not in tip


def test_titles_and_meaning_of_the_columns(model: TreeModel) -> None:
    across = Qt.Orientation.Horizontal
    for place, column in enumerate(COLUMNS.values()):
        assert model.headerData(place, across) == column.title
        assert model.headerData(place, across, Role.ToolTipRole) == column.help
    assert model.headerData(99, across) is None


def test_a_million_entries_are_arrays_and_every_row_is_at_hand(qapp: QApplication) -> None:
    image = Million()
    model = TreeModel()
    listing = make_listing(image, Mode.MERGED, 0, 0)  # type: ignore[arg-type]
    model.show_arrangement(arrange(listing, Shape.TREE, Order()))
    assert model.rowCount() == 1000
    model.open_all()
    assert model.rowCount() == 1_001_000
    last = model.index(model.rowCount() - 1, 0)
    assert last.data() == "f000999"
    assert model.row_of(last.internalId()) == last.row()
    model.close_row(0)
    assert model.rowCount() == 1_000_000
    flat = arrange(listing, Shape.FLAT, Order("size", descending=True))
    model.show_arrangement(flat)
    assert model.rowCount() == 1_000_000
    sizes = listing.size[[model.node_at(row) for row in (0, 1, 500_000, 999_999)]]
    assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)


class Million:
    """An image of one layer: a thousand directories of a thousand files."""

    def __init__(self) -> None:
        self.stack = Stack([_layer(1000, 1000)])

    def state(self, upto: int) -> State:
        return State(self.stack, upto)

    def changes(self, first: int, last: int) -> object:
        return layer_changes(self.stack, first)


def _layer(folders: int, files: int) -> LayerIndex:
    """A layer made straight as columns: no tar of half a gigabyte for a test."""
    count = 1 + folders + folders * files
    names = [b"", *(b"d%05d" % i for i in range(folders))]
    names += [b"f%06d" % i for i in range(files)] * folders
    at = np.concatenate(([0], np.cumsum([len(name) for name in names])))
    parent = np.zeros(count, np.uint32)
    parent[1 + folders :] = np.repeat(np.arange(1, folders + 1), files)
    entries = count - 1
    is_folder = np.arange(entries) < folders
    empty = np.zeros(0, np.uint32)
    return LayerIndex(
        columns={
            "parent": parent,
            "name_at": at.astype(np.uint32),
            "names": np.frombuffer(b"".join(names), np.uint8),
            "node": np.arange(1, count, dtype=np.uint32),
            "type": is_folder.astype(np.uint8),
            "mode": np.full(entries, 0o644, np.uint16),
            "uid": np.zeros(entries, np.uint32),
            "gid": np.zeros(entries, np.uint32),
            "size": np.where(is_folder, 0, np.arange(entries) * 7919 % 100_003).astype(np.int64),
            "mtime": np.zeros(entries, np.int64),
            "offset": np.zeros(entries, np.int64),
            "live": np.ones(entries, bool),
            "link_entry": empty,
            "link_at": np.zeros(1, np.uint32),
            "link_target": np.zeros(0, np.int32),
            "fingerprint": np.zeros(0, np.uint64),
            "links": np.zeros(0, np.uint8),
        },
        length=0,
    )


def test_nothing_lies_below_a_cell_for_qt(model: TreeModel) -> None:
    index = model.index(0, 0)
    assert model.rowCount(index) == 0
    assert not model.parent(index).isValid()
    assert not model.index(99, 0).isValid()
    assert model.data(QModelIndex()) is None
