"""Symlinks of a layer that the same layer takes away again: names no longer lead through them."""

from __future__ import annotations

import pytest

from tests.factory import reference
from tests.factory.entries import directory, file, hardlink, symlink
from tests.factory.entry import Entry
from tests.filesystem.test_overlay_properties import Built, expected, without_root

LAYERS: dict[str, tuple[Entry, ...]] = {
    "a hard link replaces the folder that held it": (
        directory(b"b"),
        file(b"b/c/a", b"1"),
        symlink(b"b/c", b"a"),
        file(b"z", b"2"),
        hardlink(b"b", b"z"),
        directory(b"b"),
        directory(b"b/c/a"),
    ),
    "a file replaces a folder that no entry named": (
        file(b"b/c/a", b"1"),
        symlink(b"b/l", b"x"),
        file(b"b", b"2"),
        directory(b"b"),
        file(b"b/l/f", b"3"),
    ),
    "a file replaces it, and then a folder": (
        symlink(b"l", b"x"),
        file(b"l", b"2"),
        file(b"l/f", b"3"),
    ),
    "the folder is spelled otherwise": (
        directory(b"./b"),
        symlink(b"./b/c", b"../a"),
        file(b".//b", b"2"),
        directory(b"b"),
        file(b"./b/c/f", b"3"),
    ),
}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_what_replaced_a_symlink_ends_it(layer: tuple[Entry, ...]) -> None:
    wanted = without_root(expected(reference.merged((layer,))))
    assert without_root(Built((layer,)).merged(0)) == wanted
