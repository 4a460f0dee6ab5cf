"""Small well-formed documents for tests to bend."""

from __future__ import annotations

import json
from typing import Any

from explorer.oci import media
from explorer.oci.digest import Digest

DIGESTS = [str(Digest.of(bytes([number]))) for number in range(8)]


def descriptor(number: int = 0, **fields: Any) -> dict[str, Any]:
    """A descriptor of a layer; a field given as ``None`` is left out."""
    document = {"mediaType": media.OCI_LAYER_GZIP, "digest": DIGESTS[number], "size": 10 + number}
    return {key: value for key, value in {**document, **fields}.items() if value is not None}


def manifest(**fields: Any) -> dict[str, Any]:
    """An OCI manifest of two layers; a field given as ``None`` is left out."""
    document = {
        "schemaVersion": 2,
        "mediaType": media.OCI_MANIFEST,
        "config": descriptor(0, mediaType=media.OCI_CONFIG),
        "layers": [descriptor(1), descriptor(2)],
    }
    return {key: value for key, value in {**document, **fields}.items() if value is not None}


def index(*manifests: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An OCI image index."""
    document = {"schemaVersion": 2, "mediaType": media.OCI_INDEX, "manifests": list(manifests)}
    return {key: value for key, value in {**document, **fields}.items() if value is not None}


def data(document: Any) -> bytes:
    """The document as bytes."""
    return json.dumps(document).encode()
