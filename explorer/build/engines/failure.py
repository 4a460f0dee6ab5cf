"""What ends a build that another engine carries out."""

from __future__ import annotations

from explorer.build.engines.sandbox.failure import BuildError

__all__ = ["BuildError"]
