"""The vocabulary of the OCI image and distribution specifications.

Values only: bytes and text in, frozen dataclasses out, and no input or output. Everything read
from an image is taken for hostile; see :mod:`explorer.oci.document`.

::

    Digest  Reference  Platform  Descriptor      how things are named and pointed at
    Manifest  ImageIndex  DockerArchiveItem      what an image consists of
    ImageConfig  History  Healthcheck            how it was made, and how it starts
    Step  Instruction  BaseBoundary              history, read side by side with the layers
    Process                                      what a container will really run

Names are imported when they are first used, so the command line starts without paying for those
it does not need. The function :func:`explorer.oci.steps.steps` is imported from its module, whose
name it shares.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.oci.base import BaseBoundary, base_boundary
    from explorer.oci.config import Healthcheck, History, ImageConfig, chain_ids
    from explorer.oci.descriptor import Descriptor
    from explorer.oci.digest import Digest
    from explorer.oci.docker_manifest import DockerArchiveItem, parse_docker_manifest
    from explorer.oci.instruction import Instruction
    from explorer.oci.manifest import ImageIndex, Manifest, parse_manifest
    from explorer.oci.platform import Platform, best_match
    from explorer.oci.process import Process, effective_process
    from explorer.oci.reference import Reference
    from explorer.oci.steps import Step
    from explorer.oci.timestamps import format_rfc3339_utc, parse_rfc3339

__all__ = [
    "BaseBoundary",
    "Descriptor",
    "Digest",
    "DockerArchiveItem",
    "Healthcheck",
    "History",
    "ImageConfig",
    "ImageIndex",
    "Instruction",
    "Manifest",
    "Platform",
    "Process",
    "Reference",
    "Step",
    "base_boundary",
    "best_match",
    "chain_ids",
    "effective_process",
    "format_rfc3339_utc",
    "parse_docker_manifest",
    "parse_manifest",
    "parse_rfc3339",
]

_HOMES = {
    "base": ("BaseBoundary", "base_boundary"),
    "config": ("Healthcheck", "History", "ImageConfig", "chain_ids"),
    "descriptor": ("Descriptor",),
    "digest": ("Digest",),
    "docker_manifest": ("DockerArchiveItem", "parse_docker_manifest"),
    "instruction": ("Instruction",),
    "manifest": ("ImageIndex", "Manifest", "parse_manifest"),
    "platform": ("Platform", "best_match"),
    "process": ("Process", "effective_process"),
    "reference": ("Reference",),
    "steps": ("Step",),
    "timestamps": ("format_rfc3339_utc", "parse_rfc3339"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
