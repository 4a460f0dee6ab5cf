"""An archive of images: named members in an order, that can be spoiled on purpose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from tests.factory.compression import Compression, compress
from tests.factory.entries import directory, file, symlink
from tests.factory.entry import DIRECTORY, REGULAR, SYMLINK, Entry, Text, raw_bytes, tar_bytes
from tests.factory.header import Format


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of an outer tar; changes give a new archive."""

    members: tuple[Entry, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names in order."""
        return tuple(member.path.decode() for member in self.members)

    def content(self, name: Text) -> bytes:
        """What the member ``name`` holds; KeyError if there is none."""
        return self._find(name).content

    def without(self, *names: Text) -> Self:
        """The archive without some members: blobs that are absent."""
        gone = {self._find(name).path for name in names}
        return replace(self, members=tuple(m for m in self.members if m.path not in gone))

    def replaced(self, name: Text, content: Text) -> Self:
        """The archive with other content under ``name``: blobs with a wrong digest."""
        path = self._find(name).path
        members = (
            replace(member, content=raw_bytes(content)) if member.path == path else member
            for member in self.members
        )
        return replace(self, members=tuple(members))

    def linked(self, name: Text, target: Text) -> Self:
        """The archive with ``name`` as a symbolic link to ``target``."""
        path = self._find(name).path
        members = (symlink(path, target) if m.path == path else m for m in self.members)
        return replace(self, members=tuple(members))

    def plus(self, *members: Entry) -> Self:
        """The archive with further members at its end."""
        return replace(self, members=(*self.members, *members))

    def reversed(self) -> Self:
        """The archive with its members in the opposite order."""
        return replace(self, members=self.members[::-1])

    def dotted(self) -> Self:
        """The archive with ``./`` before every name, as ``tar -C DIR .`` writes it."""
        members = (replace(member, path=b"./" + member.path) for member in self.members)
        return replace(self, members=(directory("./"), *members))

    def in_format(self, form: Format) -> Self:
        """The archive in another dialect of tar."""
        return replace(self, members=tuple(m.with_format(form) for m in self.members))

    def to_bytes(self, compression: Compression = "none") -> bytes:
        """The archive as one stream."""
        return compress(tar_bytes(self.members), compression)

    def write(self, path: Path, compression: Compression = "none") -> Path:
        """Writes the archive to ``path``, and gives the path back."""
        path.write_bytes(self.to_bytes(compression))
        return path

    def extract(self, folder: Path) -> Path:
        """Writes the members as files under ``folder``, and gives the folder back."""
        for member in self.members:
            target = folder / member.path.decode()
            target.parent.mkdir(parents=True, exist_ok=True)
            if member.typeflag == DIRECTORY:
                target.mkdir(exist_ok=True)
            elif member.typeflag == SYMLINK:
                target.symlink_to(member.link.decode())
            elif member.typeflag == REGULAR:
                target.write_bytes(member.content)
        return folder

    def _find(self, name: Text) -> Entry:
        for member in self.members:
            if member.path == raw_bytes(name):
                return member
        raise KeyError(name)


def archive(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> Archive:
    """An archive of plain files, a repeated name kept once."""
    return Archive(tuple(file(name, content) for name, content in dict(files).items()))


def rootfs(*entries: Entry) -> Archive:
    """A bare root filesystem, as ``docker export`` writes it."""
    return Archive(entries)
