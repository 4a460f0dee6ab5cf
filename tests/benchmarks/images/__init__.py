"""The images that are measured, written as a stream: large, and the same bytes every time.

    python -m tests.benchmarks.images DIR [--quick]

Nothing is kept in memory but the plan of the paths, and each layer is written once, into every
archive of its image at the same time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

VERSION = 2
"""Of the data: raised with every change to it, so that kept data is made anew."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the images are. ``size`` is in bytes, over all layers, uncompressed."""

    entries: int
    size: int
    many: int

    @classmethod
    def of(cls, *, quick: bool) -> Self:
        """The size that the budgets speak of, or a twentieth of it."""
        return cls(2_000, 100_000_000, 50_000) if quick else cls(40_000, 2_000_000_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Images:
    """Where the images of one scale are."""

    folder: Path
    scale: Scale

    @property
    def plain(self) -> Path:
        """The large image as ``docker save`` writes it, layers not compressed."""
        return self.folder / "large.docker.tar"

    @property
    def gzip(self) -> Path:
        """The large image as an OCI archive, layers in gzip."""
        return self.folder / "large.oci.tar"

    @property
    def many(self) -> Path:
        """The image with very many entries, as ``docker save`` writes it."""
        return self.folder / "many.docker.tar"

    def facts(self) -> dict[str, dict[str, int]]:
        """What was counted while writing: a mapping for ``large`` and one for ``many``."""
        found: dict[str, dict[str, int]] = json.loads(self._stamp.read_text())["facts"]
        return found

    @property
    def ready(self) -> bool:
        """Whether the images are there, whole and of this version."""
        try:
            stamp = json.loads(self._stamp.read_text())
        except (OSError, ValueError):
            return False
        return bool(stamp["made"] == self._made)

    def make(self, say: Callable[[str], None]) -> None:
        """Write the images, unless they are there already."""
        from tests.benchmarks.images import large, many

        if self.ready:
            return
        scale = self.scale
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stamp.unlink(missing_ok=True)
        say(f"writing {self.plain.name} and {self.gzip.name}")
        facts = {"large": large.write(scale.entries, scale.size, self.plain, self.gzip)}
        say(f"writing {self.many.name}")
        facts["many"] = many.write(scale.many, self.many)
        self._stamp.write_text(json.dumps({"made": self._made, "facts": facts}))

    @property
    def _stamp(self) -> Path:
        return self.folder / "images.json"

    @property
    def _made(self) -> dict[str, object]:
        return {"version": VERSION, **asdict(self.scale)}
