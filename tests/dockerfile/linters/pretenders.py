"""Programs that stand in for linters: small scripts that print what a test wants."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

needs_scripts = pytest.mark.skipif(os.name == "nt", reason="a script cannot be a program there")


def pretender(folder: Path, name: str, body: str) -> Path:
    """A program of this name, written in Python."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path
