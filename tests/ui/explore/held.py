"""Images made to order in a registry on a loopback port, for tests of the page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from explorer.ui.explore.page import ExplorePage
from tests.factory import Image, Index
from tests.registry.server import FaultyRegistry, serving
from tests.ui.explore.images import settled, window_with


def hold(registry: FaultyRegistry, node: Image | Index, name: str = "tour", tag: str = "1") -> str:
    """Have a registry hold an image or an index; return what to open."""
    for digest, data in node.blobs().items():
        registry.blobs[name, digest] = data
        kind = _kind(data)
        if kind:
            registry.document(name, data, kind)
    registry.document(name, node.manifest, _kind(node.manifest), tag)
    return f"docker://{registry.host}/{name}:{tag}"


def _kind(data: bytes) -> str:
    """The media type of a manifest or an index; empty for anything else."""
    if not data.startswith(b"{"):
        return ""
    kind = json.loads(data).get("mediaType", "")
    return kind if "manifest" in kind or "index" in kind else ""


@asynccontextmanager
async def remote_page(
    node: Image | Index, folder: Path
) -> AsyncIterator[tuple[ExplorePage, FaultyRegistry]]:
    """The window with an image opened that lies in a registry, and that registry."""
    with pytest.MonkeyPatch.context() as patch:
        ask_as_nobody(patch, folder)
        async with _page(node, folder) as found:
            yield found


def ask_as_nobody(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Read no file, helper or keyring of the person who runs the tests."""
    patch.setenv("HOME", str(folder / "home"))
    patch.setenv("LAYERSCOPE_DATA_DIR", str(folder / "data"))
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE"):
        patch.delenv(name, raising=False)


@asynccontextmanager
async def _page(
    node: Image | Index, folder: Path
) -> AsyncIterator[tuple[ExplorePage, FaultyRegistry]]:
    async with serving() as registry:
        location = hold(registry, node)
        async with window_with(location, folder) as page:
            await settled(page)
            yield page, registry
