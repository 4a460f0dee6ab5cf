"""The public cases of buildah's conformance suite, as far as they run nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[4] / "shared/conformance/buildah-conformance"
_DATA = FOLDER / "tests/conformance/testdata"


@dataclass(frozen=True)
class Case:
    """One case. ``place`` tells several of one name apart; it counts from 0 in the suite."""

    place: int
    name: str
    raw: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.place:03} {self.name}"

    @property
    def images(self) -> tuple[str, ...]:
        """The images it builds upon."""
        return tuple(self.raw["needs_images"])

    @property
    def fails_at(self) -> int | None:
        """The instruction that has to fail, counted from 1, FROM included."""
        return self.raw.get("shouldFailAt")

    def prepare(self, folder: Path) -> tuple[Path, Path]:
        """Make the build context and the Dockerfile in a folder of their own."""
        context = folder / "context"
        name = self.raw.get("contextDir")
        if name:
            shutil.copytree(_DATA / name, context, symlinks=True)
            for path in (context, *context.rglob("*")):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | 0o200)
        else:
            context.mkdir()
        if "dockerfileContents" in self.raw:
            dockerfile = folder / "Dockerfile"
            dockerfile.write_text(self.raw["dockerfileContents"])
        else:
            own = self.raw.get("dockerfile", "Dockerfile")
            dockerfile = (context / own) if name else Path(shutil.copy(_DATA / own, folder))
        if self.raw.get("tweakContextDir"):
            _TWEAKS.get(self.name, _as_it_is)(context)
        for path in (context, *context.rglob("*")):
            # buildah rounds times to seconds.
            os.utime(path, (1_700_000_000, 1_700_000_000), follow_symlinks=False)
        return context, dockerfile


def cases() -> list[Case]:
    """Every case that has no RUN; empty where the suite is not here."""
    path = FOLDER / "cases.json"
    if not path.is_file():
        return []
    raw = json.loads(path.read_text())
    return [
        Case(place, each["name"], each) for place, each in enumerate(raw) if not each["uses_run"]
    ]


# The suite changes some contexts by code that is not part of the data: these are our own changes
# in its place, of the kind that the names tell.


def _as_it_is(_context: Path) -> None:
    pass


def _globs(context: Path) -> None:
    for name in ("n?pe", "st*uv"):
        (context / "app" / name).mkdir()
        (context / "app" / name / "file.txt").write_text(f"in {name}\n")


def _permissions(context: Path) -> None:
    below = context / "subdir" / "below"
    below.mkdir(parents=True)
    for path, mode in ((below, 0o701), (below / "file", 0o604), (context / "subdir/top", 0o755)):
        if path is not below:
            path.write_text("x")
        path.chmod(mode)
    (context / "subdir").chmod(0o750)


def _setuid(context: Path) -> None:
    for name, mode in (("setuid", 0o4755), ("setgid", 0o2755), ("sticky", 0o1755)):
        (context / name).write_text(name)
        (context / name).chmod(mode)


def _xattrs(context: Path) -> None:
    (context / "xattrs-file").write_text("x")
    os.setxattr(context / "xattrs-file", "user.layerscope", b"yes")


def _ignoring(*lines: str) -> Callable[[Path], None]:
    def tweak(context: Path) -> None:
        (context / ".dockerignore").write_text("\n".join(lines) + "\n")

    return tweak


_TWEAKS: dict[str, Callable[[Path], None]] = {
    "copy-escape-glob": _globs,
    "copy-permissions": _permissions,
    "setuid-file-in-context": _setuid,
    "xattrs-file-in-other-stage": _xattrs,
    "dockerignore-irrelevant": _ignoring("nothing-of-that-name"),
    "dockerignore-extensions-star": _ignoring("*.txt"),
    "dockerignore-includes-dot": _ignoring("*", "!file-b.txt", "!subdir-c"),
    "dockerignore-includes-star": _ignoring("*", "!file-b.txt", "!subdir-c"),
    "dockerignore-exclude-plain-dot": _ignoring("subdir-e", "file-c.txt"),
    "dockerignore-exclude-plain-star": _ignoring("subdir-e", "file-c.txt"),
    "dockerignore-exclude-wildcard-dot": _ignoring("subdir-*", "!subdir-c"),
    "dockerignore-exclude-wildcard-star": _ignoring("subdir-*", "!subdir-c"),
    "dockerignore-exclude-deep-wildcard-dot": _ignoring("**/*-f"),
    "dockerignore-exclude-deep-wildcard-star": _ignoring("**/*-f"),
    "dockerignore-exclude-deep-subdir-dot": _ignoring("**/subdir-g"),
    "dockerignore-exclude-deep-subdir-star": _ignoring("**/subdir-g"),
    "dockerignore-exclude-not-so-deep-subdir-dot": _ignoring("subdir-e/subdir-f"),
}
