"""The files of the store: an OCI image layout (OCI image specification, image-layout.md)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.blobs.access import SharedFile
from explorer.errors import DamagedImage, ExplorerError, NotFound, UsageError
from explorer.oci import Descriptor, Digest, ImageIndex, media, parse_manifest
from explorer.store.images.files import cannot_write, replace_file, sync_folder

_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
_EMPTY = ImageIndex(()).encode()
_MOST_DOCUMENT = 16 << 20  # bytes of a manifest, an index or a configuration


@dataclass(frozen=True, slots=True)
class Layout:
    """One folder that is, or becomes, an OCI image layout; ``private`` to its owner or not."""

    root: Path
    private: bool = True

    @property
    def ingest(self) -> Path:
        """Where blobs are written before they have their name."""
        return self.root / "ingest"

    @property
    def index_lock(self) -> Path:
        """Held while ``index.json`` changes."""
        return self.root / "lock"

    @property
    def use_lock(self) -> Path:
        """Held, shared, while blobs are being brought in; alone, while some are removed."""
        return self.root / "use.lock"

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored; what may not be looked at counts as nothing."""
        try:
            return (self.root / "oci-layout").is_file()
        except PermissionError:
            return False

    def make(self) -> None:
        """Make the folder a layout, if it is none yet."""
        if self.exists:
            return
        try:
            self._refuse_a_folder_of_something_else()
            for folder in (self.root, self.root / "blobs" / "sha256", self.ingest):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700 if self.private else 0o777)
        except OSError as error:
            raise cannot_write(self.root, error) from error
        if not (self.root / "index.json").exists():
            replace_file(self.root / "index.json", _EMPTY)
        replace_file(self.root / "oci-layout", _LAYOUT)

    def _refuse_a_folder_of_something_else(self) -> None:
        ours = {"blobs", "ingest", "index.json", "oci-layout", "lock", "use.lock"}
        if self.root.is_dir():
            for entry in self.root.iterdir():
                if entry.name not in ours and not entry.name.startswith("."):
                    raise UsageError(
                        f"{self.root} is no image store",
                        why=f"it holds {entry.name}",
                        hint="Name an empty folder, or none",
                    )

    def index(self) -> ImageIndex:
        """Everything the layout holds.

        Raises :class:`DamagedImage` where ``index.json`` is not an index.
        """
        path = self.root / "index.json"
        try:
            data = path.read_bytes() if path.stat().st_size <= _MOST_DOCUMENT else b""
        except FileNotFoundError:
            return ImageIndex(())
        except OSError as error:
            raise cannot_write(self.root, error) from error
        try:
            index = parse_manifest(data, media.OCI_INDEX)
        except DamagedImage as error:
            raise self._damaged(str(error)) from error
        if not isinstance(index, ImageIndex):
            raise self._damaged("it is a manifest")
        return index

    def _damaged(self, why: str) -> DamagedImage:
        return DamagedImage(
            "The image store is damaged",
            why=f"{self.root / 'index.json'}: {why}",
            hint="layerscope fsck --repair makes a new one from the images that are whole",
        )

    def write_index(self, manifests: Sequence[Descriptor]) -> None:
        """Replace what the layout names; hold :attr:`index_lock` meanwhile."""
        replace_file(self.root / "index.json", ImageIndex(tuple(manifests)).encode())

    # -- blobs --------------------------------------------------------------------------------

    def blob(self, digest: Digest) -> Path:
        """Where a blob is, or would be."""
        return self.root / digest.blob_path

    def has(self, digest: Digest, size: int | None = None) -> bool:
        """Whether a blob is here, and as long as it should be."""
        try:
            found = self.blob(digest).lstat()
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and size in (None, found.st_size)

    def open(self, digest: Digest) -> SharedFile:
        """A blob, readable anywhere; raises :class:`NotFound`."""
        if not self.has(digest):
            raise NotFound(
                f"Blob {digest.short} is not in the image store",
                hint="layerscope fsck tells which images need it",
            )
        return SharedFile(self.blob(digest))

    def document(self, digest: Digest) -> bytes:
        """A manifest, an index or a configuration, verified.

        Raises :class:`NotFound`, :class:`explorer.errors.DigestMismatch`, :class:`DamagedImage`.
        """
        file = self.open(digest)
        try:
            if file.size > _MOST_DOCUMENT:
                raise DamagedImage(
                    f"Blob {digest.short} is no manifest", why=f"it has {file.size:,} bytes"
                )
            data = file.read_at(0, file.size)
        finally:
            file.close()
        digest.verify(data, "A blob of the image store")
        return data

    def blobs(self) -> Iterator[tuple[Digest, Path, int]]:
        """Every blob with its size in bytes; files of other names are passed over."""
        for folder in sorted((self.root / "blobs").glob("*")):
            if not folder.is_dir() or folder.is_symlink():
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    digest = _digest(folder.name, entry.name)
                    if digest is not None and entry.is_file(follow_symlinks=False):
                        size = entry.stat(follow_symlinks=False).st_size
                        yield digest, Path(entry.path), size

    def remove(self, digest: Digest) -> None:
        """Delete a blob; hold :attr:`use_lock` alone meanwhile."""
        path = self.blob(digest)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path.parent, error) from error

    def settle(self, aside: Path, digest: Digest) -> None:
        """Give a file of :attr:`ingest`, already flushed, its name among the blobs."""
        path = self.blob(digest)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside.replace(path)
        except OSError as error:
            raise cannot_write(path.parent, error) from error
        sync_folder(path.parent)


def _digest(algorithm: str, encoded: str) -> Digest | None:
    try:
        return Digest.parse(f"{algorithm}:{encoded}")
    except ExplorerError:
        return None
