"""Folders to scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "context"
    made.mkdir()
    return made


@pytest.fixture
def write(folder: Path) -> Write:
    """Writes files below the folder; the content of a name that ends with / does not count."""

    def make(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir(exist_ok=True)
            else:
                path.write_text(text)
        return folder

    return make


@pytest.fixture
def descriptors() -> Callable[[], int]:
    """How many files this process has open."""
    here = Path("/proc/self/fd")
    return lambda: len(list(here.iterdir())) if here.is_dir() else 0
