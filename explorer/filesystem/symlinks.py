"""The symlinks of one layer, as the layer's later names run through them.

``lib -> usr/lib`` and then ``lib/x`` in one tar puts a file at ``usr/lib/x``: Docker, containerd,
Podman and umoci all do. A symlink of a lower layer is another matter, and none of a layer's index:
overlayfs puts a directory in its place.
"""

from __future__ import annotations

_MOST_HOPS = 255  # as containerd's resolver
_MOST = 250_000  # what comes after is not followed: a tar of symlinks alone must not fill memory


class SymlinkTable:
    """Real paths of symlinks (no slash at either end) and where they lead."""

    def __init__(self) -> None:
        self._clock = 0
        self._targets: dict[bytes, tuple[int, bytes]] = {}
        self._cuts: dict[bytes, int] = {}
        self._plain = b""  # the last directory that led through no symlink

    def __bool__(self) -> bool:
        return bool(self._targets)

    def __contains__(self, path: bytes) -> bool:
        return path in self._targets

    def add(self, path: bytes, target: bytes) -> None:
        """A symlink appears, or another in its place."""
        if len(self._targets) < _MOST:
            self._clock += 1
            self._targets[path] = self._clock, target
            if self._plain.startswith(path):
                self._plain = b""

    def drop(self, path: bytes) -> bool:
        """A directory takes the place of a symlink; whether there was one."""
        return self._targets.pop(path, None) is not None

    def cut(self, path: bytes) -> None:
        """Something takes the place of a directory: the symlinks below it are gone."""
        if len(self._cuts) < _MOST:
            self._clock += 1
            self._cuts[path] = self._clock

    def resolve(self, directory: bytes) -> bytes:
        """The real path of a directory; as it stands where symlinks go in circles.

        The result never leaves the root.
        """
        if directory == self._plain:
            return directory
        if self._leads_through_one(directory):
            return self._follow(directory)
        self._plain = directory
        return directory

    def _leads_through_one(self, directory: bytes) -> bool:
        targets = self._targets
        slash = directory.find(b"/")
        while slash >= 0:
            if directory[:slash] in targets:
                return True
            slash = directory.find(b"/", slash + 1)
        return directory in targets

    def _follow(self, directory: bytes) -> bytes:
        real: list[bytes] = []
        ahead = directory.split(b"/")[::-1]
        hops = 0
        while ahead:
            part = ahead.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                del real[-1:]
                continue
            real.append(part)
            target = self._target(real)
            if target is None:
                continue
            hops += 1
            if hops > _MOST_HOPS:
                return directory
            real = [] if target.startswith(b"/") else real[:-1]
            ahead += target.split(b"/")[::-1]
        return b"/".join(real)

    def _target(self, path: list[bytes]) -> bytes | None:
        made, target = self._targets.get(b"/".join(path), (0, None))
        if target is not None and self._cuts:
            tops = (b"/".join(path[:depth]) for depth in range(1, len(path) + 1))
            if any(self._cuts.get(top, 0) > made for top in tops):
                return None
        return target
