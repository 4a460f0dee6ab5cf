"""One example of each sign of the cross-section, for the page that explains them."""

from __future__ import annotations

from typing import Final

from explorer.analysis.section import CellKind
from explorer.ui.section.look import CellLook, Thread

_BELOW, _ABOVE = Thread(0, reaches=True), Thread(3, reaches=True)
_LOST: Final = Thread(0, reaches=False)

SIGNS: Final = {
    "stored": CellLook(CellKind.STORED, 0, None, _BELOW),
    "shows": CellLook(CellKind.SHOWS, 1, _BELOW, _BELOW),
    "copied": CellLook(CellKind.COPIED, 3, _LOST, _ABOVE, glyph="~"),
    "metadata": CellLook(CellKind.METADATA, 3, _LOST, _ABOVE, glyph="m"),
    "again": CellLook(CellKind.AGAIN, 3, _LOST, _ABOVE, glyph="="),
    "inside": CellLook(CellKind.INSIDE, 3, _BELOW, _BELOW, folder=True),
    "covered": CellLook(CellKind.STORED, 0, None, _LOST, covered=True),
    "replaced": CellLook(CellKind.REPLACED, 3, _LOST, _ABOVE, glyph="⇄"),
    "whiteout": CellLook(CellKind.WHITEOUT, 3, _LOST, None),
    "opaque": CellLook(CellKind.OPAQUE, 3, _LOST, _ABOVE, glyph="◌"),
    "hidden": CellLook(CellKind.HIDDEN, 3, _LOST, None),
}
