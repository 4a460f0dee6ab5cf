"""The outline: stages, and the instructions in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.header import REMEMBERED, Header
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.stages.model import Program, Stage

_LONGEST: Final = 120


class OutlineKind(Enum):
    """What an item stands for."""

    STAGE = "stage"
    INSTRUCTION = "instruction"
    ARGUMENT = "argument"
    """An ARG before the first FROM."""


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """One item; ``detail`` is one line. It lies from ``start`` up to ``end``, children included.

    ``stage`` is the index of the stage it belongs to, ``None`` before the first one.
    """

    title: str
    detail: str
    kind: OutlineKind
    start: int
    end: int
    children: tuple[OutlineItem, ...] = ()
    stage: int | None = None


def outline(document: Document, program: Program) -> tuple[OutlineItem, ...]:
    """The items at the top: arguments, what stands outside of stages, and the stages."""
    items: list[OutlineItem] = []
    stages = {stage.instruction.start: stage for stage in program.stages}
    inside: list[OutlineItem] = []
    current: Stage | None = None
    for instruction in document.instructions:
        stage = stages.get(instruction.start)
        if stage is not None:
            if current is not None:
                items.append(_stage(current, tuple(inside)))
            current, inside = stage, []
        else:
            item = _item(instruction, current)
            (items if current is None else inside).append(item)
    if current is not None:
        items.append(_stage(current, tuple(inside)))
    return tuple(items)


def _stage(stage: Stage, children: tuple[OutlineItem, ...]) -> OutlineItem:
    span = stage.instruction.span
    end = children[-1].end if children else _end(stage.instruction)
    base = _short(stage.instruction.text[len(stage.instruction.statement.keyword.value) :])
    if stage.command is not None:
        base = stage.origin.name or stage.command.base.value
    detail = f"from {_short(base)}"
    return OutlineItem(
        stage.title, detail, OutlineKind.STAGE, span.start, end, children, stage.index
    )


def _item(instruction: Instruction, stage: Stage | None) -> OutlineItem:
    statement = instruction.statement
    title, detail = _remembered(instruction.header)
    is_argument = stage is None and statement.name == "ARG"
    kind = OutlineKind.ARGUMENT if is_argument else OutlineKind.INSTRUCTION
    return OutlineItem(
        title=title,
        detail=detail,
        kind=kind,
        start=instruction.span.start,
        end=_end(instruction),
        stage=None if stage is None else stage.index,
    )


@lru_cache(maxsize=REMEMBERED)
def _remembered(header: Header) -> tuple[str, str]:
    """The keyword and the arguments; typing elsewhere asks for the same ones again."""
    keyword = header.statement.keyword
    return _short(keyword.value), _short(header.line.text[keyword.end :])


def _end(instruction: Instruction) -> int:
    """Where an instruction ends, here-documents included, without the last line feed."""
    last = instruction.heredocs[-1] if instruction.heredocs else None
    if last is not None:
        return (last.terminator or last.body).end
    return instruction.span.end


def _short(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * _LONGEST].strip(SPACE).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
