"""The filter language, put to what the tree lists."""

from __future__ import annotations

import numpy as np

from explorer.analysis.query import (
    EVERY_LAYER,
    Marked,
    Scope,
    check_query,
    compile_query,
    select,
)
from explorer.filesystem.index import Array
from explorer.progress import Job
from explorer.ui.explore.listing import Listing, Mark
from explorer.ui.explore.loading import Filter
from explorer.ui.explore.model import Mode
from explorer.ui.tips import tip


def problem_of(words: str) -> str | None:
    """Why ``words`` are no query, or None if they are one, or nothing."""
    problem = check_query(words) if words.strip() else None
    return None if problem is None else problem.message


def in_words(words: str) -> str:
    """What a valid query asks, as a tool tip; nothing for no query."""
    return tip(f"Shown: {compile_query(words).describe()}") if words.strip() else ""


def filter_of(words: str) -> Filter:
    """Return the filter that a valid query is."""
    query = compile_query(words)

    def passes(listing: Listing, job: Job) -> Array:
        mask = np.zeros(len(listing.listed), bool)
        for scope in _scopes(listing):
            job.check()
            mask[select(listing.image, query, scope, job)] = True
        gone = listing.mark == Mark.GONE
        if gone.any():
            # Of what lower layers deleted, the last versions are asked.
            mask[gone] = False
            anywhere = select(listing.image, query, EVERY_LAYER, job)
            mask[anywhere[gone[anywhere]]] = True
        return mask

    return passes


def _scopes(listing: Listing) -> list[Scope]:
    image = listing.image
    if listing.last < 0:
        return []
    if listing.mode is Mode.LAYER:
        return list(range(listing.first, listing.last + 1))
    changes = image.changes(listing.first, listing.last)
    if listing.mode is Mode.COMPARE:
        return [changes]
    return [Marked(image.state(listing.last), changes)]
