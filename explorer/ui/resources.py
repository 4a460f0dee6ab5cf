"""Where the files that come with the application are: icons, help pages, the sample."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(relative: str) -> Path:
    """Return the path of a bundled file, in an installation or in a checkout."""
    installed = _PACKAGE / "_resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return root / relative
