"""What the stage graph shows, as values made from a program. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Need, NeedKind, Origin, OriginKind, Program, Stage
from explorer.ui import text


class NodeKind(StrEnum):
    """What a node stands for."""

    STAGE = "stage"
    CONTEXT = "context"
    """A named build context."""
    IMAGE = "image"
    """An image that a stage copies from or mounts."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is known before the build of a stage's steps: counts, and bytes of its layers."""

    hits: int = 0
    misses: int = 0
    unknown: int = 0
    size: int | None = None

    @property
    def total(self) -> int:
        """All steps that are foretold."""
        return self.hits + self.misses + self.unknown

    def words(self) -> str:
        """The same in words: ``3 cached · 2 run``."""
        parts = (
            (self.hits, "cached"),
            (self.misses, "run"),
            (self.unknown, "unknown"),
        )
        return " · ".join(f"{number} {word}" for number, word in parts if number)


@dataclass(frozen=True, slots=True)
class Node:
    """A stage, a named context or an image.

    ``base`` says what a stage is built from, where that is no stage; ``span`` is where a click
    leads. ``needed`` tells that the target takes it.
    """

    kind: NodeKind
    title: str
    base: str = ""
    steps: int = 0
    span: Span = field(default_factory=lambda: Span(0, 0))
    needed: bool = True
    is_target: bool = False
    wrong: str = ""
    forecast: Forecast = field(default_factory=Forecast)

    def subtitle(self) -> str:
        """The second line of the node."""
        if self.kind is not NodeKind.STAGE:
            return "named context" if self.kind is NodeKind.CONTEXT else "image"
        parts = [self.base, text.plural(self.steps, "step")]
        if self.forecast.size:
            parts.append(text.size(self.forecast.size))
        return " · ".join(part for part in parts if part)

    def words(self) -> str:
        """Everything about it, for hovering and for screen readers."""
        kind = {"stage": "Stage", "context": "Named context", "image": "Image"}[self.kind]
        lines = [f"{kind} {self.title}"]
        if self.kind is NodeKind.STAGE:
            lines.append(self.subtitle())
        if self.is_target:
            lines.append("This is what the build makes")
        elif not self.needed:
            lines.append("The target does not need it: it will not be built")
        if self.forecast.total:
            lines.append(self.forecast.words())
        if self.wrong:
            lines.append(self.wrong)
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Arrow:
    """``target`` takes from ``source``; both are numbers of nodes."""

    source: int
    target: int
    kind: NeedKind
    span: Span
    needed: bool = True
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole graph; the first nodes are the stages, by index."""

    nodes: tuple[Node, ...] = ()
    arrows: tuple[Arrow, ...] = ()

    def foretold(self, forecasts: Mapping[int, Forecast]) -> Chart:
        """The same with what is foretold of each stage."""
        nodes = tuple(
            replace(node, forecast=forecasts.get(number, Forecast()))
            if node.kind is NodeKind.STAGE
            else node
            for number, node in enumerate(self.nodes)
        )
        return Chart(nodes, self.arrows)

    def shape(self) -> tuple[int, tuple[tuple[int, int], ...]]:
        """What decides the layout: how many nodes, and what goes where."""
        return len(self.nodes), tuple((a.source, a.target) for a in self.arrows)


def chart_of(program: Program) -> Chart:
    """Draw up the graph of a program."""
    nodes = [_node(program, stage) for stage in program.stages]
    others: dict[tuple[OriginKind, str], int] = {}
    arrows: dict[tuple[int, int, NeedKind], Arrow] = {}
    for stage in program.stages:
        for need in stage.needs:
            needed = stage.index in program.reachable
            source = _source(need, nodes, others, needed)
            key = (source, stage.index, need.kind) if source is not None else None
            if source is not None and key is not None and key not in arrows:
                wrong = source >= stage.index and source < len(program.stages)
                arrows[key] = Arrow(source, stage.index, need.kind, need.span, needed, wrong)
    for arrow in arrows.values():
        if arrow.wrong:
            node = nodes[arrow.target]
            why = (
                "It needs itself"
                if arrow.source == arrow.target
                else f"It takes from {nodes[arrow.source].title}, which comes after it"
            )
            nodes[arrow.target] = replace(node, wrong=node.wrong or why)
    return Chart(tuple(nodes), tuple(arrows.values()))


def _node(program: Program, stage: Stage) -> Node:
    origin = stage.origin
    base = {
        OriginKind.SCRATCH: "scratch",
        OriginKind.STAGE: "",
        OriginKind.UNKNOWN: f"{origin.name or 'base'}?",
    }.get(origin.kind, short_name(origin.name))
    return Node(
        NodeKind.STAGE,
        stage.title,
        base,
        len(stage.steps),
        stage.instruction.span,
        stage.index in program.reachable,
        stage.index == program.target,
        _wrong(program, stage),
    )


def _wrong(program: Program, stage: Stage) -> str:
    """The first error at the stage's FROM."""
    lines = range(stage.instruction.line, stage.instruction.last_line + 1)
    return next((p.message for p in program.problems if p.line in lines), "")


def short_name(reference: str) -> str:
    """An image's name as it fits a node: without registry and folders, and a digest shortened."""
    name, at, digest = reference.rpartition("@") if "@" in reference else (reference, "", "")
    short = name.rpartition("/")[2]
    return f"{short}@{text.short_digest(digest, 7)}" if at else short


def _source(
    need: Need, nodes: list[Node], others: dict[tuple[OriginKind, str], int], needed: bool
) -> int | None:
    origin = need.origin
    if origin.stage is not None:
        return origin.stage
    if origin.kind is OriginKind.CONTEXT or (
        origin.kind is OriginKind.IMAGE and need.kind is not NeedKind.FROM
    ):
        return _other(origin, need, nodes, others, needed)
    return None


def _other(
    origin: Origin,
    need: Need,
    nodes: list[Node],
    others: dict[tuple[OriginKind, str], int],
    needed: bool,
) -> int:
    key = (origin.kind, origin.name)
    if key not in others:
        others[key] = len(nodes)
        kind = NodeKind.CONTEXT if origin.kind is OriginKind.CONTEXT else NodeKind.IMAGE
        title = origin.name if kind is NodeKind.CONTEXT else short_name(origin.name)
        nodes.append(Node(kind, title, span=need.span, needed=needed))
    elif needed and not nodes[others[key]].needed:
        nodes[others[key]] = replace(nodes[others[key]], needed=True)
    return others[key]
