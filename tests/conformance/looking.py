"""Short words for looking into an opened image, for tests."""

from __future__ import annotations

from explorer.analysis.opened import OpenImage
from explorer.analysis.timeline import Version, timeline
from explorer.filesystem.entry import Entry
from explorer.filesystem.index import LayerIndex


def merged(image: OpenImage, upto: int | None = None) -> dict[str, Entry]:
    """The filesystem as of a layer, the final one by default, by path; its root left out."""
    state = image.state(image.top if upto is None else upto)
    nodes = state.nodes()[1:].tolist()
    entries = [entry for node in nodes if (entry := state.entry(node)) is not None]
    return {entry.path.decode("utf-8", "surrogateescape"): entry for entry in entries}


def own(image: OpenImage, layer: int) -> list[Entry]:
    """The entries of one layer's tar, in its order."""
    index = index_of(image, layer)
    return [index.entry(number) for number in range(len(index))]


def index_of(image: OpenImage, layer: int) -> LayerIndex:
    """The index of a layer that is here."""
    index = image.layers[layer].index
    assert index is not None
    return index


def content(image: OpenImage, path: str, upto: int | None = None) -> bytes:
    """All bytes of a file as of a layer."""
    state = image.state(image.top if upto is None else upto)
    node = state.find(path.encode("utf-8", "surrogateescape"))
    return b"".join(image.content(int(state.visible[node])).chunks())


def history(image: OpenImage, path: str) -> tuple[Version, ...]:
    """The versions of a path, lowest layer first."""
    return timeline(image, image.node(path))


def changes(image: OpenImage, path: str) -> list[tuple[int, str, tuple[str, ...]]]:
    """The timeline in words: layer, change, and what differs."""
    return [
        (v.layer, v.change.word, tuple(aspect.word for aspect in v.what))
        for v in history(image, path)
    ]
