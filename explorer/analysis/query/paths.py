"""Patterns for names and paths, asked of all nodes of a trie at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from explorer.analysis.query.glob import Glob
from explorer.analysis.query.strings import Strings
from explorer.analysis.query.text import Text
from explorer.filesystem.index import Array
from explorer.filesystem.union import UnionTrie


@dataclass(frozen=True, slots=True)
class PathPattern:
    """Patterns of names, one below the other; ``None`` stands for any number of names.

    ``anchored`` begins at the root, else anywhere. ``itself`` takes what matches, ``below``
    everything under it.
    """

    steps: tuple[Glob | None, ...]
    anchored: bool
    itself: bool = True
    below: bool = False

    @classmethod
    def parse(cls, text: Text) -> PathPattern:
        """A pattern if it has a star or the like, else a text that a path shall hold.

        In a pattern ``*`` stays within a name and ``**`` does not; a slash at the start means the
        root, one at the end means everything below.
        """
        names = [part for part in text.split("/") if part]
        anchored, below = text.chars.startswith("/"), text.chars.endswith("/")
        if not names:
            return cls((None,), True)
        if text.is_glob:
            deep = not below and _is_deep(names[-1])
            if deep:
                names.pop()
            steps = tuple(None if _is_deep(name) else _glob(name, text) for name in names)
            return cls(steps or (None,), anchored, not (below or deep), below or deep)
        last = len(names) - 1
        steps = tuple(
            _glob(
                name, text, before=not number and not anchored, after=number == last and not below
            )
            for number, name in enumerate(names)
        )
        return cls(steps, anchored, not below, below=True)

    @classmethod
    def exactly(cls, text: Text) -> PathPattern:
        """The pattern of one path."""
        names = [part for part in text.split("/") if part]
        return cls(tuple(replace(Glob.exactly(name), fold=text.folds) for name in names), True)

    def nodes(self, trie: UnionTrie) -> Array:
        """Which nodes match, as a mask."""
        reached: Array | None = None  # None: anywhere
        if self.anchored:
            reached = np.zeros(len(trie), bool)
            reached[0] = True
        for step in self.steps:
            if step is None:
                reached = None if reached is None else subtrees(trie, reached)
                continue
            named = names_matching(trie, step)
            if reached is None:
                reached = named
                continue
            rows = np.flatnonzero(named)
            rows = rows[reached[trie.parent[rows]]]
            reached = np.zeros(len(trie), bool)
            reached[rows] = True
        if reached is None:
            return np.ones(len(trie), bool)
        if not self.below:
            return reached
        under = subtrees(trie, reached)
        if not self.itself:
            # What matches can itself lie below another that does.
            tops = np.flatnonzero(reached)
            under[tops[~subtrees(trie, reached, own=False)[tops]]] = False
        return under


def names_matching(trie: UnionTrie, glob: Glob) -> Array:
    """Which nodes have a name that a pattern matches, as a mask; the root has none."""
    mask = np.zeros(len(trie), bool)
    for layer, placed in zip(trie.layers, trie.placed, strict=True):
        if layer is not None:
            mask[placed[glob.select(Strings(layer.names, layer.name_at))]] = True
    mask[0] = False
    return mask


def subtrees(trie: UnionTrie, tops: Array, *, own: bool = True) -> Array:
    """The nodes at (with ``own``) and below those of a mask, as a mask."""
    nodes = np.flatnonzero(tops)
    steps = np.zeros(len(trie) + 1, np.int32)
    np.add.at(steps, nodes + (not own), 1)
    np.add.at(steps, trie.end[nodes], -1)
    covered: Array = np.cumsum(steps[:-1], dtype=np.int32) > 0
    return covered


def _is_deep(name: Text) -> bool:
    return name.chars == "**" and name.is_glob


def _glob(name: Text, whole: Text, *, before: bool = False, after: bool = False) -> Glob:
    glob = Glob.parse(name, before=before, after=after)
    # A capital letter anywhere in the path makes all of it exact.
    return glob if glob.fold == whole.folds else glob.exact()
