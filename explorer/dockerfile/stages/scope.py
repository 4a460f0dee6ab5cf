"""Variables by name, layered: a stage sees those of the stage below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

_DEEPEST: Final = 32


class Scope(Mapping[str, str]):
    """A mapping over another one; setting a name never touches what lies below.

    Chains of stages share what they inherit. They are flattened now and then, so looking a name
    up takes bounded time.
    """

    def __init__(self, below: Scope | None = None) -> None:
        depth: int = 0 if below is None else below._depth + 1
        flat = below is not None and depth > _DEEPEST
        self._own: dict[str, str] = dict(below) if flat and below is not None else {}
        self._below = None if flat else below
        self._depth: int = 0 if flat else depth

    def set(self, name: str, value: str) -> None:
        """Give a name a value; what is built upon this scope must not exist yet."""
        self._own[name] = value

    def __getitem__(self, name: str) -> str:
        scope: Scope | None = self
        while scope is not None:
            if name in scope._own:
                return scope._own[name]
            scope = scope._below
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        if self._below is None:
            yield from self._own
            return
        yield from self._below
        yield from (name for name in self._own if name not in self._below)

    def __len__(self) -> int:
        return sum(1 for _ in self)
