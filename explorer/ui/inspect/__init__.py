"""The inspector: everything about one path, through all layers, and what its content is."""

from explorer.ui.inspect.view import InspectorView

__all__ = ["InspectorView"]
