"""The packages that are installed in an image, as the books in it say.

dpkg, apk, rpm (SQLite, ndb and Berkeley DB), Python distributions and npm packages. Everything is
read within bounds and nothing is run. What cannot be read is said in ``notes``.
"""

from __future__ import annotations

from explorer.analysis.opened import OpenImage
from explorer.analysis.packages.books import Library
from explorer.analysis.packages.comparing import (
    PackageChange,
    PackageDifference,
    compare_packages,
)
from explorer.analysis.packages.languages import npm_packages, python_packages
from explorer.analysis.packages.rpm import rpm_packages
from explorer.analysis.packages.stanzas import apk_packages, dpkg_packages
from explorer.analysis.packages.values import Ecosystem, Package
from explorer.filesystem.state import State
from explorer.progress import Job

__all__ = [
    "Ecosystem",
    "Package",
    "PackageChange",
    "PackageDifference",
    "compare_packages",
    "packages",
]

_READERS = (dpkg_packages, apk_packages, rpm_packages, python_packages, npm_packages)
_ORDER = {kind: place for place, kind in enumerate(Ecosystem)}


def packages(
    image: OpenImage,
    state: State | None = None,
    job: Job | None = None,
    *,
    notes: list[str] | None = None,
) -> tuple[Package, ...]:
    """The packages of a merged filesystem (by default the final one), by ecosystem and name.

    ``notes`` gathers, in sentences, what is there but cannot be read. Raises :class:`Cancelled`.
    """
    library = Library(image, state or image.final, job, notes)
    found = [package for reader in _READERS for package in reader(library)]
    return tuple(sorted(found, key=lambda one: (_ORDER[one.kind], one.name, one.version, one.path)))
