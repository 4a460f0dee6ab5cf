"""One trial: open a file, look at everything, and say what came of it."""

from __future__ import annotations

import contextlib
import random
from itertools import islice
from pathlib import Path

from explorer.analysis.dive import dive_figures
from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.timeline import timeline
from explorer.analysis.waste import measure_waste
from explorer.errors import AmbiguousImage, ExplorerError, NotFound
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display, document_text
from explorer.store.cache import Caches

_NODES, _FILES = 60, 12  # looked at in each image
_MOST = 1 << 20  # bytes read of one file


def examine(path: Path, caches: Caches, chance: random.Random) -> str:
    """Open and look through; the outcome in a word. Lets anything but an ExplorerError out."""
    try:
        opened = _open(str(path), caches)
    except ExplorerError as error:
        str(error).encode("utf-8", "surrogateescape")
        return type(error).__name__
    try:
        look_through(opened, chance)
        return "damaged" if opened.problems else "opened"
    finally:
        opened.close(keep=False)


def _open(name: str, caches: Caches) -> OpenImage:
    try:
        return open_image(name, caches=caches)
    except AmbiguousImage as error:
        first = error.choices[0].partition(" ")[0].rstrip(",")
        return open_image(f"{name}:{first}", caches=caches)


def look_through(opened: OpenImage, chance: random.Random) -> None:
    """Ask everything a user can ask, of a few paths each."""
    for text in opened.warnings:
        text.encode("utf-8", "surrogateescape")
    _ = opened.steps, opened.instructions, opened.image.reference, opened.image.title
    for layer in range(len(opened.layers)):
        opened.changes(layer).counts()
        _look_at_changes(opened, layer)
    opened.final.sizes(), opened.final.counts()
    measure_waste(opened)
    dive_figures(opened)
    count = len(opened.stack.trie)
    for node in chance.sample(range(count), min(count, _NODES)):
        path = opened.stack.trie.path(node)
        assert opened.node(path) == node
        assert document_text(path).encode()
        assert display(path)
        timeline(opened, node)
        opened.final.links(node)
        opened.final.entry(node)
        _follow(opened, path)
    _read_some(opened, chance)


def _look_at_changes(opened: OpenImage, layer: int) -> None:
    changes = opened.changes(layer)
    for row in range(min(len(changes), 10)):
        changes.what(row), changes.old(row), changes.new(row)


def _follow(opened: OpenImage, path: bytes) -> None:
    with contextlib.suppress(NotFound):
        opened.resolve(opened.final, path)


def _read_some(opened: OpenImage, chance: random.Random) -> None:
    """The content of some files of any layer, deleted ones too."""
    found = [
        (layer, entry)
        for layer, index in enumerate(opened.stack.layers)
        if index is not None
        for entry in (index.type == EntryType.FILE).nonzero()[0][:200].tolist()
    ]
    for layer, entry in chance.sample(found, min(len(found), _FILES)):
        try:
            content = opened.contents.open(layer, entry)
            read = sum(map(len, islice(content.chunks(), _MOST >> 20)))
            assert read == min(content.size, _MOST)
            content.read_at(max(0, content.size - 10), 20)
        except ExplorerError as error:
            str(error)
