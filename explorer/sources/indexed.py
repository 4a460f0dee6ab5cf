"""A layer with its index, and how that came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from explorer.blobs.access import RandomAccess
from explorer.filesystem.index import LayerIndex
from explorer.oci import Digest
from explorer.sources.image import Layer


class ListedBy(StrEnum):
    """What an index was made of: the layer's tar, or a table of contents that it carries.

    A table tells names, types, sizes, modes, owners, attributes and links, and the digest of each
    file. That the layer's tar holds the same, nobody has seen.
    """

    TAR = "tar"
    ESTARGZ = "estargz"
    ZSTD_CHUNKED = "zstd:chunked"


class Contents(RandomAccess, Protocol):
    """The content of files where the offsets of an index lead, if that is not the plain tar."""

    def digest_at(self, offset: int) -> Digest | None:
        """What the file at an offset hashes to, where that is known without reading it."""


@dataclass(frozen=True, slots=True)
class IndexedLayer:
    """A layer with its index.

    ``verified`` is True where the content hashes to the digests it goes by, False where it does
    not, None where that was not looked at. ``size`` is the plain tar's length in bytes (0 where it
    is unknown, see :attr:`size_known`). ``problem`` says what is wrong with the layer as a whole;
    what could be read is in the index all the same. ``contents`` is set where the index was made
    of a table of contents: offsets in it are those of ``contents``, and each file is verified as it
    is read.
    """

    layer: Layer
    index: LayerIndex | None
    verified: bool | None
    size: int
    problem: str = ""
    listed_by: ListedBy = ListedBy.TAR
    contents: Contents | None = field(default=None, repr=False, compare=False)

    @property
    def unread(self) -> bool:
        """Whether the layer can be listed and was not: it is in a registry, and not fetched."""
        layer = self.layer
        return self.index is None and not self.problem and not layer.missing and layer.is_tar

    @property
    def size_known(self) -> bool:
        """Whether ``size`` is what the plain tar takes."""
        return not self.unread and (self.contents is None or self.size > 0)
