"""The order of rows: as tree, collapsed tree or flat list, sorted, filtered, unfolded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from explorer.analysis.opened import OpenImage
from explorer.filesystem.names import display
from explorer.ui.explore.arrange import NOWHERE, Arrangement, Order, Shape, arrange
from explorer.ui.explore.columns import COLUMNS
from explorer.ui.explore.listing import Listing, make_listing
from explorer.ui.explore.model import Mode
from tests.factory import directory, file
from tests.ui.explore.images import LAYERS
from tests.ui.viewing import opened


@pytest.fixture(scope="module")
def image() -> Iterator[OpenImage]:
    with opened(*LAYERS) as image:
        yield image


@pytest.fixture(scope="module")
def listing(image: OpenImage) -> Listing:
    return make_listing(image, Mode.MERGED, 1, 1)


def paths(arrangement: Arrangement, nodes: np.ndarray) -> list[str]:
    trie = arrangement.listing.image.stack.trie
    return [display(trie.path(int(node))) for node in nodes]


def unfolded(arrangement: Arrangement) -> list[tuple[int, str]]:
    everything = np.ones(len(arrangement.above), bool)
    rows, depths = arrangement.unfold(everything)
    return list(zip(depths.tolist(), paths(arrangement, rows), strict=True))


def test_a_tree_has_directories_first_then_names_in_order(listing: Listing) -> None:
    tree = arrange(listing, Shape.TREE, Order())
    assert paths(tree, tree.rows(0)) == ["/etc", "/usr", "/cache", "/old.conf"]
    backwards = arrange(listing, Shape.TREE, Order("name", descending=True))
    assert paths(backwards, backwards.rows(0)) == ["/usr", "/etc", "/old.conf", "/cache"]


def test_unfolding_puts_what_is_below_right_behind(listing: Listing) -> None:
    tree = arrange(listing, Shape.TREE, Order())
    assert unfolded(tree) == [
        (0, "/etc"),
        (1, "/etc/motd"),
        (1, "/etc/passwd"),
        (0, "/usr"),
        (1, "/usr/share"),
        (2, "/usr/share/doc"),
        (3, "/usr/share/doc/readme"),
        (0, "/cache"),
        (0, "/old.conf"),
    ]


def test_a_closed_directory_hides_open_ones_below_it(listing: Listing, image: OpenImage) -> None:
    tree = arrange(listing, Shape.TREE, Order())
    opened_ = np.zeros(len(tree.above), bool)
    opened_[[image.node("/usr/share"), image.node("/usr/share/doc")]] = True
    rows, _ = tree.unfold(opened_)
    assert paths(tree, rows) == ["/etc", "/usr", "/cache", "/old.conf"]


def test_chains_of_single_directories_share_a_row(listing: Listing) -> None:
    tree = arrange(listing, Shape.COLLAPSED, Order())
    assert unfolded(tree) == [
        (0, "/etc"),
        (1, "/etc/motd"),
        (1, "/etc/passwd"),
        (0, "/usr/share/doc"),
        (1, "/usr/share/doc/readme"),
        (0, "/cache"),
        (0, "/old.conf"),
    ]


def test_a_chain_stands_for_every_directory_in_it(listing: Listing, image: OpenImage) -> None:
    tree = arrange(listing, Shape.COLLAPSED, Order())
    doc = image.node("/usr/share/doc")
    assert [tree.row_for(image.node(path)) for path in ("/usr", "/usr/share")] == [doc, doc]
    assert tree.row_for(image.node("/app")) == NOWHERE


def test_a_changed_directory_is_not_hidden_in_a_chain() -> None:
    with opened(
        (directory("a"), directory("a/b"), directory("a/b/c"), file("a/b/c/d")),
        (directory("a/b", mode=0o700),),
    ) as image:
        tree = arrange(make_listing(image, Mode.MERGED, 1, 1), Shape.COLLAPSED, Order())
        assert [path for _, path in unfolded(tree)] == ["/a/b", "/a/b/c", "/a/b/c/d"]


def test_a_flat_list_has_files_only_by_path(listing: Listing) -> None:
    flat = arrange(listing, Shape.FLAT, Order())
    assert paths(flat, flat.rows(0)) == [
        "/cache",
        "/etc/motd",
        "/etc/passwd",
        "/old.conf",
        "/usr/share/doc/readme",
    ]


def test_a_flat_list_has_directories_that_are_empty_or_changed() -> None:
    with opened(
        (directory("a"), file("a/b"), directory("void")), (directory("a", mode=0o700),)
    ) as image:
        flat = arrange(make_listing(image, Mode.MERGED, 1, 1), Shape.FLAT, Order())
        assert paths(flat, flat.rows(0)) == ["/a", "/a/b", "/void"]


def test_rows_begin_at_the_folder_in_view(listing: Listing, image: OpenImage) -> None:
    etc = image.node("/etc")
    for shape in Shape:
        inside = arrange(listing, shape, Order(), etc)
        assert paths(inside, inside.rows(etc)) == ["/etc/motd", "/etc/passwd"]


def test_a_folder_inside_a_chain_can_be_in_view(listing: Listing, image: OpenImage) -> None:
    share = image.node("/usr/share")
    inside = arrange(listing, Shape.COLLAPSED, Order(), share)
    assert paths(inside, inside.rows(share)) == ["/usr/share/doc"]


def test_sorting_by_size_is_within_each_directory(listing: Listing) -> None:
    tree = arrange(listing, Shape.TREE, Order("size", descending=True))
    assert paths(tree, tree.rows(0)) == ["/cache", "/old.conf", "/usr", "/etc"]
    flat = arrange(listing, Shape.FLAT, Order("size"))
    assert paths(flat, flat.rows(0))[0] == "/etc/passwd"


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_column_sorts_all_rows(listing: Listing, column: str, descending: bool) -> None:
    plain = arrange(listing, Shape.FLAT, Order())
    ordered = arrange(listing, Shape.FLAT, Order(column, descending))
    assert sorted(ordered.order.tolist()) == plain.order.tolist()


def test_changes_come_first_when_sorted_by_change(listing: Listing) -> None:
    flat = arrange(listing, Shape.FLAT, Order("change"))
    assert paths(flat, flat.rows(0))[:3] == ["/cache", "/etc/motd", "/etc/passwd"]


def test_a_filter_leaves_what_it_lets_by_and_the_way_there(
    listing: Listing, image: OpenImage
) -> None:
    chosen = np.zeros(len(listing.listed), bool)
    chosen[image.node("/usr/share/doc/readme")] = True
    tree = arrange(listing, Shape.TREE, Order(), chosen=chosen)
    assert [path for _, path in unfolded(tree)] == [
        "/usr",
        "/usr/share",
        "/usr/share/doc",
        "/usr/share/doc/readme",
    ]
    flat = arrange(listing, Shape.FLAT, Order(), chosen=chosen)
    assert paths(flat, flat.rows(0)) == ["/usr/share/doc/readme"]


def test_a_filter_lets_nothing_by_that_is_not_listed(listing: Listing, image: OpenImage) -> None:
    chosen = np.zeros(len(listing.listed), bool)
    chosen[image.node("/app/main.py")] = True
    tree = arrange(listing, Shape.TREE, Order(), chosen=chosen)
    assert len(tree.order) == 0
    assert len(tree.unfold(np.ones(len(tree.above), bool))[0]) == 0


def test_unfolding_all_of_a_large_tree_begins_with_the_outermost(listing: Listing) -> None:
    tree = arrange(listing, Shape.TREE, Order())
    assert paths(tree, tree.folders(2)) == ["/etc", "/usr"]
    assert len(tree.folders(100)) == 4


def test_the_way_up_from_a_row_is_known(listing: Listing, image: OpenImage) -> None:
    tree = arrange(listing, Shape.TREE, Order())
    ways = tree.ancestors(image.node("/usr/share/doc"))
    assert ways == [image.node("/usr/share"), image.node("/usr")]
