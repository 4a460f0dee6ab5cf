"""Which of the things that people open are for the workbench."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final

_NAME: Final = re.compile(
    r"(?:dockerfile|containerfile)(?:[.\-_].+)?|.+\.(?:dockerfile|containerfile)", re.IGNORECASE
)
_USUAL: Final = ("Dockerfile", "Containerfile", "dockerfile", "containerfile")
_BEGINS: Final = re.compile(rb"(?:\s*#[^\n]*\n|\s)*(?:FROM|ARG)\s", re.IGNORECASE)
_HEAD: Final = 4096
_IGNORE: Final = ".dockerignore"
_IMAGES: Final = ("index.json", "manifest.json")


def is_named_so(name: str) -> bool:
    """Whether a file is called as Dockerfiles are."""
    return not name.lower().endswith(_IGNORE) and _NAME.fullmatch(name) is not None


def is_for_build(location: str) -> bool:
    """Whether a location is a Dockerfile, or a folder to build in and no image."""
    path = Path(location)
    if not path.is_absolute():
        return False
    try:
        if path.is_dir():
            return not any((path / name).exists() for name in _IMAGES)
        return is_named_so(path.name) or _looks_so(path)
    except OSError:
        return is_named_so(path.name)


def dockerfile_in(folder: Path) -> Path | None:
    """The Dockerfile of a folder: the usual name, else the only one of another name, else none."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except OSError:
        return None
    return choose(folder, names)


def choose(folder: Path, names: Iterable[str]) -> Path | None:
    """The same for a list of names."""
    found = [name for name in names if is_named_so(name)]
    usual = next((name for name in _USUAL if name in found), None)
    chosen = usual or (found[0] if found else None)
    return folder / chosen if chosen else None


def display_folder(path: PurePath) -> str:
    """A folder as people write it, with ``~`` for home."""
    home = Path.home()
    try:
        return str(PurePath("~") / path.relative_to(home))
    except ValueError:
        return str(path)


def _looks_so(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return b"\0" not in head and _BEGINS.match(head) is not None
