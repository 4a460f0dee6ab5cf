"""Previews as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from explorer.analysis.opened import OpenImage
from explorer.build.bases import Base, Unresolved
from explorer.dockerfile.problem import Problem, Severity
from explorer.oci.config import Healthcheck, ImageConfig
from explorer.oci.process import Process


class LayerKind(Enum):
    """How a layer of a preview is known."""

    BASE = "base"
    """It is a layer of the base image."""
    PREDICTED = "predicted"
    """It was computed; nothing ran."""
    CACHED = "cached"
    """It was made by an earlier build, and this one will take it again."""


@dataclass(frozen=True, slots=True)
class PreviewLayer:
    """A layer of a preview, and the step it comes from.

    ``stage`` and ``step`` are indexes into the program; both ``None`` for the base's layers.
    ``uncertain`` tells that something below it is not known.
    """

    index: int
    kind: LayerKind
    stage: int | None = None
    step: int | None = None
    uncertain: bool = False

    @property
    def predicted(self) -> bool:
        """Whether it was computed."""
        return self.kind is LayerKind.PREDICTED


@dataclass(frozen=True, slots=True)
class Unknown:
    """A step whose files are not known before the build runs, and why."""

    stage: int
    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class Effective:
    """What a container would find if the stage ended here.

    ``process`` is what ENTRYPOINT and CMD come to; ``config`` the whole configuration.
    """

    config: ImageConfig
    environment: Mapping[str, str]
    user: str
    workdir: str
    entrypoint: tuple[str, ...] | None
    cmd: tuple[str, ...] | None
    process: Process
    shell: tuple[str, ...] | None
    exposed: tuple[str, ...]
    volumes: tuple[str, ...]
    labels: Mapping[str, str]
    stop_signal: str
    healthcheck: Healthcheck | None


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A stage as it will be after one of its steps (-1: after its FROM).

    ``base`` is the image at the bottom, ``None`` for ``scratch`` and folders. ``problems`` are
    those of all steps up to here, of other stages that were copied from too. ``unknown`` are the
    steps that have to run first: what comes after them is computed from what is known.
    """

    stage: int
    step: int
    image: OpenImage
    layers: tuple[PreviewLayer, ...]
    effective: Effective
    base: Base | Unresolved | None = None
    problems: tuple[Problem, ...] = ()
    unknown: tuple[Unknown, ...] = field(default=())

    @property
    def uncertain(self) -> bool:
        """Whether a step below, or the base, is not known."""
        return bool(self.unknown) or isinstance(self.base, Unresolved)

    @property
    def fails(self) -> bool:
        """Whether the build will stop before it comes to here."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def predicted(self) -> tuple[int, ...]:
        """The numbers of the layers that were computed."""
        return tuple(layer.index for layer in self.layers if layer.predicted)

    def layer_of(self, step: int) -> int | None:
        """The number of the layer that a step of the stage makes."""
        own = (la for la in self.layers if la.stage == self.stage and la.step == step)
        return next((layer.index for layer in own), None)
