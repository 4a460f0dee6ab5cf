"""Tool tips of what comes from an image: text, whatever it looks like."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtGui import Qt

_LONGEST: Final = 2000


def tip(words: str) -> str:
    """Return ``words`` as a tool tip that wraps, cut where it would fill the screen.

    Qt takes a tool tip for markup when it looks like some, and a name in an image may.
    """
    if not words:
        return ""
    if len(words) > _LONGEST:
        words = f"{words[:_LONGEST]}…"
    return f"<p style='white-space: pre-wrap; margin: 0'>{html.escape(words)}</p>"


def plain_tip(words: str) -> str:
    """Return ``words`` as they are, unless Qt would take them for markup."""
    return tip(words) if Qt.mightBeRichText(words) else words
