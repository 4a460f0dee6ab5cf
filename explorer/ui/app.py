"""The way in to the window."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

from explorer.ui import display


def main(paths: Sequence[str] = ()) -> int:
    """Open the window with ``paths`` (archives, layouts); return the exit code.

    Raises :class:`explorer.errors.Unsupported` where no window can be shown.
    """
    display.check()
    # Only now: without its system libraries, Qt cannot even be imported.
    session = importlib.import_module("explorer.ui.session")
    result: int = session.run([str(Path(path).absolute()) for path in paths])
    return result
