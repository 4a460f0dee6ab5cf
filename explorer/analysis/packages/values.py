"""A package that is installed in an image."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ecosystem(StrEnum):
    """Who keeps the books of a package."""

    DPKG = "dpkg"
    APK = "apk"
    RPM = "rpm"
    PYTHON = "python"
    NPM = "npm"


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package.

    ``path`` is the file that says so, ``layer`` the layer that installed this version (not merely
    the last that wrote the books). ``version`` is written as the package manager writes it,
    ``architecture`` is empty where there is none, ``size`` the installed bytes where they are
    noted, else 0.
    """

    kind: Ecosystem
    name: str
    version: str
    path: bytes
    layer: int
    architecture: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Noted:
    """What one entry of a package manager's books says."""

    name: str
    version: str
    architecture: str = ""
    size: int = 0
