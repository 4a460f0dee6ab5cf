"""Which items fit what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

MOST: Final = 500
"""Items that are kept."""

_LONGEST: Final = 200
_SEPARATORS: Final = "-_./: ="
_Item = TypeVar("_Item")


def ranked(
    typed: str, items: Iterable[_Item], label_of: Callable[[_Item], str]
) -> tuple[_Item, ...]:
    """The items whose label fits, the best first, each label once.

    Best is a label that begins with what is typed, then one of which a part begins with it, then
    one that contains it, then one that has its characters in their order. Whatever fits equally
    well stays in the order given.
    """
    fitting: list[tuple[int, int, _Item]] = []
    seen: set[str] = set()
    for number, item in enumerate(items):
        label = label_of(item)
        quality = fit(typed, label)
        if quality is not None and label not in seen:
            seen.add(label)
            fitting.append((quality, number, item))
    fitting.sort(key=lambda entry: entry[:2])
    return tuple(item for _, _, item in fitting[:MOST])


def fit(typed: str, label: str) -> int | None:
    """How well a label fits what is typed, 0 best; ``None`` where it does not."""
    label = label.lstrip("-")[:_LONGEST]
    typed = typed.lstrip("-")
    low, wanted = label.lower(), typed.lower()
    if low.startswith(wanted):
        return 0
    at = low.find(wanted)
    while at > 0:
        if low[at - 1] in _SEPARATORS or (label[at].isupper() and label[at - 1].islower()):
            return 1
        at = low.find(wanted, at + 1)
    if wanted in low:
        return 2
    return 3 if _has_in_order(wanted, low) else None


def _has_in_order(wanted: str, text: str) -> bool:
    """Whether the characters stand in a text in their order, the first one at its beginning."""
    if not text.startswith(wanted[:1]):
        return False
    rest = iter(text)
    return all(char in rest for char in wanted)
