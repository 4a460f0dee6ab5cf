"""What is said about the rows of the tree: how many there are, or why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.filesystem.index import Array
from explorer.filesystem.names import display
from explorer.ui import text
from explorer.ui.explore.listing import Listing, Mark
from explorer.ui.explore.place import ROOT, Mode

if TYPE_CHECKING:
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
