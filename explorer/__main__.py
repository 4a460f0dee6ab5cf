"""``python -m explorer`` and the ``layerscope`` command."""

from __future__ import annotations

import gc
import os
import sys

from explorer.cli.again import told_again

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing alone takes as long to load as a build that is told again
    from collections.abc import Callable, Sequence
    from typing import NoReturn

_COMPLETE = "_LAYERSCOPE_COMPLETE"
_GARBAGE = 50_000
"""Objects made until garbage is looked for: importing makes many, and none of them is."""


def main() -> int:
    """Run the command line, or open the window; returns the exit code."""
    arguments = sys.argv[1:]
    window: Callable[[Sequence[str]], int] = open_window
    try:
        if not arguments and _COMPLETE not in os.environ:
            # The usual start: what reads command lines is not even loaded. Of numpy's threads for
            # linear algebra it is as there: one for every core would never have anything to do.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            try:
                return open_window(())
            except Exception as error:  # noqa: BLE001 - presented below, as of any command
                window = _raising(error)
        if _COMPLETE not in os.environ and told_again(arguments):
            return 0
        gc.set_threshold(_GARBAGE)
        from explorer.cli.app import run
    except KeyboardInterrupt:
        return 130

    try:
        return run(arguments, window)
    finally:
        gc.freeze()  # what is left goes with the process


def _raising(error: Exception) -> Callable[[Sequence[str]], NoReturn]:
    def again(_files: Sequence[str]) -> NoReturn:
        raise error

    return again


def open_window(files: Sequence[str]) -> int:
    """Open the window on some files; returns the exit code.

    Raises :class:`Unsupported` where no window can be shown.
    """
    try:
        from explorer.ui.app import main as show
    except ImportError as error:
        from explorer.errors import Unsupported

        raise Unsupported(
            "The window cannot be opened",
            why=str(error),
            hint="The verbs work without it: layerscope report IMAGE",
        ) from error
    return show(list(files))


if __name__ == "__main__":
    sys.exit(main())
