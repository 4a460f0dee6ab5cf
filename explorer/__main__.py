"""``python -m explorer`` and the ``layerscope`` command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from explorer.errors import Unsupported


def main() -> int:
    """Run the command line, or open the window; returns the exit code."""
    try:
        from explorer.cli.app import run
    except KeyboardInterrupt:
        return 130

    return run(sys.argv[1:], open_window)


def open_window(files: Sequence[str]) -> int:
    """Open the window on some files; returns the exit code.

    Raises :class:`Unsupported` where no window can be shown.
    """
    try:
        from explorer.ui.app import main as show
    except ImportError as error:
        raise Unsupported(
            "The window cannot be opened",
            why=str(error),
            hint="The verbs work without it: layerscope report IMAGE",
        ) from error
    return show(list(files))


if __name__ == "__main__":
    sys.exit(main())
