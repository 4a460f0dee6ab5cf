"""What a build is given besides the Dockerfile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from explorer.dockerfile.ignore import IgnoreFile
from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform
from explorer.oci.reference import Reference

DEFAULT_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The ``PATH`` of a stage whose base sets none, except on Windows."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Build arguments, platforms, and what is known of the outside.

    ``arguments`` are those of ``--build-arg``. ``target`` is a stage's name, ``""`` for the last
    one. ``images`` holds the configurations of base images by their reference, written as
    ``str(Reference)``; ``contexts`` those of named build contexts, ``None`` where a context is a
    folder. ``ignore`` is the ignore file in force.
    """

    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    platform: Platform = field(default_factory=Platform.host)
    build_platform: Platform = field(default_factory=Platform.host)
    images: Mapping[str, ImageConfig] = field(default_factory=dict)
    contexts: Mapping[str, ImageConfig | None] = field(default_factory=dict)
    ignore: IgnoreFile | None = None

    def image(self, name: str) -> ImageConfig | None:
        """The configuration of a base image, where it is known."""
        reference = Reference.parse_or_none(name)
        return None if reference is None else self.images.get(str(reference))

    def predefined(self) -> dict[str, str]:
        """The arguments that every FROM may use, and a stage once it declares them.

        Dockerfile reference, "Automatic platform ARGs in the global scope".
        """
        build, wanted = self.build_platform, self.platform
        values = {
            "BUILDPLATFORM": str(build),
            "BUILDOS": build.os,
            "BUILDOSVERSION": build.os_version,
            "BUILDARCH": build.architecture,
            "BUILDVARIANT": build.variant,
            "TARGETPLATFORM": wanted.full,
            "TARGETOS": wanted.os,
            "TARGETOSVERSION": wanted.os_version,
            "TARGETARCH": wanted.architecture,
            "TARGETVARIANT": wanted.variant,
            "TARGETSTAGE": self.target or "default",
        }
        return {name: self.arguments.get(name, value) for name, value in values.items()}
