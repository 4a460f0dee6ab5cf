"""The rows of the layer stack: layers, the steps between them that made none, the base's edge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from explorer.oci import Instruction
from explorer.oci.steps import BaseBoundary, Step, base_boundary, steps
from explorer.sources.image import Image


class Kind(Enum):
    """What a row of the stack is."""

    LAYER = "layer"
    STEP = "step"
    """A step of the history that changed the configuration only."""
    BASE = "base"
    """The line between the base image, below it, and what was built on it."""


@dataclass(frozen=True, slots=True)
class StackRow:
    """One row; ``layer`` is -1 where it is none."""

    kind: Kind
    instruction: Instruction
    layer: int = -1
    sure: bool = True
    base: BaseBoundary | None = None

    @property
    def summary(self) -> str:
        """The instruction in one line, without its keyword."""
        keyword, summary = self.instruction.keyword, self.instruction.summary
        return summary.removeprefix(keyword).lstrip() if keyword else summary


def boundary_of(image: Image) -> BaseBoundary | None:
    """Where the base of an image ends, as far as its history or its labels tell."""
    notes = dict(image.config.labels)
    if image.manifest is not None:
        notes |= dict(image.manifest.annotations)
    return base_boundary(_steps(image), notes)


def stack_rows(image: Image, *, lowest_first: bool = False) -> list[StackRow]:
    """The rows of an image from top to bottom of the picture; by default the lowest layer last."""
    rows: list[StackRow] = []
    boundary = boundary_of(image)
    for position, step in enumerate(_steps(image)):
        if boundary is not None and position == boundary.step:
            rows.append(StackRow(Kind.BASE, step.instruction, base=boundary))
        rows.append(_row(step))
    return rows if lowest_first else rows[::-1]


def base_title(boundary: BaseBoundary) -> str:
    """What the line of the base says."""
    if boundary.name:
        return f"base image {boundary.name}"
    return "base image" if boundary.sure else "base image, it seems"


def _steps(image: Image) -> tuple[Step, ...]:
    return steps(image.config.history, len(image.layers))


def _row(step: Step) -> StackRow:
    if step.layer is None:
        return StackRow(Kind.STEP, step.instruction, sure=step.sure)
    return StackRow(Kind.LAYER, step.instruction, step.layer, step.sure)
