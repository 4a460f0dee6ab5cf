"""Things that are kept until there is no room for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Kept(Generic[_T]):
    """The values used last, by key: at most ``most``, and of at most ``size`` bytes together.

    ``weigh`` tells the bytes of a value. The one that was asked for last is always kept.
    """

    def __init__(self, most: int, size: int, weigh: Callable[[_T], int]) -> None:
        self._most = most
        self._size = size
        self._weigh = weigh
        self._values: OrderedDict[str, tuple[_T, int]] = OrderedDict()
        self._held = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: str) -> _T | None:
        """A value, if it is kept."""
        found = self._values.get(key)
        return None if found is None else found[0]

    def put(self, key: str, value: _T) -> _T:
        """Keep a value; others may have to go."""
        if key in self._values:
            self._held -= self._values.pop(key)[1]
        weight = self._weigh(value)
        self._values[key] = value, weight
        self._held += weight
        while len(self._values) > 1 and (len(self._values) > self._most or self._held > self._size):
            self._held -= self._values.popitem(last=False)[1][1]
        return value

    def take(self, key: str, make: Callable[[], _T]) -> _T:
        """A value, made unless it is kept."""
        found = self._values.get(key)
        if found is None:
            return self.put(key, make())
        self._values.move_to_end(key)
        return found[0]
