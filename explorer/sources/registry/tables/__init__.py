"""Layers that carry a table of contents: listed without being fetched, read file by file.

::

    locating   where the table is, and whether it hashes to the digest the manifest states
    reading    its entries, one at a time
    indexing   entries to the columns of a layer index
    places     where the content lies
    contents   content, fetched and verified when it is read
"""

from __future__ import annotations

from explorer.progress import Job
from explorer.sources.image import Layer
from explorer.sources.indexed import IndexedLayer
from explorer.sources.registry.blob import RemoteBlob
from explorer.sources.registry.tables.contents import TableContents
from explorer.sources.registry.tables.indexing import index_of
from explorer.sources.registry.tables.locating import locate
from explorer.store.pieces import PieceCache

__all__ = ["open_table"]


def open_table(
    layer: Layer, blob: RemoteBlob, pieces: PieceCache, job: Job | None
) -> IndexedLayer | None:
    """A layer as its table of contents lists it; None where there is no table.

    Without ``job`` nothing is fetched. Such an index is never put into the cache of indexes: that
    the layer's tar holds what the table says is believed for this image alone, and each file is
    checked as it is read. Raises as :func:`~.locating.locate` and :func:`~.indexing.index_of`.
    """
    table = locate(blob, pieces, job)
    if table is None:
        return None
    index, places = index_of(table, job or Job())
    contents = TableContents(blob, table.compression, places, pieces)
    return IndexedLayer(layer, index, None, index.length, index.damage, table.kind, contents)
