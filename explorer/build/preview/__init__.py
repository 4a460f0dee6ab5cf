"""What a stage will hold after each of its steps, before anything runs.

A :class:`~explorer.build.preview.model.Preview` holds an ordinary
:class:`~explorer.analysis.opened.OpenImage` whose upper layers are foretold, so everything that
can be asked of an image can be asked of it.
"""

from explorer.build.preview.model import Effective, LayerKind, Preview, PreviewLayer, Unknown
from explorer.build.preview.previewer import Previewer, preview
from explorer.build.preview.protocols import CachedLayers
from explorer.build.preview.shelf import LayerShelf

__all__ = [
    "CachedLayers",
    "Effective",
    "LayerKind",
    "LayerShelf",
    "Preview",
    "PreviewLayer",
    "Previewer",
    "Unknown",
    "preview",
]
