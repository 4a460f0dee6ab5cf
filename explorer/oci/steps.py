"""History and layers, side by side.

OCI image specification, config.md: every history entry that is not ``empty_layer`` made the next
layer. Writers break that rule often enough; then nothing is invented, and ``sure`` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.oci.base import BaseBoundary, base_boundary
from explorer.oci.config import History
from explorer.oci.instruction import Instruction

__all__ = ["BaseBoundary", "Instruction", "Step", "base_boundary", "steps"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a build: a history entry, a layer, or both.

    ``index`` counts in the history, ``layer`` in the layers, both from 0 at the bottom, ``None``
    where there is none. ``sure`` is false where the two lists do not fit each other, so that which
    entry made which layer is a guess.
    """

    index: int | None
    layer: int | None
    history: History | None
    instruction: Instruction
    sure: bool = True

    @property
    def created_by(self) -> str:
        """The text of the history entry, or ``""`` where there is none."""
        return self.history.created_by if self.history is not None else ""


def steps(history: Sequence[History], layer_count: int) -> tuple[Step, ...]:
    """All steps from the bottom up, every entry and every layer exactly once.

    A history with too few entries leaves the topmost layers without one; entries too many end
    without a layer. If the writer marked no entry as empty and leaving out the instructions that
    never make a layer makes the numbers fit, that reading is taken.
    """
    instructions = [Instruction.from_history(entry) for entry in history]
    makes_layer = [not entry.empty_layer for entry in history]
    sure = sum(makes_layer) == layer_count
    if not sure and all(makes_layer):
        guess = [instruction.makes_layer for instruction in instructions]
        makes_layer = guess if sum(guess) == layer_count else makes_layer
    result: list[Step] = []
    layer = 0
    for index, entry in enumerate(history):
        mine = layer if makes_layer[index] and layer < layer_count else None
        layer += mine is not None
        result.append(Step(index, mine, entry, instructions[index], sure))
    unknown = Instruction.from_created_by("")
    result += [Step(None, above, None, unknown, sure) for above in range(layer, layer_count)]
    return tuple(result)
