"""Limits on waste: the gate for continuous integration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from explorer.analysis.dive import dive_figures
from explorer.analysis.opened import OpenImage
from explorer.analysis.waste import measure_waste
from explorer.filesystem.entry import EntryType

Method: TypeAlias = Literal["layerscope", "dive"]
RuleName: TypeAlias = Literal["max-wasted-bytes", "max-wasted-percent", "min-efficiency"]


@dataclass(frozen=True, slots=True)
class FigurePath:
    """Bytes counted as wasted at a path, with the layers that store them."""

    path: bytes
    bytes: int
    layers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WasteFigures:
    """Waste by one of two definitions, in the same shape.

    ``efficiency`` runs from 0 to 1, ``percent`` from 0 to 100; ``layers`` are ``(layer, bytes)``,
    lowest first. dive's percentage is of the bytes above the lowest layer.
    """

    method: Method
    efficiency: float
    wasted: int
    percent: float
    paths: tuple[FigurePath, ...]
    layers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class WasteRule:
    """A limit. Meeting it exactly passes."""

    name: RuleName
    limit: float

    def value(self, figures: WasteFigures) -> float:
        """The figure that the rule looks at."""
        match self.name:
            case "max-wasted-bytes":
                return figures.wasted
            case "max-wasted-percent":
                return figures.percent
            case _:
                return figures.efficiency

    def passed(self, figures: WasteFigures) -> bool:
        """Whether the limit is kept."""
        value = self.value(figures)
        return value >= self.limit if self.name == "min-efficiency" else value <= self.limit


def waste_figures(image: OpenImage, method: Method = "layerscope") -> WasteFigures:
    """The waste of an image by either definition."""
    return _dive(image) if method == "dive" else _own(image)


def _own(image: OpenImage) -> WasteFigures:
    waste = measure_waste(image)
    return WasteFigures(
        method="layerscope",
        efficiency=waste.efficiency,
        wasted=waste.wasted,
        percent=waste.percent,
        paths=tuple(FigurePath(path.path, path.bytes, path.layers) for path in waste.paths),
        layers=tuple((layer.layer, layer.bytes) for layer in waste.layers),
    )


def _dive(image: OpenImage) -> WasteFigures:
    figures = dive_figures(image)
    above = sum(_file_bytes(image, number) for number in range(1, len(image.layers)))
    return WasteFigures(
        method="dive",
        efficiency=figures.efficiency,
        wasted=figures.wasted,
        percent=100 * figures.wasted / above if above else 0.0,
        paths=tuple(FigurePath(*row) for row in figures.paths),
        layers=(),
    )


def _file_bytes(image: OpenImage, number: int) -> int:
    index = image.layers[number].index
    if index is None:
        return 0
    return int(index.size[index.live & (index.type == EntryType.FILE)].sum(dtype=np.int64))
