"""Content digests: the names by which blobs are known.

Follows the grammar of the OCI image specification, descriptor.md, section "Digests".
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from explorer.errors import DamagedImage, DigestMismatch, Unsupported

if TYPE_CHECKING:
    from hashlib import _Hash

    from _typeshed import ReadableBuffer

SHORT_LENGTH: Final = 12
"""How many characters of a digest are shown where it only has to be told from its neighbours."""

_HEX_LENGTHS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}
_GRAMMAR: Final = re.compile(r"([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)")
_LOWER_HEX: Final = re.compile(r"[0-9a-f]+")
# A digest becomes a file name in a layout, and 255 bytes is the limit of every file system.
_LONGEST: Final = 255


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A hash algorithm and the encoded hash; ``str()`` gives ``sha256:6c3c62...``."""

    algorithm: str
    encoded: str

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``algorithm:encoded``.

        The lengths and the lower-case hexadecimal of sha256, sha384 and sha512 are checked; other
        algorithms are accepted as long as they are well formed, for the specification lets
        anyone register one.

        Raises:
            DamagedImage: it is not a digest.
        """
        match = _GRAMMAR.fullmatch(text)
        if match is None:
            raise _bad(text, "it does not have the form algorithm:hash")
        algorithm, encoded = match.groups()
        if max(len(algorithm), len(encoded)) > _LONGEST:
            raise _bad(text, f"it is longer than {_LONGEST} characters")
        length = _HEX_LENGTHS.get(algorithm)
        if length is not None and len(encoded) != length:
            raise _bad(text, f"{algorithm} has {length} digits, and this one has {len(encoded)}")
        if length is not None and not _LOWER_HEX.fullmatch(encoded):
            raise _bad(text, f"{algorithm} is written in the digits 0-9 and a-f, in lower case")
        return cls(algorithm, encoded)

    @classmethod
    def of(cls, data: ReadableBuffer, algorithm: str = "sha256") -> Digest:
        """The digest of some bytes; raises :class:`Unsupported` for an unknown algorithm."""
        hasher = _new(algorithm)
        hasher.update(data)
        return cls.from_hasher(hasher)

    @classmethod
    def from_hasher(cls, hasher: _Hash) -> Digest:
        """The digest of everything a :mod:`hashlib` object has been fed."""
        return cls(hasher.name, hasher.hexdigest())

    @property
    def short(self) -> str:
        """The first characters of the hash, as Docker shows an image ID."""
        return self.encoded[:SHORT_LENGTH]

    @property
    def blob_path(self) -> str:
        """Where an OCI image layout keeps the blob: ``blobs/sha256/6c3c62...``."""
        return f"blobs/{self.algorithm}/{self.encoded}"

    @property
    def verifiable(self) -> bool:
        """Whether content can be checked against it here."""
        return self.algorithm in _HEX_LENGTHS

    def hasher(self) -> _Hash:
        """A fresh :mod:`hashlib` object of this algorithm.

        Raises:
            Unsupported: the algorithm is not known here.
        """
        return _new(self.algorithm)

    def verify(self, data: ReadableBuffer, what: str = "The content") -> None:
        """Check that ``data`` hashes to this digest; ``what`` names it in the message.

        Raises:
            DigestMismatch: it does not.
            Unsupported: the algorithm is not known here.
        """
        hasher = self.hasher()
        hasher.update(data)
        self.verify_hasher(hasher, what)

    def verify_hasher(self, hasher: _Hash, what: str = "The content") -> None:
        """Check content that was hashed while it streamed by; raises as :meth:`verify`."""
        found = self.from_hasher(hasher)
        if found != self:
            raise DigestMismatch(
                f"{what} does not match its digest",
                why=f"it should be {self} and is {found}",
                hint="It was damaged or tampered with: fetch the image again",
            )

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.encoded}"


def _new(algorithm: str) -> _Hash:
    if algorithm not in _HEX_LENGTHS:
        raise Unsupported(
            f"Digests of the algorithm {algorithm!r} cannot be computed",
            why=f"Layerscope knows {', '.join(_HEX_LENGTHS)}",
            hint="The content can be shown, but not verified",
        )
    return hashlib.new(algorithm, usedforsecurity=False)


def _bad(text: str, why: str) -> DamagedImage:
    shown = text if len(text) <= 100 else f"{text[:100]}…"
    return DamagedImage(
        f"{shown!r} is not a digest",
        why=why,
        hint="A digest looks like sha256: followed by 64 hexadecimal digits",
    )
