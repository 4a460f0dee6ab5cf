"""What Qt paints itself, in our colours: the palette, and the little that it cannot say."""

from __future__ import annotations

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
        _Role.Highlight: scheme.selection,
        _Role.HighlightedText: scheme.text,
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
    return f"""
    QToolTip {{ color: {text}; background: {raised}; border: 1px solid {border};
        padding: 4px 6px; }}
    QSplitter::handle {{ background: {border}; }}
    QSplitter::handle:hover {{ background: {scheme.accent.name()}; }}
    QStatusBar::item {{ border: none; }}
    """
