"""``layerscope copy`` from every kind of place to every kind of place, looked at with the programs
that own the places: the same configuration, the same layers, the same digest where there is one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.registry_cases import SAMPLE_NAME
from tests.integration.registry_world import KINDS, World, worlds

pytestmark = pytest.mark.integration

ENGINES = ("docker-daemon", "podman")
PLACES = ("docker", "store", "docker-archive", "oci-archive", "oci", *ENGINES)
# What has no manifest of its own: one is made of what it holds.
NAMELESS = ("docker-archive", "docker-daemon")


@dataclass(frozen=True)
class Facts:
    """What an image is, wherever it is; ``digest`` is that of its manifest, where it has one."""

    image_id: str
    diff_ids: tuple[str, ...]
    digest: str = ""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with worlds(tmp_path_factory.mktemp("p")) as maker:
        yield maker.world(KINDS[0])


@pytest.fixture(scope="module")
def wanted(world: World) -> Facts:
    """One platform of the sample, put where skopeo reads it."""
    layout = world.folder / "whole"
    words = ("--format", "oci", "-t", "tour:1", "--platform", "linux/amd64")
    world.done("save", SAMPLE_NAME, "-o", layout, *words)
    return seen_by_skopeo(world, f"oci:{layout}:1")


def place(world: World, transport: str, name: str) -> str:
    """Where an image of a name is, as we write it."""
    match transport:
        case "docker":
            return f"docker://{world.name(name)}"
        case "store" | "docker-daemon" | "podman":
            return f"{transport}:{name}"
    plain = name.replace(":", "-").replace("/", "-")
    return f"{transport}:{world.folder / f'{transport}-{plain}'}"


def put(world: World, transport: str) -> str:
    """Put the image somewhere, with the program that owns the place; skips where it is absent."""
    there = place(world, transport, f"source/{transport}:1")
    layout = f"oci:{world.folder / 'whole'}:1"
    archive = world.folder / "put.tar"
    match transport:
        case "docker-daemon" | "podman":
            archive.unlink(missing_ok=True)
            name = f"docker.io/source/{transport}:1"
            world.skopeo("copy", layout, f"docker-archive:{archive}:{name}")
            (world.docker if transport == "docker-daemon" else world.podman)("load", "-i", archive)
        case "store":
            world.done("load", world.folder / "whole", "-t", "source/store:1")
        case _:
            if not Path(there.partition(":")[2]).exists():  # skopeo adds to no archive
                world.skopeo("copy", layout, there)
    return there


def seen(world: World, transport: str, there: str) -> Facts:
    """What the owner of a place says of an image there."""
    if transport == "store":
        data = world.environ["LAYERSCOPE_DATA_DIR"]
        name = f"docker.io/{there.removeprefix('store:')}"
        return seen_by_skopeo(world, f"oci:{data}/images:{name}")
    if transport in ENGINES:
        tool = world.docker if transport == "docker-daemon" else world.podman
        (about,) = json.loads(tool("image", "inspect", there.partition(":")[2]))
        digest = about.get("Digest", "") if transport == "podman" else ""
        image_id = "sha256:" + about["Id"].removeprefix("sha256:")
        return Facts(image_id, tuple(about["RootFS"]["Layers"]), digest)
    return seen_by_skopeo(world, there)


def seen_by_skopeo(world: World, there: str) -> Facts:
    config = world.skopeo("inspect", "--config", "--raw", there)
    manifest = world.skopeo("inspect", "--raw", there)
    return Facts(
        _sha256(config), tuple(json.loads(config)["rootfs"]["diff_ids"]), _sha256(manifest)
    )


def _sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def hosts(world: World, *transports: str) -> dict[str, str]:
    """Where the engines that are needed listen."""
    names = {"docker-daemon": ("DOCKER_HOST", "docker"), "podman": ("CONTAINER_HOST", "podman")}
    needed = [names[transport] for transport in transports if transport in names]
    return {variable: world.engines.address(engine) for variable, engine in needed}


@pytest.mark.parametrize("target", PLACES)
@pytest.mark.parametrize("source", PLACES)
def test_an_image_arrives_as_it_is(world: World, wanted: Facts, source: str, target: str) -> None:
    environ = hosts(world, source, target)
    there = put(world, source)
    if target == "podman" != source:
        world.podman("rmi", "--all", "--force")  # it keeps the first manifest of an image
    to = place(world, target, f"pair/{source}:1" if target != source else "pair/itself:1")
    receipt = world.done("copy", there, to, **environ)
    found = seen(world, target, to)
    assert (found.image_id, found.diff_ids) == (wanted.image_id, wanted.diff_ids)
    if target not in NAMELESS and not source == target == "podman":
        assert found.digest == receipt["digest"]
    if not {source, target} & {*NAMELESS, "podman"}:
        assert receipt["digest"] == wanted.digest
    moved = sum(blob["size"] for blob in receipt["blobs"] if blob["fate"] == "moved")
    assert moved == receipt["bytes"]
    if target not in ("docker-archive", "oci-archive", "podman"):  # which take all of an image
        again = world.done("copy", there, to, **environ)
        layers = [b for b in again["blobs"] if "layer" in b["media_type"]]
        assert {blob["fate"] for blob in layers} == {"spared"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("source", ["store", "docker"])
def test_engines_get_layers_that_they_can_read(
    world: World, wanted: Facts, source: str, engine: str
) -> None:
    packed = place(world, source, "packed/zstd:1")
    world.done("copy", SAMPLE_NAME, packed, "--compress", "zstd", "--platform", "linux/amd64")
    to = place(world, engine, f"unpacked/{source}:1")
    world.done("copy", packed, to, **hosts(world, engine))
    assert seen(world, engine, to).diff_ids == wanted.diff_ids


def test_what_docker_has_is_neither_fetched_nor_sent(world: World) -> None:
    there, to = place(world, "docker", "spared/app:1"), place(world, "docker-daemon", "spared/a:1")
    world.done("push", SAMPLE_NAME, there.removeprefix("docker://"))
    environ = hosts(world, "docker-daemon")
    world.done("copy", there, to, **environ)
    before = len(world.main.requests())
    again = world.done("copy", there, to, **environ)
    layers = [blob for blob in again["blobs"] if "layer" in blob["media_type"]]
    assert {blob["fate"] for blob in layers} == {"spared"}
    asked = [line for line in world.main.requests()[before:] if line.startswith("GET")]
    assert sum("/blobs/" in line for line in asked) == 1  # the configuration
