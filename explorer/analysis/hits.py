"""What a search found, as rows of a listing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from explorer.analysis.bulk import entries
from explorer.analysis.listing import Listed, as_removed
from explorer.analysis.opened import OpenImage
from explorer.analysis.query import Hit
from explorer.filesystem.entry import Change

_PAGE = 1024


def listed_hits(image: OpenImage, hits: Iterable[Hit]) -> Iterator[Listed]:
    """Each version found, with what its layer did to the path, in their order."""
    stack, source = image.stack, iter(hits)
    while page := list(islice(source, _PAGE)):
        nodes = np.array([hit.node for hit in page], np.int64)
        providers = np.array([hit.provider for hit in page], np.int64)
        for hit, entry in zip(page, entries(stack, nodes, providers), strict=True):
            row = Listed(entry, hit.change, hit.what(stack))
            yield as_removed(row, hit.layer) if hit.change is Change.REMOVED else row
