"""Looking into images in Debian's docker-registry; what that costs is counted in its own log."""

from __future__ import annotations

import hashlib
import json
import random
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factory import Image, ImageBuilder, file, index, layer, oci_layout
from tests.factory.estargz import estargz
from tests.factory.layers import Layer, LayerCompression
from tests.factory.nodes import Node
from tests.integration.registries import Registry, make_authority, registry
from tests.integration.test_registry import HTPASSWD, layerscope, skopeo
from tests.sources.registry.made import LINES, layer_made_by

pytestmark = pytest.mark.integration

LAYERS, LAYER_SIZE = 10, 100 << 20
SHARE = 0.01  # of a layer: so little may be fetched to list it
ESTARGZ = "wagoodman__dive/.data/test-oci-estargz-image.tar"
_LINE = re.compile(r'"(\w+) (/v2/\S*) HTTP/[\d.]+" (\d+) (\d+|-) "[^"]*" "layerscope')


@dataclass(frozen=True)
class Answer:
    """One line of the registry's log, of what this application asked."""

    path: str
    status: int
    size: int


@dataclass
class Counted:
    """A registry that runs, and how far its log was read."""

    running: Registry
    seen: int = 0

    def name(self, image: str) -> str:
        return f"docker://{self.running.host}/{image}"

    def answers(self) -> list[Answer]:
        """What was asked since the last look."""
        text = self.running.log.read_text(errors="replace")
        found = [Answer(m[2], int(m[3]), int(m[4])) for m in _LINE.finditer(text) if m[4] != "-"]
        fresh, self.seen = found[self.seen :], len(found)
        return fresh


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry(tmp_path_factory.mktemp("registry")) as serving:
        yield serving


@pytest.fixture
def counted(running: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("LAYERSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    found = Counted(running)
    found.answers()
    return found


# -- putting images there ---------------------------------------------------------------------


def place(where: Registry, repository: str, data: Path | bytes) -> str:
    """Put a blob where the registry keeps them: quicker than to send a gigabyte."""
    if isinstance(data, bytes):
        digest = hashlib.sha256(data).hexdigest()
    else:
        with data.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    root = where.root / "docker/registry/v2"
    blob = root / "blobs/sha256" / digest[:2] / digest / "data"
    link = root / "repositories" / repository / "_layers/sha256" / digest / "link"
    for folder in (blob.parent, link.parent):
        folder.mkdir(parents=True, exist_ok=True)
    if isinstance(data, bytes):
        blob.write_bytes(data)
    else:
        data.rename(blob)
    link.write_text(f"sha256:{digest}")
    return f"sha256:{digest}"


def put_manifest(where: Registry, repository: str, tag: str, data: bytes) -> None:
    kind = str(json.loads(data)["mediaType"])
    url = f"http://{where.host}/v2/{repository}/manifests/{tag}"
    request = urllib.request.Request(url, data, {"Content-Type": kind}, method="PUT")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


def put(where: Registry, repository: str, tag: str, node: Node) -> None:
    """Put an image there, or an index with its images."""
    for member in getattr(node, "members", ()):
        put(where, repository, member.digest, member)
    for blob in node.blobs().values():
        place(where, repository, blob)
    put_manifest(where, repository, tag, node.manifest)


def put_a_gigabyte(where: Registry, folder: Path) -> int:
    """Ten layers that nobody reads, in holes of files; returns their bytes."""
    layers = []
    for number in range(LAYERS):
        path = folder / f"layer-{number}"
        with path.open("wb") as out:
            out.write(b"\x1f\x8b\x08layer %d" % number)
            out.truncate(LAYER_SIZE)
        digest = place(where, "large", path)
        media = "application/vnd.oci.image.layer.v1.tar+gzip"
        layers.append({"mediaType": media, "digest": digest, "size": LAYER_SIZE})
    history = [{"created_by": f"RUN step {number}"} for number in range(LAYERS)]
    rootfs = {"type": "layers", "diff_ids": [one["digest"] for one in layers]}
    config = {"os": "linux", "architecture": "amd64", "rootfs": rootfs, "history": history}
    data = json.dumps(config).encode()
    media = "application/vnd.oci.image.config.v1+json"
    described = {"mediaType": media, "digest": place(where, "large", data), "size": len(data)}
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": described,
        "layers": layers,
    }
    image = json.dumps(manifest).encode()
    put_manifest(where, "large", "image", image)
    entry = {
        "mediaType": manifest["mediaType"],
        "digest": f"sha256:{hashlib.sha256(image).hexdigest()}",
        "size": len(image),
        "platform": {"os": "linux", "architecture": "amd64"},
    }
    media = "application/vnd.oci.image.index.v1+json"
    above = {"schemaVersion": 2, "mediaType": media, "manifests": [entry]}
    put_manifest(where, "large", "index", json.dumps(above).encode())
    return LAYERS * LAYER_SIZE


def chunked(kind: LayerCompression) -> Layer:
    noise = random.Random(1)
    files = [file(f"lib/file-{n:03}", noise.randbytes(100_000)) for n in range(120)]
    parts = (*files, file("etc/name", b"small"))
    if kind == "zstd-chunked":
        return layer(*parts, compression=kind)
    # As writers do by default: four MiB to a chunk.
    blob, tar, notes = estargz(parts, chunk_size=4 << 20)
    return Layer(tar, blob, kind, notes, parts=parts)


def one_layer(made: Layer) -> Image:
    return ImageBuilder().add(made, created_by="COPY . /").build()


# -- what it costs ----------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["image", "index"])
def test_a_gigabyte_shows_its_stack_after_at_most_four_requests(
    counted: Counted, tmp_path: Path, tag: str
) -> None:
    size = put_a_gigabyte(counted.running, tmp_path)
    found = layerscope("inspect", counted.name(f"large:{tag}"), "--json").document
    answers = counted.answers()
    assert 1 < len(answers) <= 4, answers
    assert sum(answer.size for answer in answers) < 10_000
    assert [one["stored"] for one in found["layers"]] == [LAYER_SIZE] * LAYERS
    assert [one["created_by"] for one in found["layers"]][3] == "RUN step 3"
    assert found["traffic"]["spared"] == size


@pytest.mark.parametrize("kind", ["estargz", "zstd-chunked"])
def test_a_layer_with_a_table_of_contents_is_listed_for_a_hundredth_of_its_bytes(
    counted: Counted, kind: LayerCompression
) -> None:
    made = chunked(kind)
    put(counted.running, f"chunked-{kind}", "1", one_layer(made))
    name = counted.name(f"chunked-{kind}:1")
    listed = layerscope("ls", name, "/lib", "--json").document["entries"]
    assert len(listed) == 120
    assert {entry["size"] for entry in listed} == {100_000}
    of_layer = [a for a in counted.answers() if made.digest in a.path]
    assert {answer.status for answer in of_layer} == {206}
    fetched, most = sum(answer.size for answer in of_layer), SHARE * len(made.blob)
    assert fetched < most
    document = layerscope("inspect", name, "--json").document
    assert document["layers"][0]["listed_by"] == kind.replace("-", ":")
    assert document["layers"][0]["verified"] is None
    counted.answers()
    assert layerscope("cat", name, "/etc/name").out == "small"
    of_file = [a for a in counted.answers() if made.digest in a.path]
    assert len(of_file) == 1
    assert of_file[0].size < 1000


@pytest.mark.parametrize("kind", ["estargz", "zstd-chunked"])
def test_what_other_programs_write_is_listed_and_read(
    counted: Counted, kind: LayerCompression
) -> None:
    made = layer_made_by(kind)
    put(counted.running, f"theirs-{kind}", "1", one_layer(made))
    name = counted.name(f"theirs-{kind}:1")
    assert layerscope("cat", name, "/etc/lines").out.encode() == LINES
    whole = [a for a in counted.answers() if made.digest in a.path and a.status == 200]
    assert whole == []


def test_what_buildkit_writes_is_listed_without_being_fetched(
    counted: Counted, fixtures: Path
) -> None:
    to = counted.name("buildkit:1")
    skopeo("copy", "--dest-tls-verify=false", f"oci-archive:{fixtures / ESTARGZ}", to)
    found = layerscope("ls", to, "--json").document["entries"]
    assert [entry["path"] for entry in found] == ["/README.md"]
    assert {answer.status for answer in counted.answers() if "sha256:faae" in answer.path} == {206}
    assert layerscope("inspect", to, "--verify", "--json").document["layers"][0]["verified"]


def test_a_layer_is_fetched_once_whoever_asks(counted: Counted) -> None:
    made = layer(file("noise", random.Random(2).randbytes(1_500_000).hex()))
    for repository in ("first", "second"):
        put(counted.running, repository, "1", one_layer(made))
    for name in map(counted.name, ("first:1", "second:1")):
        assert layerscope("ls", name).code == 0
        assert len(layerscope("cat", name, "/noise").out) == 3_000_000
        assert layerscope("waste", name).code == 0
    fetched, whole = sum(a.size for a in counted.answers() if made.digest in a.path), len(made.blob)
    assert fetched == whole


def test_a_platform_of_several_and_its_difference_to_another(counted: Counted) -> None:
    arm = ImageBuilder("linux/arm64").add(file("arch", b"arm")).build()
    amd = ImageBuilder("linux/amd64").add(file("arch", b"amd")).build()
    put(counted.running, "several", "1", index(amd, arm))
    name = counted.name("several:1")
    cat = layerscope("cat", name, "/arch", "--platform", "linux/arm64")
    assert cat.out == "arm"
    found = layerscope("inspect", name, "--all-platforms", "--json").document["images"]
    assert [one["platform"] for one in found] == ["linux/amd64", "linux/arm64"]
    missing = layerscope("ls", name, "--platform", "linux/s390x")
    assert missing.code == 3
    assert "linux/arm64" in missing.err


def test_what_was_pulled_is_not_fetched_again(counted: Counted) -> None:
    made = layer(file("noise", random.Random(3).randbytes(200_000)))
    put(counted.running, "pulled", "1", one_layer(made))
    name = counted.name("pulled:1")
    assert layerscope("pull", name).code == 0
    counted.answers()
    assert layerscope("ls", name).code == 0
    assert [a.path for a in counted.answers()] == ["/v2/pulled/manifests/1"]


def test_an_image_of_a_registry_is_saved_and_copied_like_any_other(
    counted: Counted, tmp_path: Path
) -> None:
    put(counted.running, "saved", "1", one_layer(layer(file("etc/name", b"saved"))))
    saved = layerscope("save", counted.name("saved:1"), "-o", str(tmp_path / "image.tar"))
    assert saved.code == 0, saved.err
    assert layerscope("cat", str(tmp_path / "image.tar"), "/etc/name").out == "saved"


def test_a_password_and_a_certificate_cost_no_more_than_four_requests(
    tmp_path: Path, counted: Counted
) -> None:
    authority = make_authority(tmp_path)
    with registry(tmp_path, passwords=HTPASSWD, certificate="server") as guarded:
        secret = {"SSL_CERT_FILE": str(authority)}
        login = ("login", guarded.host, "--username", "me", "--password-stdin")
        layout = oci_layout(index(one_layer(layer(file("etc/name", b"guarded"))), tags=["app:1"]))
        image = f"oci-archive:{layout.write(tmp_path / 'image.tar')}"
        name = f"docker://{guarded.host}/app:1"
        assert layerscope("inspect", name, **secret).code == 5
        assert layerscope(*login, given="pass-word-1\n", **secret).code == 0
        assert layerscope("push", image, f"{guarded.host}/app:1", **secret).code == 0
        distrusted = layerscope("inspect", name)
        assert distrusted.code == 5
        assert "certificate" in distrusted.err
        here = Counted(guarded)
        here.answers()
        assert layerscope("inspect", name, "--json", **secret).code == 0
        # Hosts of this machine alone are asked beforehand whether they speak TLS.
        answers = [answer for answer in here.answers() if answer.path != "/v2/"]
        assert 1 < len(answers) <= 4, answers
        assert layerscope("cat", name, "/etc/name", "--insecure").out == "guarded"
    assert "pass-word" not in guarded.log.read_text()
