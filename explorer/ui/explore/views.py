"""The views around the tree that show the same model, and how they are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from explorer.ui.explore.model import ViewerModel
from explorer.ui.section.view import SectionView
from explorer.ui.settings import Settings

BELOW: Final[tuple[tuple[str, Callable[[ViewerModel, QWidget], QWidget]], ...]] = (
    ("Cross-section", SectionView),
)
"""The views below the tree, by their titles."""


def beside(model: ViewerModel, settings: Settings, parent: QWidget) -> QWidget | None:
    """The view at the right of the tree."""
    return None
