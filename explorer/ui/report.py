"""An error in the words of the window: what, why, what to do, and a report to pass on."""

from __future__ import annotations

import platform
import traceback
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import qVersion

from explorer import __version__
from explorer.errors import ExplorerError


@dataclass(frozen=True, slots=True)
class Report:
    """What a banner shows of an error; ``details`` are for who mends it."""

    what: str
    why: str
    hint: str
    details: str

    @classmethod
    def of(cls, title: str, error: BaseException) -> Report:
        """Return the report of ``error``, which ended what ``title`` names."""
        if isinstance(error, ExplorerError):
            return cls(error.what, error.why, error.hint, _details(title, error))
        if isinstance(error, OSError):
            return cls(f"{title} failed", error.strerror or str(error), "", _details(title, error))
        return cls(
            f"{title} failed",
            "Layerscope ran into a fault of its own",
            "Please pass on the report.",
            _details(title, error),
        )

    def __str__(self) -> str:
        said = "\n".join(part for part in (self.what, self.why, self.hint) if part)
        return f"{said}\n\n{self.details}"


def _details(title: str, error: BaseException) -> str:
    versions = (
        f"Layerscope {__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"{platform.system()} {platform.machine()}"
    )
    trace = "".join(traceback.format_exception(error)).replace(str(Path.home()), "~")
    return f"{title}\n{versions}\n\n{trace}"
