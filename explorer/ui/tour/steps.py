"""The steps of the tour, read from the file that comes with the sample. No Qt here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One stop: what is said, the layers and the path in view, and the view to look at.

    ``view`` is one of stack, tree, overlay, inspector, usage, facts; ``mode`` one of layer,
    merged, compare.
    """

    title: str
    text: str
    first: int
    last: int
    path: bytes
    view: str
    mode: str

    @classmethod
    def parse(cls, found: dict[str, Any]) -> Step:
        """Read one step; raises ``KeyError`` or ``ValueError`` for one that is not whole."""
        layers = found["layer"]
        first, last = layers if isinstance(layers, list) else (layers, layers)
        return cls(
            title=str(found["title"]),
            text=str(found["text"]),
            first=int(first),
            last=int(last),
            path=str(found["path"]).encode(),
            view=str(found["view"]),
            mode=str(found["mode"]),
        )


def read_steps(file: Path) -> tuple[Step, ...]:
    """The steps of a tour file."""
    return tuple(Step.parse(found) for found in json.loads(file.read_text("utf-8"))["steps"])
