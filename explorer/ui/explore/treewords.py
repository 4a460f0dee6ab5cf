"""What is said about the rows of the tree: how many there are, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.ui import text
from explorer.ui.explore.listing import Listing, Mark
from explorer.ui.explore.place import ROOT, Mode

if TYPE_CHECKING:
    from explorer.sources.image import Image
    from explorer.ui.explore.loading import Made


def counts(listing: Listing, top: int, chosen: Array | None) -> str:
    """How many paths are listed below a folder, and how many of them bear each mark.

    ``chosen`` is the mask of a filter. Takes a while for a million paths: call it in a thread.
    """
    below = slice(top + 1, int(listing.image.stack.trie.end[top]))
    everything = listing.listed[below]
    listed = everything if chosen is None else everything & chosen[below]
    total = int(listed.sum())
    parts = [text.plural(total, "path")]
    if chosen is not None:
        parts = [f"{text.count(total)} of {text.plural(int(everything.sum()), 'path')}"]
    marks = np.bincount(listing.mark[below][listed], minlength=len(Mark))
    for mark, word in (
        (Mark.ADDED, "added"),
        (Mark.MODIFIED, "modified"),
        (Mark.REMOVED, "deleted"),
        (Mark.PASSING, "added and deleted again"),
        (Mark.SAME, "stored again unchanged"),
        (Mark.GONE, "deleted below"),
    ):
        if marks[mark]:
            parts.append(f"{text.count(int(marks[mark]))} {word}")
    return " · ".join(parts)


def why_empty(made: Made) -> tuple[str, str]:
    """Why an arrangement has no rows, and what to do about it."""
    if made.chosen is not None and made.listing.count:
        return "Nothing matches the filter", "Press Escape in the filter to see everything."
    indexed = made.wanted.image.layers[: made.wanted.last + 1]
    unread = [number for number, layer in enumerate(indexed) if layer.index is None]
    if unread and made.wanted.top == ROOT:
        layers = text.plural(len(unread), "layer")
        why = indexed[unread[-1]].problem or "it is still being read"
        return f"{layers} cannot be shown", f"Layer {unread[-1]}: {why}."
    if made.wanted.last < 0:
        return "This image has no layers", "There are no files to show."
    if made.wanted.top != ROOT:
        path = display(made.wanted.image.stack.trie.path(made.wanted.top))
        return f"Nothing in {path}", "Backspace leads to the folder above."
    if made.wanted.mode is Mode.MERGED:
        return "The filesystem is empty", "No layer up to here puts a file in it."
    layers = "These layers change" if made.wanted.first < made.wanted.last else "This layer changes"
    return f"{layers} no files", "See the whole filesystem with “Merged here”."


def without(layers: Sequence[int]) -> str:
    """What a count leaves out: layers of a registry that are not listed."""
    if not layers:
        return ""
    named = f"layer {layers[0]}" if len(layers) == 1 else text.plural(len(layers), "layer")
    return f" · without {named}, not listed"


def unsure(*, below: bool) -> str:
    """What makes marks unsure: they tell of what is below, as far as that is listed."""
    return " · layers below are not listed" if below else ""


def why_coming(layers: Sequence[int]) -> tuple[str, str]:
    """Why there are no files of layers that are being fetched."""
    if len(layers) == 1:
        return f"Listing layer {layers[0]}", "Its files appear here when it has come."
    return f"Listing {text.plural(len(layers), 'layer')}", "Their files appear here as they come."


def why_unlisted(document: Image | None, layers: Sequence[int]) -> tuple[str, str]:
    """Why there are no files of layers that lie in a registry, and what listing them costs."""
    sizes = {
        layer.digest or layer.index: layer.stored
        for layer in (document.layers if document is not None else ())
        if layer.index in layers
    }
    cost = f"fetches {text.size(sum(sizes.values()))} at most"
    if len(layers) == 1:
        return f"Layer {layers[0]} is not listed yet", f"It is in the registry; listing it {cost}."
    title = f"{text.plural(len(layers), 'layer')} are not listed yet"
    return title, f"They are in the registry; listing them {cost}."
