"""The open folders from the destination down to where entries are being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from explorer.analysis.extract.folder import Folder
from explorer.filesystem.entry import Entry

_OPEN = 64  # folders held open at once; a path can be two thousand deep
_AGAIN = 32  # of those, how many are opened again when going up


@dataclass(slots=True)
class _Step:
    node: int
    name: str
    entry: Entry | None
    folder: Folder | None


class Trail:
    """Goes down into folders and up again, and finishes each when it is left.

    Deep down, folders in the middle are closed, and opened again from above, name by name, when
    they are needed.
    """

    def __init__(self, base: Folder, finish: Callable[[Folder, Entry], None]) -> None:
        self._base = base
        self._finish = finish
        self._steps: list[_Step] = []

    @property
    def folder(self) -> Folder:
        """Where entries are being written."""
        return self._folder(len(self._steps))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that lead there."""
        return tuple(step.name for step in self._steps if step.name)

    def enter_top(self, node: int) -> None:
        """Stay in the destination itself, for the root of an image."""
        self._steps.append(_Step(node, "", None, self._base))

    def enter(self, node: int, name: str, entry: Entry | None) -> None:
        """Go down; ``entry`` is what to finish the folder as, None for one that was there."""
        folder = self.folder.open(name)
        self._steps.append(_Step(node, name, entry, folder))
        if len(self._steps) > _OPEN:
            self._let_go(self._steps[-_OPEN])

    def climb(self, node: int) -> None:
        """Go up to the folder of a node that was entered before."""
        while self._steps and self._steps[-1].node != node:
            self._leave()

    @contextmanager
    def opened(self, names: tuple[str, ...]) -> Iterator[Folder]:
        """Another folder below the destination, for a moment."""
        folder = self._base
        try:
            for name in names:
                below = folder.open(name)
                if folder is not self._base:
                    folder.close()
                folder = below
            yield folder
        finally:
            if folder is not self._base:
                folder.close()

    def close(self) -> None:
        """Go up all the way."""
        while self._steps:
            self._leave()

    def _leave(self) -> None:
        step = self._steps[-1]
        if step.entry is not None:
            # If it was moved away meanwhile, there is nothing left to finish.
            with suppress(OSError):
                self._finish(self._folder(len(self._steps)), step.entry)
        self._steps.pop()
        self._let_go(step)

    def _folder(self, depth: int) -> Folder:
        """The folder so many steps down, opened again if it was closed."""
        start = depth
        while start and self._steps[start - 1].folder is None:
            start -= 1
        folder = self._steps[start - 1].folder if start else self._base
        assert folder is not None
        for number in range(start, depth):
            step = self._steps[number]
            folder = step.folder = folder.open(step.name)
            if number - start >= _AGAIN:
                self._let_go(self._steps[number - _AGAIN])
        return folder

    def _let_go(self, step: _Step) -> None:
        if step.folder is not None and step.folder is not self._base:
            step.folder.close()
            step.folder = None
