"""The caches of one user, together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.store.folder import cache_root
from explorer.store.indexes import IndexCache
from explorer.store.pieces import PieceCache
from explorer.store.plain import PlainCache
from explorer.store.verified import VerifiedBlobs


@dataclass(frozen=True, slots=True)
class Caches:
    """Layer indexes, plain layers, notes of what was verified, and small things fetched."""

    indexes: IndexCache
    plain: PlainCache
    verified: VerifiedBlobs
    pieces: PieceCache

    @classmethod
    def at(cls, root: Path | None = None) -> Caches:
        """The caches below a folder; the user's own by default."""
        folder = root or cache_root()
        return cls(
            IndexCache(folder), PlainCache(folder), VerifiedBlobs(folder), PieceCache(folder)
        )
