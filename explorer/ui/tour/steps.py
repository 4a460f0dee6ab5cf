"""The steps of a guided tour, as the file beside the sample gives them. No Qt here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from explorer.ui.resources import resource

VIEWS = frozenset({"stack", "tree", "inspector", "overlay", "usage", "facts"})
"""The views a step can point at."""
MODES = frozenset({"layer", "merged", "compare"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is said, and what is shown meanwhile.

    ``first`` to ``last`` are the layers selected, ``path`` what is looked at, ``view`` one of
    :data:`VIEWS`, ``mode`` one of :data:`MODES`.
    """

    title: str
    text: str
    first: int
    last: int
    path: str
    view: str
    mode: str

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        """Read a step. Raises ``ValueError`` for one that makes no sense."""
        layer = raw["layer"]
        first, last = layer if isinstance(layer, list) else (layer, layer)
        step = cls(
            str(raw["title"]),
            str(raw["text"]),
            int(first),
            int(last),
            str(raw["path"]),
            str(raw["view"]),
            str(raw["mode"]),
        )
        if step.view not in VIEWS or step.mode not in MODES or step.first > step.last:
            raise ValueError(f"the step {step.title!r} points at nothing")
        return step


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour through the image called ``image``."""

    image: str
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a tour. Raises ``ValueError`` for one that makes no sense."""
        try:
            raw = json.loads(text)
            steps = tuple(Step.of(step) for step in raw["steps"])
            return cls(str(raw["image"]), steps)
        except (KeyError, TypeError) as error:
            raise ValueError(f"the tour lacks {error}") from error

    @classmethod
    def of_the_sample(cls) -> Self:
        """The tour through the sample that comes with the application."""
        return cls.parse(resource("sample/tour.json").read_text("utf-8"))
