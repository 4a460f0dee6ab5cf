"""What registries, other programs and we have to agree on: one function for each line of the table.

Each gets a world whose store holds the sample image (an index for two platforms) under
:data:`SAMPLE_NAME`, and fails where digests differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from explorer.oci import Descriptor, Manifest, Reference, media
from explorer.oci.manifest import EMPTY_CONTENT, EMPTY_DESCRIPTOR
from explorer.store.images import ImageStore
from tests.integration.registry_world import World

SAMPLE_NAME = "layerscope.example/tour:1.0"
Case = Callable[[World], None]
CASES: dict[str, Case] = {}


def _case(title: str) -> Callable[[Case], Case]:
    def note(case: Case) -> Case:
        CASES[title] = case
        return case

    return note


def pushed(world: World, path: str) -> str:
    """Push the sample, all of it; the digest that we say it has."""
    found: str = world.done("push", SAMPLE_NAME, world.name(path))["digest"]
    return found


def pushed_one(world: World, path: str) -> str:
    """Push one platform of the sample."""
    words = ("push", SAMPLE_NAME, world.name(path), "--platform", "linux/amd64")
    found: str = world.done(*words)["digest"]
    return found


def layout(world: World) -> str:
    """One platform of the sample as a layout that others read."""
    folder = world.folder / "layout"
    if not folder.exists():
        words = ("--format", "oci", "-t", "tour:1", "--platform", "linux/amd64")
        world.done("save", SAMPLE_NAME, "-o", folder, *words)
    return f"oci:{folder}:1"


# -- what we push, others pull -------------------------------------------------------------------


@_case("we push, skopeo pulls")
def _skopeo_pulls(world: World) -> None:
    digest = pushed_one(world, "ours/one:skopeo")
    name = world.name("ours/one:skopeo")
    assert world.digest_at(name) == digest
    target = world.folder / "skopeo"
    world.skopeo("copy", "--preserve-digests", f"docker://{name}", f"dir:{target}")
    assert _same_manifest(target / "manifest.json", digest)


@_case("we push, crane pulls")
def _crane_pulls(world: World) -> None:
    digest = pushed_one(world, "ours/one:crane")
    name = world.name("ours/one:crane")
    assert world.crane("digest", name).strip() == digest
    target = world.folder / "crane"
    world.crane("pull", "--format=oci", name, target)
    (entry,) = json.loads((target / "index.json").read_bytes())["manifests"]
    assert entry["digest"] == digest


@_case("we push, Docker Engine pulls")
def _docker_pulls(world: World) -> None:
    digest = pushed_one(world, "ours/one:docker")
    name = world.name("ours/one:docker")
    world.docker("pull", "-q", name)
    assert world.repo_digests("docker", name) == {digest}


@_case("we push, Podman pulls")
def _podman_pulls(world: World) -> None:
    digest = pushed_one(world, "ours/one:podman")
    name = world.name("ours/one:podman")
    world.podman("pull", "-q", name)
    assert digest in world.repo_digests("podman", name)


# -- what others push, we pull -------------------------------------------------------------------


@_case("skopeo pushes, we pull")
def _from_skopeo(world: World) -> None:
    name = world.name("theirs/skopeo:1")
    world.skopeo("copy", layout(world), f"docker://{name}")
    assert world.done("pull", name)["digest"] == world.digest_at(name)


@_case("crane pushes, we pull")
def _from_crane(world: World) -> None:
    name = world.name("theirs/crane:1")
    archive = world.folder / "crane.tar"
    words = ("-o", archive, "-t", "tour:1", "--platform", "linux/amd64")
    world.done("save", SAMPLE_NAME, *words)
    world.crane("push", archive, name)
    assert world.done("pull", name)["digest"] == world.crane("digest", name).strip()


@_case("Docker Engine pushes, we pull")
def _from_docker(world: World) -> None:
    name = world.name("theirs/docker:1")
    _into_engine(world, "docker-daemon", name, DOCKER_HOST=world.engines.address("docker"))
    world.docker("push", "-q", name)
    pulled = world.done("pull", name)
    assert pulled["digest"] == world.digest_at(name)
    assert pulled["digest"] in world.repo_digests("docker", name)


@_case("Podman pushes, we pull")
def _from_podman(world: World) -> None:
    name = world.name("theirs/podman:1")
    _into_engine(world, "podman", name, CONTAINER_HOST=world.engines.address("podman"))
    world.podman("push", "-q", name)
    assert world.done("pull", name)["digest"] == world.digest_at(name)


def _into_engine(world: World, transport: str, name: str, **environ: str) -> None:
    world.done("copy", SAMPLE_NAME, f"{transport}:{name}", **environ)


# -- several platforms ---------------------------------------------------------------------------


@_case("an index: we push, skopeo and crane read")
def _index_read(world: World) -> None:
    digest = pushed(world, "ours/index:1")
    name = world.name("ours/index:1")
    assert world.digest_at(name) == digest
    assert world.crane("digest", name).strip() == digest
    target = world.folder / "index"
    world.skopeo("copy", "--all", "--preserve-digests", f"docker://{name}", f"oci:{target}:1")
    (entry,) = json.loads((target / "index.json").read_bytes())["manifests"]
    assert entry["digest"] == digest


@_case("an index: we push, Docker Engine pulls")
def _index_docker(world: World) -> None:
    digest = pushed(world, "ours/index:docker")
    world.docker("pull", "-q", world.name("ours/index:docker"))
    assert world.repo_digests("docker", world.name("ours/index:docker")) == {digest}


@_case("an index: we push, Podman pulls")
def _index_podman(world: World) -> None:
    digest = pushed(world, "ours/index:podman")
    world.podman("pull", "-q", world.name("ours/index:podman"))
    assert digest in world.repo_digests("podman", world.name("ours/index:podman"))


@_case("an index: skopeo pushes, we pull all platforms")
def _index_back(world: World) -> None:
    digest = pushed(world, "ours/index:back")
    source, name = f"docker://{world.name('ours/index:back')}", world.name("theirs/index:1")
    world.skopeo("copy", "--all", "--preserve-digests", source, f"docker://{name}")
    pulled = world.done("pull", name, "--all-platforms")
    assert pulled["digest"] == digest == world.digest_at(name)
    assert pulled["platforms"] == ["linux/amd64", "linux/arm64"]


@_case("an index made of single images, pushed")
def _index_made(world: World) -> None:
    for platform in ("amd64", "arm64"):
        words = ("--platform", f"linux/{platform}")
        world.done("push", SAMPLE_NAME, world.name(f"parts/app:{platform}"), *words)
    parts = [f"docker://{world.name(f'parts/app:{one}')}" for one in ("amd64", "arm64")]
    made = world.done("index", "made:1", *parts)
    sent = world.done("push", "made:1", world.name("made/app:1"))
    assert sent["digest"] == made["digest"] == world.digest_at(world.name("made/app:1"))
    one = world.crane("digest", "--platform", "linux/arm64", world.name("made/app:1")).strip()
    assert one == made["manifests"][1]["digest"]


# -- copying -------------------------------------------------------------------------------------


@_case("copy to another repository: blobs are mounted")
def _mounted(world: World) -> None:
    digest = pushed(world, "mount/from:1")
    source, target = (f"docker://{world.name(path)}" for path in ("mount/from:1", "mount/to:1"))
    copied = world.done("copy", source, target, "--all-platforms")
    assert copied["digest"] == digest == world.digest_at(world.name("mount/to:1"))
    documents = (media.OCI_MANIFEST, media.OCI_INDEX)
    blobs = [blob for blob in copied["blobs"] if blob["media_type"] not in documents]
    assert blobs
    assert {blob["fate"] for blob in blobs} <= {"mounted", "spared"}


@_case("copy to another registry, and again")
def _across(world: World) -> None:
    digest = pushed(world, "across/app:1")
    source = f"docker://{world.name('across/app:1')}"
    target = f"docker://{world.second.host}/across/app:1"
    first = world.done("copy", source, target, "--all-platforms")
    assert first["digest"] == digest == world.digest_at(f"{world.second.host}/across/app:1")
    assert first["bytes"] > 0
    again = world.done("copy", source, target, "--all-platforms")
    assert (again["bytes"], again["spared"]) == (0, first["bytes"])


@_case("a second push and pull move nothing")
def _nothing(world: World) -> None:
    pushed(world, "again/app:1")
    assert world.done("push", SAMPLE_NAME, world.name("again/app:1"))["bytes"] == 0
    world.done("pull", world.name("again/app:1"), "--all-platforms")
    assert world.done("pull", world.name("again/app:1"), "--all-platforms")["bytes"] == 0


@_case("a mirror is read instead, and never written")
def _mirrored(world: World) -> None:
    target = f"docker://{world.second.host}/mirrored/app:1"
    world.done("copy", SAMPLE_NAME, target)
    mirrors = {"LAYERSCOPE_MIRRORS": f"{world.main.host}={world.second.host}"}
    pulled = world.done("pull", world.name("mirrored/app:1"), **mirrors)
    assert pulled["index"] == world.digest_at(f"{world.second.host}/mirrored/app:1")
    world.done("push", SAMPLE_NAME, world.name("mirrored/new:1"), **mirrors)
    assert world.digest_at(world.name("mirrored/new:1")) == pulled["index"]
    assert world.verb("tags", f"{world.second.host}/mirrored/new").code == 3


# -- lists ---------------------------------------------------------------------------------------


@_case("tags, with size, age, platforms and digest")
def _tags(world: World) -> None:
    index, one = pushed(world, "listed/app:all"), pushed_one(world, "listed/app:amd64")
    listed = world.done("tags", world.name("listed/app"), "--long", "--sort", "name")
    assert listed["tags"] == ["all", "amd64"]
    many, single = listed["details"]
    assert (many["digest"], many["platforms"]) == (index, ["linux/amd64", "linux/arm64"])
    assert (single["digest"], single["platforms"]) == (one, ["linux/amd64"])
    assert many["size"] == single["size"] > 100_000
    assert many["created"] == single["created"] == "2025-03-14T09:53:00Z"


@_case("catalog")
def _catalog(world: World) -> None:
    pushed_one(world, "catalog/one:1")
    pushed_one(world, "catalog/two:1")
    assert {"catalog/one", "catalog/two"} <= set(
        world.done("catalog", world.main.host)["repositories"]
    )


@_case("referrers, by the API or by the tag")
def _referrers(world: World) -> None:
    digest = pushed_one(world, "signed/app:1")
    assert world.done("referrers", world.name("signed/app:1"))["referrers"] == []
    wanted = _attached(world, Reference.parse(world.name("signed/app:1")), digest)
    (found,) = world.done("referrers", world.name("signed/app:1"))["referrers"]
    assert (found["digest"], found["artifact_type"]) == (wanted, "application/x.note")
    other = ("--artifact-type", "application/x.other")
    assert world.done("referrers", world.name("signed/app:1"), *other)["referrers"] == []


def _attached(world: World, name: Reference, digest: str) -> str:
    """Push an artifact that refers to an image; its digest."""
    store = ImageStore.at(Path(world.environ["LAYERSCOPE_DATA_DIR"], "images"))
    listed = world.done("pull", str(name))
    assert listed["digest"] == digest
    subject = store.find(str(name))
    with store.ingest() as ingest:
        note = ingest.put(b"a note", "text/plain")
        ingest.put(EMPTY_CONTENT, EMPTY_DESCRIPTOR.media_type)
        manifest = Manifest(
            Descriptor(EMPTY_DESCRIPTOR.media_type, EMPTY_DESCRIPTOR.digest, len(EMPTY_CONTENT)),
            (note,),
            subject=Descriptor(subject.media_type, subject.digest, subject.size),
            artifact_type="application/x.note",
        )
        made = ingest.put(manifest.encode(), media.OCI_MANIFEST)
        store.name(Reference.parse("note:1"), made)
    sent = world.done("push", "note:1", f"{name.repository}@{made.digest}")
    found: str = sent["digest"]
    return found


# -- deleting ------------------------------------------------------------------------------------


@_case("delete a tag that stands alone")
def _delete_tag(world: World) -> None:
    pushed_one(world, "deleted/tag:1")
    world.done("delete", world.name("deleted/tag:1"), "--yes")
    assert world.verb("pull", world.name("deleted/tag:1")).code == 3


@_case("delete one of two tags of a manifest")
def _delete_shared(world: World) -> None:
    """Gone alone, or not at all: the other tag never goes with it unasked."""
    digest = pushed_one(world, "deleted/both:1")
    pushed_one(world, "deleted/both:2")
    ran = world.verb("delete", world.name("deleted/both:1"), "--yes", "--json")
    if ran.code:
        assert ran.code == 5
        assert "deletes no single tags" in ran.err
        assert f"@{digest}" in ran.err
    else:
        assert ran.document["deleted"] == "tag"
    assert world.digest_at(world.name("deleted/both:2")) == digest


@_case("delete a manifest with all its tags")
def _delete_manifest(world: World) -> None:
    digest = pushed(world, "deleted/all:1")
    pushed(world, "deleted/all:2")
    gone = world.done("delete", f"{world.name('deleted/all')}@{digest}", "--yes")
    assert (gone["deleted"], gone["tags"]) == ("manifest", ["1", "2"])
    for tag in ("1", "2"):
        assert world.verb("pull", world.name(f"deleted/all:{tag}")).code == 3


def _same_manifest(path: Path, digest: str) -> bool:
    import hashlib

    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() == digest
