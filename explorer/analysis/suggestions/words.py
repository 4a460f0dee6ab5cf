"""How suggestions name sizes, layers and files."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.analysis.opened import OpenImage
from explorer.filesystem.names import display

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_LONGEST = 72  # characters of an instruction


def size(count: int) -> str:
    """Bytes in three figures and decimal units: ``643 B``, ``2.1 MB``, ``187 MB``."""
    value, unit = float(count), 0
    while value >= (999.5 if unit else 1000) and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    figures = f"{value:.1f}" if unit and round(value, 1) < 10 else f"{value:.0f}"
    return f"{figures} {_UNITS[unit]}"


def files(count: int) -> str:
    """``1 file``, ``12 files``."""
    return f"{count:,} file{'' if count == 1 else 's'}"


def layer(image: OpenImage, number: int) -> str:
    """A layer with what made it: ``layer 4 (RUN apt-get update …)``."""
    instruction = image.instructions.get(number)
    if instruction is None or not instruction.summary:
        return f"layer {number}"
    text = instruction.summary
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
    return f"layer {number} ({short})"


def layers(image: OpenImage, numbers: Sequence[int]) -> str:
    """Some layers: one with its instruction, several by number."""
    if len(numbers) == 1:
        return layer(image, numbers[0])
    return f"layers {listed([str(number) for number in numbers])}"


def path(image: OpenImage, node: int) -> str:
    """The path of a node, as people read it."""
    return display(image.stack.trie.path(node))


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def some(words: Sequence[str], most: int = 3) -> str:
    """The first few, and how many more there are."""
    if len(words) <= most:
        return listed(words)
    return f"{', '.join(words[:most])} and {len(words) - most:,} more"


def sentence(text: str) -> str:
    """The text with a capital letter first."""
    return text[:1].upper() + text[1:]
