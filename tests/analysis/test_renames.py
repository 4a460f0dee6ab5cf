"""Renames inside a change set are found by content."""

from __future__ import annotations

import pytest

from explorer.analysis.opened import OpenImage
from explorer.analysis.renames import Bounds, renames
from explorer.errors import Cancelled
from explorer.progress import Job
from tests.factory import Entry, directory, file, hardlink, sparse, whiteout
from tests.stacks import open_stack


def found(image: OpenImage, **options: object) -> dict[str, str]:
    """The old path of each new one that the top layer renames."""
    path = image.stack.trie.path
    return {
        path(rename.new).decode(): path(rename.old).decode()
        for rename in renames(image.changes(image.top), **options)  # type: ignore[arg-type]
    }


def moved(lower: list[Entry], upper: list[Entry]) -> OpenImage:
    """Two layers."""
    return open_stack((tuple(lower), tuple(upper)))


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_that_was_moved_is_found(compressed: bool) -> None:
    image = open_stack(
        (
            (file("a/old", "text"), file("a/other", "????")),
            (whiteout("a/old"), file("b/new", "text")),
        ),
        compressed=compressed,
    )
    (rename,) = renames(image.changes(1))
    assert (rename.old, rename.new) == (image.node("/a/old"), image.node("/b/new"))
    assert rename.size == 4
    assert image.content(rename.before).read_at(0, 9) == image.content(rename.after).read_at(0, 9)


def test_files_of_a_moved_directory_keep_their_names() -> None:
    lower = [directory("v1"), file("v1/x", "same"), file("v1/y", "same"), file("v1/z", "else")]
    upper = [whiteout("v1"), file("v2/z", "else"), file("v2/y", "same"), file("v2/x", "same")]
    assert found(moved(lower, upper)) == {"/v2/x": "/v1/x", "/v2/y": "/v1/y", "/v2/z": "/v1/z"}


def test_one_removed_file_becomes_one_added_file_at_most() -> None:
    image = moved(
        [file("a/x", "same")], [whiteout("a/x"), file("a/y", "same"), file("b/z", "same")]
    )
    assert found(image) == {"/a/y": "/a/x"}


def test_files_that_stay_or_differ_or_are_empty_are_no_renames() -> None:
    lower = [file("stays", "same"), file("gone", "other"), file("empty")]
    upper = [
        file("copy", "same"),
        whiteout("gone"),
        file("new", "OTHER"),
        whiteout("empty"),
        file("e"),
    ]
    assert found(moved(lower, upper)) == {}


def test_a_further_name_of_a_removed_file_counts_as_its_new_one() -> None:
    image = moved([file("a", "text")], [hardlink("b", "a"), whiteout("a")])
    assert found(image) == {"/b": "/a"}


def test_what_is_compared_has_bounds() -> None:
    lower = [file("a", "x" * 100), file("b", "y" * 10), sparse("big", 1 << 40, {0: b"z"})]
    new = [file("c", "x" * 100), file("d", "y" * 10), sparse("large", 1 << 40, {0: b"z"})]
    upper = [whiteout("a"), whiteout("b"), whiteout("big"), *new]
    image = moved(lower, upper)
    assert found(image) == {"/c": "/a", "/d": "/b"}
    assert found(image, bounds=Bounds(bytes=50)) == {"/d": "/b"}
    assert found(image, bounds=Bounds(pairs=0)) == {}
    assert found(image, least=11) == {"/c": "/a"}


def test_very_many_files_of_one_size_are_paired_by_name() -> None:
    count = 600
    lower = [file(f"v1/{number}", f"{number:9}") for number in range(count)]
    upper = [file(f"v2/{number}", f"{number:9}") for number in range(count)]
    image = moved(lower, [whiteout("v1"), *upper, file("v2/other", f"{1:9}")])
    assert found(image) == {f"/v2/{number}": f"/v1/{number}" for number in range(count)}


def test_the_search_can_be_cancelled() -> None:
    image = moved([file("a", "text")], [whiteout("a"), file("b", "text")])
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        renames(image.changes(1), job)
