"""Secrets as Podman's API takes them: files at the top of what is sent.

It moves them out of the context before anything is built, to beside it: so nothing can copy them,
they are in no key, and they go with the build.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex

from explorer.build.engines.docker.query import Query
from explorer.build.engines.secretdata import secret_data
from explorer.build.request import BuildRequest
from explorer.errors import NotFound


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """The files by name, and what is asked with them."""

    files: Mapping[str, bytes]
    asked: Query


def secret_files(request: BuildRequest) -> SecretFiles:
    """The secrets of a request.

    Raises :class:`NotFound` for one whose variable is not set, and as
    :func:`explorer.build.engines.secretdata.secret_data`.
    """
    files: dict[str, bytes] = {}
    asked: list[str] = []
    for secret in request.secrets:
        data = secret_data(secret)
        if data is None:
            raise NotFound(f"secret {secret.id}: {secret.env or secret.id} is not set")
        name = f".layerscope.{token_hex(16)}.secret"
        files[name] = data
        asked.append(f"id={secret.id},src={name}")
    return SecretFiles(files, [("secrets", json.dumps(asked))] if asked else [])
