"""Equal files of a merged filesystem are found with little reading."""

from __future__ import annotations

import pytest

from explorer.analysis.duplicates import duplicates
from explorer.analysis.opened import OpenImage
from explorer.errors import Cancelled
from explorer.progress import Job, Progress
from tests.factory import file, hardlink, whiteout
from tests.stacks import open_stack


def groups(image: OpenImage, **options: int) -> list[tuple[int, list[str]]]:
    """What each group saves, and its paths."""
    paths = image.stack.trie.paths
    return [
        (group.saves, [path.decode() for path in paths(group.nodes)])
        for group in duplicates(image, **options)
    ]


@pytest.mark.parametrize("compressed", [False, True])
def test_equal_files_are_grouped_the_most_wasteful_first(compressed: bool) -> None:
    image = open_stack(
        (
            (file("a", "x" * 10), file("b", "y" * 6), file("c", "y" * 6)),
            (file("d", "x" * 10), file("e", "x" * 10), file("f", "z" * 10)),
        ),
        compressed=compressed,
    )
    assert groups(image, least=1) == [(20, ["/a", "/d", "/e"]), (6, ["/b", "/c"])]
    assert groups(image, least=7) == [(20, ["/a", "/d", "/e"])]


def test_further_names_of_one_file_and_deleted_files_cost_nothing() -> None:
    image = open_stack(
        ((file("a", "same"), hardlink("b", "a"), file("c", "same")), (whiteout("c"),))
    )
    assert groups(image, least=1) == []


def test_only_files_of_equal_size_are_read() -> None:
    image = open_stack(((file("a", "x" * 5), file("b", "y" * 5), file("c", "z" * 6)),))
    seen: list[Progress] = []
    duplicates(image, job=Job("", seen.append), least=1)
    assert (seen[-1].done, seen[-1].total) == (10, 10)


def test_what_is_read_has_a_limit_and_the_largest_come_first() -> None:
    image = open_stack(
        ((file("a", "x" * 10), file("b", "x" * 10), file("c", "y"), file("d", "y")),)
    )
    assert groups(image, least=1, most=21) == [(10, ["/a", "/b"])]


def test_the_search_can_be_cancelled() -> None:
    image = open_stack(((file("a", "x"), file("b", "x")),))
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        duplicates(image, job=job, least=1)
