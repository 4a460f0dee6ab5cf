"""The views around the tree that show the same model."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Final

from PySide6.QtWidgets import QWidget

from explorer.ui.explore.model import ViewerModel

_BESIDE: Final = (("explorer.ui.inspect", "InspectorView"),)
_BELOW: Final = (
    ("Cross-section", "explorer.ui.section.view", "SectionView"),
    ("Where the bytes go", "explorer.ui.usage", "UsageView"),
    ("Image facts", "explorer.ui.facts", "FactsView"),
)


def beside(model: ViewerModel, parent: QWidget) -> list[QWidget]:
    """The views at the right of the tree."""
    found = (_make(module, name, model, parent) for module, name in _BESIDE)
    return [view for view in found if view is not None]


def below(model: ViewerModel, parent: QWidget) -> list[tuple[str, QWidget]]:
    """The views below the tree, with their titles."""
    found = ((title, _make(module, name, model, parent)) for title, module, name in _BELOW)
    return [(title, view) for title, view in found if view is not None]


def _make(module: str, name: str, model: ViewerModel, parent: QWidget) -> QWidget | None:
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        found = None
    make = getattr(importlib.import_module(module), name, None) if found is not None else None
    return make(model, parent) if make is not None else None
