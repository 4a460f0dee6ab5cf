"""Ctrl+K: any path of any layer, deleted ones too, by a part of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtWidgets import QWidget

from explorer.analysis.opened import OpenImage
from explorer.analysis.query import EVERY_LAYER, compile_query, select
from explorer.filesystem.arrays import distinct
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display, unescape
from explorer.filesystem.stack import NOTHING
from explorer.progress import Job
from explorer.ui.explore.model import ViewerModel
from explorer.ui.palette import Choice
from explorer.ui.tasks import Operation

MOST: Final = 60
"""So many paths are offered."""
_RANKED: Final = 4000
"""So many matches are looked at to find the best of them."""
_WILD: Final = "*?["


@dataclass(frozen=True, slots=True)
class Found:
    """A path that matches, the layers that touch it, and whether it is there at the end."""

    node: int
    path: str
    layers: tuple[int, ...]
    is_there: bool
    is_folder: bool


class PathSource:
    """The paths of the model's image, for the palette; looked through in a thread."""

    placeholder = "Go to path: a part of its name, of the path, or a pattern such as *.conf"
    nothing = "No layer has a path like that"

    def __init__(self, model: ViewerModel, owner: QWidget, chosen: Callable[[int], object]) -> None:
        self._model, self._owner, self._chosen = model, owner, chosen

    def search(self, query: str, show: Callable[[Sequence[Choice]], None]) -> None:
        """Offer the paths that match, the likeliest first."""
        image = self._model.image
        wanted = query.strip()
        if image is None or not wanted:
            show(())
            return
        (
            Operation(self._owner, "Looking for paths")
            .work(lambda job: find_paths(image, wanted, job))
            .success(lambda found: show([self._choice(one, wanted) for one in found]))
            .quiet()
            .replacing("go-to-path")
            .start()
        )

    def _choice(self, found: Found, wanted: str) -> Choice:
        folder, _, name = found.path.rpartition("/")
        at = name.lower().find(wanted.rpartition("/")[2].lower())
        length = len(wanted.rpartition("/")[2]) if at >= 0 else 0
        return Choice(
            title=name or "/",
            detail=f"{folder or '/'}   {_fate(found)}",
            icon="folder" if found.is_folder else "file" if found.is_there else "whiteout",
            matched=tuple(range(at, at + length)),
            run=lambda: self._chosen(found.node),
        )


def find_paths(image: OpenImage, wanted: str, job: Job) -> list[Found]:
    """The paths of all layers that contain ``wanted``, or match it as a pattern; best first."""
    nodes = select(image, compile_query(_query(wanted)), EVERY_LAYER, job)
    exact = image.stack.trie.find(unescape(wanted)) if wanted.startswith("/") else None
    job.check()
    if len(nodes) > _RANKED:
        named = select(image, compile_query(f"name={_quoted(wanted)}"), EVERY_LAYER, job)
        nodes = distinct(np.concatenate((named, nodes[:_RANKED])))
    trie = image.stack.trie
    scored = sorted(
        (_score(display(trie.name(node)), wanted), len(path), node)
        for node, path in zip(nodes.tolist(), trie.paths(nodes), strict=True)
    )
    best = [node for _, _, node in scored[:MOST]]
    if exact is not None:
        best = [exact, *(node for node in best if node != exact)]
    return [_found(image, node) for node in best]


def _query(wanted: str) -> str:
    key = "path" if "/" in wanted else "name"
    pattern = any(sign in wanted for sign in _WILD)
    return f"{key}:{wanted if pattern and ' ' not in wanted else _quoted(wanted)}"


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _score(name: str, wanted: str) -> int:
    """The lower, the likelier: the very name, its beginning, the beginning of a word, anywhere."""
    last = wanted.rpartition("/")[2].lower()
    lowered = name.lower()
    if lowered == last:
        return 0
    if lowered.startswith(last):
        return 1
    at = lowered.find(last)
    return 2 if at > 0 and not lowered[at - 1].isalnum() else 3


def _found(image: OpenImage, node: int) -> Found:
    stack = image.stack
    layers = tuple(
        number
        for number, delta in enumerate(stack.deltas)
        if (row := int(np.searchsorted(delta.nodes, node))) < len(delta.nodes)
        and delta.nodes[row] == node
    )
    provider = int(image.final.visible[node])
    is_folder = int(stack.trie.end[node]) > node + 1
    if provider != NOTHING and not is_folder:
        is_folder = int(stack.column("type", np.array([provider]))[0]) == EntryType.DIR
    path = display(stack.trie.path(node))
    return Found(node, path, layers, provider != NOTHING, is_folder)


def _fate(found: Found) -> str:
    """Which layers touched it, and what became of it."""
    layers = ", ".join(map(str, found.layers))
    if found.is_there:
        return f"layer {layers}" if len(found.layers) == 1 else f"layers {layers}"
    return f"deleted in layer {found.layers[-1]}" if found.layers else "deleted"
