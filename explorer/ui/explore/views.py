"""The views around the tree that show the same model, and how they are made."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Final, cast

from PySide6.QtWidgets import QWidget

from explorer.ui.explore.model import ViewerModel
from explorer.ui.inspect.view import InspectorView
from explorer.ui.section.view import SectionView
from explorer.ui.settings import Settings

Maker = Callable[[ViewerModel, QWidget], QWidget]


def _later(module: str, name: str) -> tuple[Maker, ...]:
    try:
        return (cast(Maker, getattr(importlib.import_module(module), name)),)
    except (ImportError, AttributeError):
        return ()


BELOW: Final[tuple[tuple[str, Maker], ...]] = (
    ("Cross-section", SectionView),
    *(("Where the bytes go", make) for make in _later("explorer.ui.usage.view", "UsageView")),
    *(("Image facts", make) for make in _later("explorer.ui.facts.view", "FactsView")),
)
"""The views below the tree, by their titles."""


def beside(model: ViewerModel, settings: Settings, parent: QWidget) -> QWidget:
    """The view at the right of the tree."""
    return InspectorView(model, parent, settings=settings)
