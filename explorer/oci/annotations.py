"""Well-known annotation keys.

OCI image specification, annotations.md; used in descriptors, manifests, indexes, and as labels of
a configuration.
"""

from __future__ import annotations

from typing import Final

REF_NAME: Final = "org.opencontainers.image.ref.name"
"""In the index of a layout: the tag, or (by some writers) the full reference."""
CONTAINERD_NAME: Final = "io.containerd.image.name"
"""In the index of an archive: the full reference, as Docker and containerd write it."""

TITLE: Final = "org.opencontainers.image.title"
DESCRIPTION: Final = "org.opencontainers.image.description"
CREATED: Final = "org.opencontainers.image.created"
VERSION: Final = "org.opencontainers.image.version"
REVISION: Final = "org.opencontainers.image.revision"
SOURCE: Final = "org.opencontainers.image.source"
BASE_NAME: Final = "org.opencontainers.image.base.name"
"""The reference of the base image."""
BASE_DIGEST: Final = "org.opencontainers.image.base.digest"
"""The digest of the base image's manifest."""
