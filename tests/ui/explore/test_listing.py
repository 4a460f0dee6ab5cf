"""What the tree lists in each mode, with marks and sizes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from explorer.analysis.opened import OpenImage
from explorer.errors import Cancelled
from explorer.filesystem.names import display
from explorer.progress import Job
from explorer.ui.explore.listing import Listing, Mark, make_listing
from explorer.ui.explore.model import Mode
from tests.factory import directory, file, hardlink, opaque
from tests.ui.explore.images import LAYERS
from tests.ui.viewing import opened


@pytest.fixture(scope="module")
def image() -> Iterator[OpenImage]:
    with opened(*LAYERS) as image:
        yield image


def marks(listing: Listing) -> dict[str, Mark]:
    trie = listing.image.stack.trie
    nodes = np.flatnonzero(listing.listed).tolist()
    return {display(trie.path(node)): Mark(int(listing.mark[node])) for node in nodes if node}


def test_merged_is_what_a_container_sees_with_the_work_of_the_layer_marked(
    image: OpenImage,
) -> None:
    assert marks(make_listing(image, Mode.MERGED, 1, 1)) == {
        "/cache": Mark.ADDED,
        "/etc": Mark.NONE,
        "/etc/motd": Mark.MODIFIED,
        "/etc/passwd": Mark.SAME,
        "/old.conf": Mark.NONE,
        "/usr": Mark.NONE,
        "/usr/share": Mark.NONE,
        "/usr/share/doc": Mark.NONE,
        "/usr/share/doc/readme": Mark.NONE,
    }


def test_merged_lists_deleted_files_where_they_are_asked_for(image: OpenImage) -> None:
    plain = marks(make_listing(image, Mode.MERGED, 3, 3))
    assert "/old.conf" not in plain
    full = marks(make_listing(image, Mode.MERGED, 3, 3, deleted=True))
    assert {path: full[path] for path in full.keys() - plain.keys()} == {
        "/cache": Mark.GONE,
        "/old.conf": Mark.GONE,
    }


def test_what_the_selected_layers_delete_is_told_from_what_was_deleted_below(
    image: OpenImage,
) -> None:
    listing = make_listing(image, Mode.MERGED, 2, 2, deleted=True)
    assert marks(listing)["/old.conf"] is Mark.REMOVED


def test_a_layer_lists_all_it_touches(image: OpenImage) -> None:
    assert marks(make_listing(image, Mode.LAYER, 1, 1)) == {
        "/cache": Mark.ADDED,
        "/etc/motd": Mark.MODIFIED,
        "/etc/passwd": Mark.SAME,
    }
    assert marks(make_listing(image, Mode.LAYER, 2, 2)) == {
        "/cache": Mark.REMOVED,
        "/old.conf": Mark.REMOVED,
    }


def test_layers_together_list_what_comes_and_goes_between_them(image: OpenImage) -> None:
    listing = make_listing(image, Mode.LAYER, 1, 2)
    assert marks(listing)["/cache"] is Mark.PASSING
    assert int(listing.size[image.node("/cache")]) == 5000


def test_comparing_lists_only_what_differs_in_the_end(image: OpenImage) -> None:
    assert marks(make_listing(image, Mode.COMPARE, 1, 2)) == {
        "/etc/motd": Mark.MODIFIED,
        "/old.conf": Mark.REMOVED,
    }


def test_directories_above_are_shown_though_they_are_not_listed(image: OpenImage) -> None:
    listing = make_listing(image, Mode.COMPARE, 1, 2)
    etc = image.node("/etc")
    assert (bool(listing.listed[etc]), bool(listing.shown[etc])) == (False, True)
    assert listing.only_inside(etc)
    assert not listing.shown[image.node("/usr")]


def test_a_directory_is_as_large_as_what_is_listed_below_it(image: OpenImage) -> None:
    merged = make_listing(image, Mode.MERGED, 1, 1)
    assert int(merged.size[image.node("/etc")]) == len("hello, world") + len("root:x:0:0\n")
    assert int(merged.size[0]) == 5000 + 2000 + 300 + 23
    layer = make_listing(image, Mode.LAYER, 0, 0)
    assert int(layer.size[image.node("/etc")]) == len("hello") + len("root:x:0:0\n")


def test_a_file_of_several_names_counts_once_in_its_directory(image: OpenImage) -> None:
    listing = make_listing(image, Mode.MERGED, 3, 3)
    sizes = [int(listing.size[image.node(f"/app/{name}")]) for name in ("main.py", "again.py")]
    assert sizes == [8, 8]
    assert int(listing.size[image.node("/app")]) == 8


def test_a_deleted_directory_is_as_large_as_what_went_with_it() -> None:
    with opened(
        (directory("var"), directory("var/log"), file("var/log/a", "a" * 70), file("var/b", "bb")),
        (opaque("var"),),
    ) as image:
        listing = make_listing(image, Mode.LAYER, 1, 1)
        assert int(listing.size[image.node("/var/log")]) == 70
        assert marks(listing)["/var/log"] is Mark.REMOVED
        # The directory that stays holds none of it any more.
        assert int(listing.size[image.node("/var")]) == 0


def test_what_is_removed_from_a_range_is_shown_as_it_was_before_it() -> None:
    with opened((file("a", "1"),), (file("a", "22"),), (file(".wh.a"),)) as image:
        listing = make_listing(image, Mode.COMPARE, 1, 2)
        assert int(listing.size[image.node("/a")]) == 1


def test_a_link_into_a_lower_layer_has_the_size_of_its_file() -> None:
    with opened((file("a", "x" * 40),), (hardlink("b", "a"),)) as image:
        listing = make_listing(image, Mode.MERGED, 1, 1)
        assert int(listing.size[image.node("/b")]) == 40
        assert int(listing.size[0]) == 40


def test_an_image_without_layers_lists_nothing() -> None:
    with opened() as image:
        listing = make_listing(image, Mode.MERGED, -1, -1)
        assert listing.count == 0


def test_a_listing_nobody_waits_for_is_given_up(image: OpenImage) -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        make_listing(image, Mode.MERGED, 3, 3, job=job)


def test_every_mark_has_a_glyph_a_colour_and_words() -> None:
    from explorer.ui import theme

    for mark in Mark:
        assert len(mark.glyph) == 1
        assert mark.words
        assert hasattr(theme.LIGHT, mark.role)
