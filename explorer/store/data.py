"""Where the user's own things are kept: images, records of builds. Nothing here is a cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_root() -> Path:
    """``LAYERSCOPE_DATA_DIR``, or the user's data directory."""
    named = os.environ.get("LAYERSCOPE_DATA_DIR")
    return Path(named) if named else Path(platformdirs.user_data_dir("layerscope", appauthor=False))
