"""Extended attributes that the folders of layers have for overlayfs, and for us."""

from __future__ import annotations

from typing import Final

OPAQUE: Final = ("trusted.overlay.opaque", "user.overlay.opaque")
"""As root, and in a user namespace."""

OWNER: Final = "user.layerscope.owner"
"""Where only one user exists: the numbers of the owner that a file should have."""
