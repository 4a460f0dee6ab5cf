"""A walk over all widgets: what cannot be named, cannot be used without eyes."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QTabBar, QWidget

# Parts that Qt makes for itself inside of widgets that are named.
_QT_OWN = ("qt_", "ScrollLeftButton", "ScrollRightButton")
_CONTAINERS = ("QScrollArea", "QAbstractScrollArea")


def unnamed(root: QWidget) -> list[str]:
    """Return every visible widget below ``root`` that takes focus or clicks, yet has no name."""
    return [_where(widget) for widget in _reachable(root) if not _name(widget)]


def focus_order(root: QWidget) -> list[QWidget]:
    """Return the visible widgets in the order that Tab goes through them, from ``root`` on."""
    order: list[QWidget] = []
    widget = root.nextInFocusChain()
    while widget is not None and widget is not root:
        if widget.isVisibleTo(root) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(widget)
        widget = widget.nextInFocusChain()
    return order


def _reachable(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        own = widget.objectName().startswith(_QT_OWN)
        if own or not widget.isVisibleTo(root) or type(widget).__name__ in _CONTAINERS:
            continue
        takes_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if takes_focus or isinstance(widget, QAbstractItemView | QAbstractButton):
            yield widget


def _name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    if interface is not None:
        return interface.text(QAccessible.Text.Name)
    if isinstance(widget, QTabBar):
        return widget.tabText(widget.currentIndex())
    return widget.accessibleName()


def _where(widget: QWidget) -> str:
    path, step = [], widget
    while step is not None:
        path.append(type(step).__name__)
        step = step.parentWidget()
    return " < ".join(path)
