"""What differs between the packages of two filesystems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from explorer.analysis.packages.values import Ecosystem, Package

_Key = tuple[Ecosystem, str, str]


@dataclass(frozen=True, slots=True)
class PackageChange:
    """One package that differs: ``old`` is None for one that was added, ``new`` for one removed."""

    old: Package | None
    new: Package | None

    @property
    def package(self) -> Package:
        """The newer of the two."""
        package = self.new or self.old
        assert package is not None
        return package


@dataclass(frozen=True, slots=True)
class PackageDifference:
    """What differs, by ecosystem and name."""

    added: tuple[Package, ...]
    removed: tuple[Package, ...]
    changed: tuple[PackageChange, ...]

    def __len__(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)


def compare_packages(a: Iterable[Package], b: Iterable[Package]) -> PackageDifference:
    """What became of the packages ``a`` in ``b``.

    Where several versions of one package are installed, those that both have are set aside, and
    the others paired in the order of their versions.
    """
    left, right = _by_name(a), _by_name(b)
    changes: list[PackageChange] = []
    for key in sorted(left.keys() | right.keys()):
        old, new = left[key], right[key]
        gone = [old[version] for version in sorted(old.keys() - new.keys())]
        come = [new[version] for version in sorted(new.keys() - old.keys())]
        changes += [PackageChange(*pair) for pair in zip_longest(gone, come)]
    return PackageDifference(
        tuple(each.new for each in changes if each.old is None and each.new is not None),
        tuple(each.old for each in changes if each.new is None and each.old is not None),
        tuple(each for each in changes if each.old is not None and each.new is not None),
    )


def _by_name(packages: Iterable[Package]) -> defaultdict[_Key, dict[str, Package]]:
    found: defaultdict[_Key, dict[str, Package]] = defaultdict(dict)
    for package in packages:
        key = package.kind, package.name, package.architecture
        found[key].setdefault(package.version, package)
    return found
