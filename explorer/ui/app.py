"""The way in to the window."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Sequence

from explorer.ui import display
from explorer.ui.locations import absolute


def main(paths: Sequence[str] = ()) -> int:
    """Open the window with ``paths`` (archives, layouts); return the exit code.

    A window that is open already takes the paths over. Raises
    :class:`explorer.errors.Unsupported` where no window can be shown.
    """
    # What a start makes, it keeps: to look for garbage in it takes a tenth of the time. The
    # window's own collector begins where the start ends.
    gc.disable()
    display.check()
    # Only now, and only what is needed: without its system libraries Qt cannot even be imported,
    # and a launch that hands its paths over needs nothing of the window.
    single_instance = importlib.import_module("explorer.ui.single_instance")
    instance = single_instance.SingleInstance()
    if instance.hand_over(paths):
        return 0
    session = importlib.import_module("explorer.ui.session")
    result: int = session.run([absolute(path) for path in paths], instance)
    return result
