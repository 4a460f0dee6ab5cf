"""What Qt paints itself, in our colours: the palette, and the little that it cannot say."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtGui import QColor, QPalette

from explorer.ui.theme.contrast import blend
from explorer.ui.theme.scheme import Scheme

_Role, _Group = QPalette.ColorRole, QPalette.ColorGroup


def qt_palette(scheme: Scheme) -> QPalette:
    """Return the palette that has Qt's own widgets follow ``scheme``."""
    palette = QPalette()
    for role, color in _roles(scheme).items():
        palette.setColor(role, color)
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(_Group.Disabled, role, scheme.disabled)
    palette.setColor(_Group.Disabled, _Role.Highlight, scheme.hover)
    palette.setColor(_Group.Disabled, _Role.Accent, scheme.disabled)
    return palette


# Any, because the stubs ask for bytes where only str works.
SOFTLY_SELECTED: Final[tuple[Any, ...]] = (
    "QAbstractItemView",
    "QLineEdit",
    "QPlainTextEdit",
    "QTextEdit",
    "QLabel",
    "QMenu",
)
"""Classes in which a selection is a tint, so that what is selected keeps its own colours."""


def soft_palette(scheme: Scheme) -> QPalette:
    """Return the palette of the classes of :data:`SOFTLY_SELECTED`."""
    palette = qt_palette(scheme)
    palette.setColor(_Role.Highlight, scheme.selection)
    palette.setColor(_Role.HighlightedText, scheme.text)
    return palette


def _roles(scheme: Scheme) -> dict[QPalette.ColorRole, QColor]:
    return {
        _Role.Window: scheme.window,
        _Role.WindowText: scheme.text,
        _Role.Base: scheme.base,
        _Role.AlternateBase: scheme.alternate,
        _Role.Text: scheme.text,
        _Role.PlaceholderText: scheme.muted,
        _Role.Button: blend(scheme.raised, scheme.window, 0.6),
        _Role.ButtonText: scheme.text,
        _Role.BrightText: scheme.danger,
        _Role.ToolTipBase: scheme.raised,
        _Role.ToolTipText: scheme.text,
        _Role.Highlight: scheme.accent,
        _Role.HighlightedText: scheme.on_accent,
        _Role.Accent: scheme.accent,
        _Role.Link: scheme.accent,
        _Role.LinkVisited: scheme.accent,
        _Role.Light: scheme.raised,
        _Role.Midlight: scheme.border,
        _Role.Mid: scheme.border,
        _Role.Dark: scheme.outline,
        _Role.Shadow: QColor(scheme.outline),
    }


def stylesheet(scheme: Scheme) -> str:
    """Return the rules for the few things a palette has no role for."""
    text, border, raised = scheme.text.name(), scheme.border.name(), scheme.raised.name()
    accent, outline, base = scheme.accent.name(), scheme.outline.name(), scheme.base.name()
    muted = scheme.muted.name()
    thumb = blend(scheme.outline, scheme.window, 0.45).name()
    hover, selection = scheme.hover.name(), scheme.selection.name()
    return f"""
    QToolTip {{ color: {text}; background: {raised}; border: 1px solid {border};
        padding: 4px 6px; }}
    QFrame#card {{ background: {raised}; border: 1px solid {border}; border-radius: 6px; }}
    QToolButton[link="true"] {{ color: {accent}; padding: 0 2px; border: 1px solid transparent;
        background: transparent; }}
    QToolButton[link="true"]:hover {{ text-decoration: underline; background: transparent; }}
    QCheckBox::indicator:unchecked {{ border: 1px solid {outline}; border-radius: 2px;
        background: {base}; }}
    QCheckBox::indicator:unchecked:disabled {{ border-color: {border}; }}
    QSplitter::handle {{ background: {border}; }}
    QSplitter::handle:hover {{ background: {accent}; }}
    QStatusBar::item {{ border: none; }}
    QLineEdit {{ border: 1px solid {outline}; border-radius: 4px; padding: 3px 5px;
        background: {base}; }}
    QLineEdit:focus {{ border-color: {accent}; }}
    QToolButton:focus[autoRaise="true"] {{ border: 1px solid {accent}; border-radius: 4px; }}
    QToolButton[autoRaise="true"] {{ border: 1px solid transparent; border-radius: 4px;
        padding: 3px; }}
    QToolButton:hover[autoRaise="true"] {{ background: {hover}; }}
    QToolButton:pressed[autoRaise="true"], QToolButton:checked[autoRaise="true"] {{
        background: {selection}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 12px; }}
    QScrollBar:horizontal {{ height: 12px; }}
    QScrollBar::handle {{ background: {thumb}; border-radius: 4px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 32px; }}
    QScrollBar::handle:horizontal {{ min-width: 32px; }}
    QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {outline}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ color: {muted}; background: transparent; padding: 3px 8px; border: none;
        border-bottom: 2px solid transparent; margin-right: 2px; }}
    QTabBar::tab:hover {{ background: {hover}; }}
    QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
    QTabBar::tab:selected:focus {{ background: {selection}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {border}; }}
    """
