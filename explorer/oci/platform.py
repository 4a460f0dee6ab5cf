"""Platforms: the operating system and processor an image is for.

OCI image specification, image-index.md ("platform"), with names normalised and variants ranked as
containerd does, so that ``x86_64`` finds ``amd64`` and an ``arm/v7`` machine accepts ``arm/v6``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from explorer.errors import UsageError
from explorer.oci.fields import Fields

UNKNOWN: Final = "unknown"

# fmt: off
_OSES: Final = frozenset({
    "aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "nacl",
    "netbsd", "openbsd", "plan9", "solaris", "windows", "zos",
})
_ARCHITECTURES: Final = frozenset({
    "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle",
    "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv",
    "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm",
})
# fmt: on
_ARCHITECTURE_ALIASES: Final = {
    "i386": ("386", ""),
    "i686": ("386", ""),
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
    "armv6l": ("arm", "v6"),
    "armv7l": ("arm", "v7"),
    "loongarch64": ("loong64", ""),
}
_OS_ALIASES: Final = {"macos": "darwin"}
# What leaving the variant out means.
_BASELINES: Final = {"amd64": "v1", "arm": "v7", "arm64": "v8"}
_OS_PART: Final = re.compile(r"([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)((?:\+[A-Za-z0-9_.-]+)*)\))?")
_PART: Final = re.compile(r"[A-Za-z0-9_.-]+")
_VERSION: Final = re.compile(r"v?(\d{1,4})(?:\.(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Platform:
    """An operating system, an architecture in Go's spelling, and a variant of it.

    ``str()`` gives ``linux/arm64/v8``. Fields hold what was written; :meth:`normalized` gives the
    form that two spellings of one platform share.
    """

    os: str
    architecture: str
    variant: str = ""
    os_version: str = ""
    os_features: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Read ``os/architecture[/variant]``, or one of the first two alone.

        The other half then is this machine's. ``windows(10.0.17763)/amd64`` gives a version.

        Raises:
            UsageError: it is not a platform.
        """
        parts = text.strip().split("/")
        head = _OS_PART.fullmatch(parts[0])
        if head is None or len(parts) > 3 or not all(map(_PART.fullmatch, parts[1:])):
            raise _bad(text, "the form is os/architecture or os/architecture/variant")
        if len(parts) == 1:
            return cls._from_word(text, parts[0])
        os_name, version, features = head.groups()
        architecture, implied = _architecture(parts[1])
        variant = _variant(parts[2]) if len(parts) == 3 else implied
        if len(parts) == 2 and architecture == "arm" and variant == "v7":
            variant = ""
        return cls(
            _os(os_name),
            architecture,
            variant,
            version or "",
            tuple(features[1:].split("+")) if features else (),
        )

    @classmethod
    def _from_word(cls, text: str, word: str) -> Platform:
        host = cls.host()
        if _os(word) in _OSES:
            return replace(host, os=_os(word))
        architecture, variant = _architecture(word)
        if architecture in _ARCHITECTURES:
            variant = "" if (architecture, variant) == ("arm", "v7") else variant
            return cls(host.os, architecture, variant)
        raise _bad(text, "it is neither an operating system nor an architecture")

    @classmethod
    def from_fields(cls, fields: Fields) -> Platform:
        """From a descriptor's ``platform`` or from an image configuration."""
        return cls(
            os=fields.text("os"),
            architecture=fields.text("architecture"),
            variant=fields.text("variant"),
            os_version=fields.text("os.version"),
            os_features=fields.texts("os.features") or (),
        )

    @classmethod
    def host(cls) -> Platform:
        """The platform images run on here: Linux, and this machine's processor.

        On macOS and Windows, containers run in a Linux virtual machine unless told otherwise.
        """
        if hasattr(os, "uname"):
            machine = os.uname().machine
        else:
            machine = os.environ.get("PROCESSOR_ARCHITECTURE", "amd64")
        return cls("linux", *_architecture(machine))

    @property
    def is_unknown(self) -> bool:
        """Whether it says ``unknown/unknown``, as attestations do, or nothing at all."""
        return self.os in ("", UNKNOWN) and self.architecture in ("", UNKNOWN)

    @property
    def full(self) -> str:
        """With version and features of the operating system: ``windows(10.0.17763)/amd64``."""
        extra = "".join(f"+{feature}" for feature in self.os_features)
        version = f"({self.os_version}{extra})" if self.os_version or extra else ""
        os_name, slash, rest = str(self).partition("/")
        return f"{os_name}{version}{slash}{rest}"

    def normalized(self) -> Platform:
        """The one spelling of this platform; the baseline variant (``arm64/v8``) is left out."""
        architecture, implied = _architecture(self.architecture)
        variant = _variant(self.variant) or implied
        if variant == _BASELINES.get(architecture):
            variant = ""
        return replace(self, os=_os(self.os), architecture=architecture, variant=variant)

    def matches(self, wanted: Platform) -> bool:
        """Whether an image for this platform is one for ``wanted``.

        System, architecture and variant have to agree; a version only where ``wanted`` has one.
        """
        mine, theirs = self.normalized(), wanted.normalized()
        return (
            (mine.os, mine.architecture, mine.variant)
            == (theirs.os, theirs.architecture, theirs.variant)
            and (not theirs.os_version or mine.os_version == theirs.os_version)
            and set(theirs.os_features) <= set(mine.os_features)
        )

    def to_json(self) -> dict[str, Any]:
        """As a descriptor writes it."""
        document: dict[str, Any] = {"architecture": self.architecture, "os": self.os}
        if self.os_version:
            document["os.version"] = self.os_version
        if self.os_features:
            document["os.features"] = list(self.os_features)
        if self.variant:
            document["variant"] = self.variant
        return document

    def __str__(self) -> str:
        text = f"{self.os or UNKNOWN}/{self.architecture or UNKNOWN}"
        return f"{text}/{self.variant}" if self.variant else text


def best_match(platforms: Sequence[Platform | None], wanted: Platform) -> int | None:
    """The index of the platform that serves ``wanted`` best, or ``None`` if none does.

    An exact match comes first. Otherwise the highest lower variant of the same architecture, which
    the processor runs as well (``arm/v6`` on ``arm/v7``, ``amd64`` on ``amd64/v3``). Of several
    Windows versions the one of the same build is taken, then the first listed.
    """
    best: tuple[tuple[int, ...], int] | None = None
    for index, platform in enumerate(platforms):
        rank = None if platform is None else _rank(platform.normalized(), wanted.normalized())
        if rank is not None and (best is None or rank > best[0]):
            best = (rank, index)
    return None if best is None else best[1]


def _rank(offered: Platform, wanted: Platform) -> tuple[int, ...] | None:
    if (offered.os, offered.architecture) != (wanted.os, wanted.architecture):
        return None
    version = _same_parts(offered.os_version, wanted.os_version)
    if offered.variant == wanted.variant:
        return (1, version)
    mine = _variant_number(offered)
    theirs = _variant_number(wanted)
    if mine is None or theirs is None or mine > theirs:
        return None
    return (0, *mine, version)


def _variant_number(platform: Platform) -> tuple[int, int] | None:
    variant = platform.variant or _BASELINES.get(platform.architecture, "")
    match = _VERSION.fullmatch(variant)
    return (int(match[1]), int(match[2] or 0)) if match else None


def _same_parts(offered: str, wanted: str) -> int:
    same = 0
    for ours, theirs in zip(offered.split("."), wanted.split("."), strict=False):
        if not ours or ours != theirs:
            break
        same += 1
    return same


def _os(name: str) -> str:
    lower = name.lower()
    return _OS_ALIASES.get(lower, lower)


def _architecture(name: str) -> tuple[str, str]:
    lower = name.lower()
    return _ARCHITECTURE_ALIASES.get(lower, (lower, ""))


def _variant(text: str) -> str:
    lower = text.lower()
    return f"v{lower}" if lower[:1].isdigit() else lower


def _bad(text: str, why: str) -> UsageError:
    return UsageError(
        f"{text[:100]!r} is not a platform",
        why=why,
        hint="Write it like linux/amd64 or linux/arm64/v8",
    )
