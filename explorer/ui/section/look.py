"""How one cell of the cross-section looks: everything the painter needs, and no Qt widget.

A version of a path is a block in the column of the layer that stores it, in that layer's colour.
A thread runs from it to the right as long as it shows through, into the merged column if it is what
a container sees. What a container does not see in the end is pale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.analysis.section import CellKind, Section
from explorer.filesystem.entry import EntryType
from explorer.ui import text


@dataclass(frozen=True, slots=True)
class Thread:
    """A version on its way up: the layer whose colour it has, and whether it reaches the top."""

    layer: int
    reaches: bool


@dataclass(frozen=True, slots=True)
class CellLook:
    """One cell. ``enters`` and ``leaves`` are the threads at its left and right edge.

    ``label`` is written into the block where there is room, ``glyph`` always.
    """

    kind: CellKind
    layer: int
    enters: Thread | None = None
    leaves: Thread | None = None
    covered: bool = False
    folder: bool = False
    glyph: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class MergedLook:
    """One cell of the last column: ``layers`` give the colours, the rest is text."""

    present: bool
    layers: tuple[int, ...]
    size: str
    origin: str
    note: str
    unseen: str


_MARKED = {
    CellKind.COPIED: "~",
    CellKind.METADATA: "m",
    CellKind.AGAIN: "=",
    CellKind.REPLACED: "⇄",
    CellKind.OPAQUE: "◌",
    CellKind.WHITEOUT: "✕",
}


def cell_look(section: Section, row: int, layer: int) -> CellLook:
    """Look up how a cell looks; quick, for every cell in view is asked for at every repaint."""
    kind = section.kind(row, layer)
    if kind is CellKind.ABSENT:
        return CellLook(kind, layer)
    folder = section.is_dir(row)
    leaves = _thread(section, row, layer)
    enters = _thread(section, row, layer - 1) if layer else None
    if kind is CellKind.SHOWS:
        return CellLook(kind, layer, enters, leaves, folder=folder)
    label = ""
    if kind.stores or kind is CellKind.INSIDE:
        stored = section.grid.event(row, layer).stored
        label = text.size(stored) if stored else ""
    return CellLook(
        kind=kind,
        layer=layer,
        enters=enters,
        leaves=leaves,
        covered=section.covered(row, layer),
        folder=folder,
        glyph=_MARKED.get(kind, ""),
        label=label,
    )


@dataclass(frozen=True, slots=True)
class Run:
    """Cells of one row, ``first`` to ``last``: one in which something happens, or several in
    which one ``thread`` goes on.
    """

    first: int
    last: int
    thread: Thread | None = None


def runs(section: Section, row: int, layers: range) -> Iterator[Run]:
    """Return what there is to paint of a row, as few pieces as possible."""
    if not layers:
        return
    kinds = section.grid.kinds[row, layers.start : layers.stop].tolist()
    start = -1
    for layer, kind in zip(layers, [*kinds[1:], CellKind.ABSENT], strict=True):
        here = kinds[layer - layers.start]
        if here == CellKind.SHOWS:
            start = layer if start < 0 else start
            if kind != CellKind.SHOWS:
                yield Run(start, layer, _thread(section, row, layer))
                start = -1
        elif here != CellKind.ABSENT:
            yield Run(layer, layer)


def _thread(section: Section, row: int, layer: int) -> Thread | None:
    source = section.source(row, layer)
    if source < 0:
        return None
    last = section.source(row, section.layers - 1)
    return Thread(source, last >= 0 if section.is_dir(row) else last == source)


def merged_look(section: Section, row: int) -> MergedLook:
    """Look up the last column of a row."""
    merged = section.merged(row)
    unseen = f"{text.size(merged.unseen)} unseen" if merged.unseen else ""
    if merged.present:
        plain = section.type(row) in (EntryType.FILE, EntryType.DIR)
        size = text.size(merged.size) if plain else section.type(row).word
        note = f"opaque from {merged.opaque}: {merged.hides} hidden" if merged.hides else ""
        return MergedLook(True, merged.layers, size, _origin(merged.layers), note, unseen)
    if merged.layer < 0:
        return MergedLook(False, (), "", "nothing to delete", "", "")
    hidden = section.kind(row, merged.layer) is CellKind.HIDDEN
    how = "hidden" if hidden else "deleted"
    return MergedLook(False, (), "", f"{how} in {merged.layer}", "", unseen)


def _origin(layers: tuple[int, ...]) -> str:
    if len(layers) > 2:
        return f"from {len(layers)} layers"
    return f"from {', '.join(map(str, layers))}"
