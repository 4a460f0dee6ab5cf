"""Image facts: what the documents of an image say, and what will really run."""

from explorer.ui.facts.view import FactsView

__all__ = ["FactsView"]
