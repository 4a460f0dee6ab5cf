"""Files that come with the application, in an installation or in a checkout."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import NotFound

_PACKAGE = Path(__file__).resolve().parent.parent


def sample_image() -> Path:
    """The bundled sample; raises :class:`NotFound` where it was left out of an installation."""
    installed = _PACKAGE / "_resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    sample = root / "sample.tar"
    if not sample.exists():
        raise NotFound(
            "The bundled sample is not here",
            why=f"there is no {sample}",
            hint="Name an image: layerscope report IMAGE",
        )
    return sample
