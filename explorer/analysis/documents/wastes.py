"""Waste and the rules that limit it, as a document."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.analysis.documents.values import Document, document, path_fields
from explorer.analysis.gate import WasteFigures, WasteRule


def waste_document(
    figures: WasteFigures, rules: Sequence[WasteRule] = (), warnings: Sequence[str] = ()
) -> Document:
    """The figures of an image and what became of each rule.

    ``method`` says whose definition was used, ``layerscope`` or ``dive``.
    """
    return document(
        method=figures.method,
        efficiency=figures.efficiency,
        wasted_bytes=figures.wasted,
        wasted_percent=figures.percent,
        paths=[
            {**path_fields(path.path), "bytes": path.bytes, "layers": list(path.layers)}
            for path in figures.paths
        ],
        layers=[{"layer": number, "bytes": size} for number, size in figures.layers],
        rules=[
            {
                "rule": rule.name,
                "limit": rule.limit,
                "value": rule.value(figures),
                "passed": rule.passed(figures),
            }
            for rule in rules
        ],
        warnings=list(warnings),
    )
