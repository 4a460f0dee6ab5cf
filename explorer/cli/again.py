"""A build that nothing has changed for: told again, before anything that could build is loaded."""

from __future__ import annotations

import os
import sys
import time

from explorer.build.receipt.receipt import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explorer.build.receipt.receipt import Receipt

_CYAN, _OFF = "\033[36m", "\033[0m"


def told_again(arguments: Sequence[str]) -> bool:
    """Tell of the build that a command line asks for, if the last one holds: the same steps from
    the cache, the same image under the same names. Else nothing is done.
    """
    began = time.monotonic()
    if os.name != "posix" or arguments[:1] != ["build"]:
        return False
    receipt = find(arguments)
    if receipt is None:
        return False
    live = receipt.style == "tty" or (receipt.style == "auto" and sys.stderr.isatty())
    colour = sys.stderr.isatty() and _may_colour(arguments)
    lines = list(_live(receipt, colour) if live else _plain(receipt, colour))
    took = f"{time.monotonic() - began:.1f}s"
    sys.stderr.write("\n".join([*lines, f"{receipt.head} in {took}{receipt.tail}\n"]))
    sys.stderr.flush()
    return True


def _may_colour(arguments: Sequence[str]) -> bool:
    named = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") in ("dumb", "unknown")
    return not named and "--no-color" not in arguments


def _plain(receipt: Receipt, colour: bool) -> Iterator[str]:
    """As :class:`explorer.cli.buildscreen.PlainBuild` tells it."""
    for number, place in enumerate(receipt.places, 1):
        yield f"#{number} {place} {_cyan('CACHED', colour)}"


def _live(receipt: Receipt, colour: bool) -> Iterator[str]:
    """As :class:`explorer.cli.buildlive.LiveBuild` leaves it."""
    for place in receipt.places:
        yield f"{_cyan('=', colour)} {place}  {_cyan('CACHED', colour)}"


def _cyan(words: str, colour: bool) -> str:
    return f"{_CYAN}{words}{_OFF}" if colour else words
