"""The last column of a cross-section: what the finished image shows."""

from __future__ import annotations

from explorer.analysis.differences import KIND_WORDS, bytes_text, layer_list, plural
from explorer.analysis.opened import OpenImage
from explorer.analysis.section.grid import Grid
from explorer.analysis.section.values import CellKind, Merged
from explorer.filesystem.entry import EntryType
from explorer.filesystem.names import display


def describe_merged(image: OpenImage, grid: Grid, row: int, size: int) -> Merged:
    """What the finished image shows of one row; ``size`` is its bytes of content."""
    node = int(grid.nodes[row])
    sources = grid.sources[row].tolist()
    layers = grid.eventful_layers(row)
    unseen = sum(grid.event(row, layer).unseen for layer in layers)
    present = bool(sources) and sources[-1] >= 0
    part = _taking_part(grid, row, layers, sources[-1]) if present else ()
    opaque = _last_opaque(grid, row, layers) if present else -1
    hides = grid.event(row, opaque).hides if opaque >= 0 else 0
    layer = sources[-1] if present else _taken_by(sources)
    name = display(image.stack.trie.name(node))
    if present:
        kind = EntryType(int(grid.types[row]))
        text = f"The finished image shows the {KIND_WORDS[kind]} {name}"
        if kind is not EntryType.DIR:
            text += f" of layer {layer}"
            text += f": {bytes_text(size)}" if kind is EntryType.FILE else ""
        if kind is EntryType.DIR:
            text += f", put together from {layer_list(part)}: {bytes_text(size)} in it"
    elif layer >= 0:
        text = f"The finished image does not show {name}: layer {layer} took it away"
    else:
        text = f"No layer has {name}; there is only a whiteout for it"
    if hides:
        text += f"; layer {opaque} hid {plural(hides, 'entry', 'entries')} below"
    if unseen:
        text += f". Layers store another {bytes_text(unseen)} for it that nobody sees"
    size = size if present else 0
    return Merged(node, present, layer, part, size, unseen, opaque, hides, text + ".")


def _taking_part(grid: Grid, row: int, layers: list[int], provider: int) -> tuple[int, ...]:
    """The layers of which something is seen: content, or at least the folder itself."""
    events = {layer: grid.event(row, layer) for layer in layers}
    seen = {layer for layer, event in events.items() if event.stored > event.unseen}
    return tuple(sorted(seen or {provider}))


def _last_opaque(grid: Grid, row: int, layers: list[int]) -> int:
    kinds = (CellKind.OPAQUE, CellKind.REPLACED)
    found = [layer for layer in layers if grid.kinds[row, layer] in kinds]
    return found[-1] if found else -1


def _taken_by(sources: list[int]) -> int:
    """The layer that took a path away for good, -1 if no layer ever had it."""
    had = [layer for layer, source in enumerate(sources) if source >= 0]
    return had[-1] + 1 if had else -1
