"""The vocabulary of the OCI image and distribution specifications.

Values only: bytes and text in, frozen dataclasses out, and no input or output. Everything read
from an image is taken for hostile; see :mod:`explorer.oci.document`.
"""

from explorer.oci.config import Healthcheck, History, ImageConfig, chain_ids
from explorer.oci.descriptor import Descriptor
from explorer.oci.digest import Digest
from explorer.oci.manifest import (
    DockerArchiveItem,
    ImageIndex,
    Manifest,
    parse_docker_manifest,
    parse_manifest,
)
from explorer.oci.platform import Platform, best_match
from explorer.oci.reference import Reference
from explorer.oci.timestamps import format_rfc3339_utc, parse_rfc3339

__all__ = [
    "Descriptor",
    "Digest",
    "DockerArchiveItem",
    "Healthcheck",
    "History",
    "ImageConfig",
    "ImageIndex",
    "Manifest",
    "Platform",
    "Reference",
    "best_match",
    "chain_ids",
    "format_rfc3339_utc",
    "parse_docker_manifest",
    "parse_manifest",
    "parse_rfc3339",
]
