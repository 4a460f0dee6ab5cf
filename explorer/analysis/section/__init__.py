"""A folder cut through the stack: a row for each entry, a column for each layer, and the result.

This is the data of the overlay cross-section. Every path that any layer has in the folder is a row,
deleted ones too. The kinds of all cells are computed at once, in columns, so that a folder of
100,000 entries in 127 layers stays light; a cell with its words is made only when it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.section.grid import Grid, build
from explorer.analysis.section.merged import describe_merged
from explorer.analysis.section.values import Cell, CellKind, Event, Inside, Merged, Row
from explorer.analysis.section.words import Place, describe
from explorer.filesystem.entry import EntryType
from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.progress import Job

__all__ = ["Cell", "CellKind", "Event", "Inside", "Merged", "Row", "Section", "cross_section"]


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A folder of an image through all layers; the folders in it come first, both by name.

    ``sizes`` has the bytes of content of each row in the finished image.
    """

    image: OpenImage
    folder: int
    grid: Grid
    sizes: Array

    def __len__(self) -> int:
        return len(self.grid.nodes)

    @property
    def layers(self) -> int:
        """How many columns there are, the merged one not counted."""
        return len(self.image.layers)

    @property
    def rows(self) -> Iterator[Row]:
        """Every row, made as it is asked for."""
        return (self.row(row) for row in range(len(self)))

    def row(self, row: int) -> Row:
        """One row with all its cells."""
        cells = tuple(self.cell(row, layer) for layer in range(self.layers))
        return Row(self.node(row), self.name(row), self.type(row), cells, self.merged(row))

    def node(self, row: int) -> int:
        """The node of a row."""
        return int(self.grid.nodes[row])

    def find(self, node: int) -> int | None:
        """The row of a node, or None if it is not in this folder."""
        rows = np.flatnonzero(self.grid.nodes == node)
        return int(rows[0]) if len(rows) else None

    def name(self, row: int) -> str:
        """The name of an entry as shown to a person."""
        return display(self.image.stack.trie.name(self.node(row)))

    def type(self, row: int) -> EntryType:
        """What the entry is, or was when it last showed."""
        return EntryType(int(self.grid.types[row]))

    def is_dir(self, row: int) -> bool:
        """Whether it is a folder, or was when it last showed."""
        return self.type(row) is EntryType.DIR

    def present(self, row: int) -> bool:
        """Whether the finished image has it."""
        return self.layers > 0 and int(self.grid.sources[row, -1]) >= 0

    def kind(self, row: int, layer: int) -> CellKind:
        """The kind of one cell."""
        return CellKind(int(self.grid.kinds[row, layer]))

    def source(self, row: int, layer: int) -> int:
        """The layer whose version shows once ``layer`` is on the stack, -1 for none."""
        return int(self.grid.sources[row, layer])

    def covered(self, row: int, layer: int) -> bool:
        """Whether the layer stores a version here that the finished image does not show."""
        return self._place(row, layer).covered

    def cell(self, row: int, layer: int) -> Cell:
        """One cell in plain words."""
        return describe(self._place(row, layer))

    def merged(self, row: int) -> Merged:
        """The last column of a row."""
        return describe_merged(self.image, self.grid, row, int(self.sizes[row]))

    def eventful(self) -> Array:
        """The rows that more than one layer has a hand in: what the picture is about."""
        return np.flatnonzero((self.grid.kinds > CellKind.SHOWS).sum(axis=1) > 1)

    def _place(self, row: int, layer: int) -> Place:
        return Place(self.image, self.grid, row, layer)


def cross_section(image: OpenImage, folder: int, job: Job | None = None) -> Section:
    """Cut the stack of ``image`` through the folder at node ``folder``.

    Content is read where nothing else can tell two versions apart: call it in a thread. Raises
    :class:`explorer.errors.Cancelled`.
    """
    grid = build(image, folder, job or Job())
    sizes = image.final.sizes()[grid.nodes] if image.layers else np.zeros(len(grid.nodes), np.int64)
    return Section(image, folder, grid, sizes)
