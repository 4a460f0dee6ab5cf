"""The verbs, as whole runs: how layers are packed, which hosts are asked, what is told."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from explorer.oci import Manifest, media, parse_manifest
from tests.registry.server import FaultyRegistry, serving
from tests.registry.test_secrets import run_verb

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample.tar"

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folders = {name: str(tmp_path / name) for name in ("data", "cache")}
    return {
        "LAYERSCOPE_DATA_DIR": folders["data"],
        "LAYERSCOPE_CACHE_DIR": folders["cache"],
        "LAYERSCOPE_REGISTRIES_CONF": str(tmp_path / "registries.conf"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def layer_types(registry: FaultyRegistry, repository: str) -> set[str]:
    """Of every manifest of a repository, attestations left aside."""
    found: set[str] = set()
    for (where, _), (data, kind) in registry.manifests.items():
        document = parse_manifest(data, kind) if where == repository else None
        if isinstance(document, Manifest):
            found |= {layer.media_type for layer in document.layers}
    return found - {media.IN_TOTO}


@pytest.mark.parametrize(
    ("compress", "expected"),
    [
        ((), media.OCI_LAYER_GZIP),
        (("--compress", "zstd"), media.OCI_LAYER_ZSTD),
        (("--compress", "none"), media.OCI_LAYER),
    ],
)
def test_a_push_packs_layers_as_it_is_told(
    environment: dict[str, str], compress: tuple[str, ...], expected: str
) -> None:
    async def run() -> None:
        async with serving() as registry:
            words = ("push", str(SAMPLE), f"{registry.host}/app:1", *compress)
            code, printed, _ = await run_verb(*words, environment=environment)
            assert code == 0, printed
            assert layer_types(registry, "app") == {expected}

    asyncio.run(run())


def test_what_is_pulled_and_pushed_elsewhere_keeps_its_digest_and_then_nothing_is_sent(
    environment: dict[str, str],
) -> None:
    async def run() -> None:
        async with serving() as registry, serving() as other:
            pushed = registry.image("app", b"lower" * 1000, b"upper" * 1000)
            await run_verb("pull", f"{registry.host}/app:1", environment=environment)
            words = ("push", f"{registry.host}/app:1", f"{other.host}/new:1", "--json")
            code, printed, _ = await run_verb(*words, environment=environment)
            assert code == 0, printed
            assert other.manifests["new", "1"] == registry.manifests["app", "1"]
            other.log.clear()
            code, printed, _ = await run_verb(*words, environment=environment)
            document = json.loads(printed)
            assert document["digest"] == str(pushed.digest)
            assert document["bytes"] == 0
            assert {blob["fate"] for blob in document["blobs"]} == {"spared"}
            assert [r.method for r in other.log if "/v2/new/" in r.path] == ["HEAD"]

    asyncio.run(run())


@pytest.mark.parametrize("how", ["flag", "variable", "file"])
def test_a_mirror_is_asked_first_however_it_was_named(
    environment: dict[str, str], how: str
) -> None:
    async def run() -> None:
        async with serving() as registry, serving() as mirror:
            registry.image("app", b"layer" * 100)
            mirror.image("app", b"layer" * 100)
            more: tuple[str, ...] = ()
            if how == "flag":
                more = ("--mirror", f"{registry.host}={mirror.host}")
            elif how == "variable":
                environment["LAYERSCOPE_MIRRORS"] = f"{registry.host}={mirror.host}"
            else:
                Path(environment["LAYERSCOPE_REGISTRIES_CONF"]).write_text(
                    f'[[registry]]\nprefix = "{registry.host}"\n'
                    f'[[registry.mirror]]\nlocation = "{mirror.host}"\n'
                )
            words = ("pull", f"{registry.host}/app:1", *more)
            code, printed, _ = await run_verb(*words, environment=environment)
            assert code == 0, printed
            assert mirror.asked("GET", "/blobs/")
            assert not registry.log

    asyncio.run(run())


def test_a_wait_is_told_where_nobody_watches(environment: dict[str, str]) -> None:
    async def run() -> None:
        async with serving() as registry:
            registry.image("app", b"layer")
            registry.answers.append(("GET", "/manifests/", 429, {"Retry-After": "1"}))
            words = ("pull", f"{registry.host}/app:1")
            code, printed, _ = await run_verb(*words, environment=environment)
            assert code == 0
            assert f"layerscope: waiting 1 s: rate limited by {registry.host}\n" in printed

    asyncio.run(run())
