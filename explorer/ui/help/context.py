"""Which topic fits what has the focus.

A widget says so itself: ``widget.setProperty("help_topic", "cross-section")``, or
``"filter-language#sizes"`` for a heading. What it says counts for everything in it, too.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.ui.help.library import INDEX

PROPERTY = "help_topic"


def topic_of(widget: QWidget | None) -> str:
    """Return the topic of ``widget`` or of its nearest parent that has one; else the index."""
    while widget is not None:
        topic = widget.property(PROPERTY)
        if isinstance(topic, str) and topic:
            return topic
        widget = widget.parentWidget()
    return INDEX
