"""Images streamed into an engine: what it is sent, what it need not be sent, what it says."""

from __future__ import annotations

import asyncio
import io
import json
import socketserver
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import Cancelled, DamagedImage, Refused, Unsupported, UsageError
from explorer.oci import Platform, media
from explorer.progress import Job
from explorer.transfer.copy import Target, copy
from explorer.transfer.receipt import Receipt
from tests.factory import Image, blob_path, docker_archive_v25
from tests.registry.conftest import connected
from tests.registry.server import FaultyRegistry, serving

NAME = "docker.io/library/app:1"


class Fake(socketserver.ThreadingUnixStreamServer):
    """An engine: it keeps what is loaded, and says what it is told to."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.loaded = b""
        self.answer = b'{"stream":"Loaded image: app:1\\n"}\n'
        self.status = 200
        self.answers: dict[str, Any] = {"/info": {"DriverStatus": []}, "/images/json?all=1": []}
        self.hang = threading.Event()
        self.hanging = False
        super().__init__(str(path), Handler)

    @property
    def members(self) -> dict[str, bytes]:
        """The files of the archive that came."""
        with tarfile.open(fileobj=io.BytesIO(self.loaded)) as tar:
            files = [(member, tar.extractfile(member)) for member in tar]
            return {member.name: file.read() for member, file in files if file is not None}

    def holds(self, image: Image, *names: str) -> None:
        """Let it hold an image."""
        about = {"Id": image.image_id, "RootFS": {"Layers": list(image.diff_ids)}}
        self.answers["/images/json?all=1"].append({"Id": image.image_id})
        for name in (image.image_id, *names):
            self.answers[f"/images/{name}/json"] = about


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Fake

    def do_GET(self) -> None:
        found = self.server.answers.get(self.path)
        self._say(200 if found is not None else 404, json.dumps(found).encode())

    def do_POST(self) -> None:
        assert self.path in ("/images/load?quiet=1", "/v4.0.0/libpod/images/load")
        assert self.headers["Transfer-Encoding"] == "chunked"
        if self.server.hanging:
            self.server.hang.wait(30)
        if self.server.status < 400:
            self.server.loaded = b"".join(self._chunks())
        self._say(self.server.status, self.server.answer)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _say(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass

    def address_string(self) -> str:
        return "unix"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    path = tmp_path / "socket"
    with Fake(path) as fake:
        thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        monkeypatch.setenv("CONTAINER_HOST", f"unix://{path}")
        yield fake
        fake.hang.set()
        fake.shutdown()
        thread.join()


@pytest.fixture
def archive(amd: Image, tmp_path: Path) -> str:
    return str(docker_archive_v25(amd).write(tmp_path / "amd.tar"))


def brought(
    source: str, target: str = "docker-daemon:app:1", job: Job | None = None, **how: Any
) -> Receipt:
    async def work() -> Receipt:
        async with connected() as client:
            return await copy(client, source, Target.parse(target), job=job, **how)

    return asyncio.run(work())


def test_an_image_is_sent_whole_under_its_name(engine: Fake, amd: Image, archive: str) -> None:
    engine.answers[f"/images/{NAME}/json"] = {"Id": amd.image_id}
    receipt = brought(archive)
    (item,) = json.loads(engine.members["manifest.json"])
    assert item["RepoTags"] == ["app:1"]
    assert engine.members[item["Config"]] == amd.config
    assert [engine.members[name] for name in item["Layers"]] == [one.tar for one in amd.layers]
    assert {blob.fate for blob in receipt.blobs} == {"moved"}
    assert [str(name) for name in receipt.names] == [NAME]


def test_layers_that_docker_has_are_left_out(engine: Fake, amd: Image, archive: str) -> None:
    engine.holds(amd, NAME)
    receipt = brought(archive)
    assert not any(name.endswith(one.diff_id[7:]) for name in engine.members for one in amd.layers)
    spared = [blob.descriptor for blob in receipt.blobs if blob.fate == "spared"]
    assert {str(one.digest) for one in spared} == set(amd.diff_ids)
    assert receipt.spared == sum(len(one.tar) for one in amd.layers)


def test_only_layers_from_below_count(engine: Fake, amd: Image, arm: Image, archive: str) -> None:
    """Docker knows a layer by all that lies below it."""
    engine.answers[f"/images/{NAME}/json"] = {"Id": amd.image_id}
    upside_down = {"Id": arm.image_id, "RootFS": {"Layers": list(reversed(amd.diff_ids))}}
    engine.answers["/images/json?all=1"] = [{"Id": arm.image_id}, {"Id": "gone"}]
    engine.answers[f"/images/{arm.image_id}/json"] = upside_down
    assert brought(archive).spared == 0


def test_from_a_registry_only_layers_that_docker_lacks_are_fetched(
    engine: Fake, amd: Image, tmp_path: Path
) -> None:
    base = replace(amd, layers=amd.layers[:1])
    engine.holds(base)
    engine.answers[f"/images/{NAME}/json"] = {"Id": amd.image_id}

    async def work() -> tuple[Receipt, FaultyRegistry]:
        async with serving() as registry, connected() as client:
            for digest, data in amd.blobs().items():
                registry.blobs["app", digest] = data
            registry.document("app", amd.manifest, media.OCI_MANIFEST, "1")
            source = f"docker://{registry.host}/app:1"
            return await copy(client, source, Target.parse("docker-daemon:app:1")), registry

    receipt, registry = asyncio.run(work())
    fetched = [r.path.rpartition("/")[2] for r in registry.asked("GET", "/blobs/")]
    assert fetched == [amd.image_id, amd.layers[1].digest]
    assert str(receipt.descriptor.digest) == amd.digest
    assert receipt.requests == 4
    spared = [str(one.descriptor.digest) for one in receipt.blobs if one.fate == "spared"]
    assert spared == [amd.layers[0].digest]
    assert blob_path(amd.layers[1].digest) in engine.members
    assert blob_path(amd.layers[0].digest) not in engine.members


@pytest.mark.parametrize(("version", "plain"), [("20.10.24+dfsg1", True), ("28.2.2", False)])
@pytest.mark.parametrize("remote", [True, False])
def test_docker_before_23_gets_no_zstd(
    version: str, plain: bool, remote: bool, engine: Fake, layout: Path, amd: Image, tmp_path: Path
) -> None:
    engine.answers["/version"] = {"Version": version}
    engine.answers[f"/images/{NAME}/json"] = {"Id": amd.image_id}

    async def work() -> None:
        async with serving() as registry, connected() as client:
            packed = f"docker://{registry.host}/app:1" if remote else f"oci:{tmp_path}/packed"
            await copy(client, f"oci:{layout}", Target.parse(packed), packing="zstd")
            await copy(client, packed, Target.parse("docker-daemon:app:1"))

    asyncio.run(work())
    (item,) = json.loads(engine.members["manifest.json"])
    magic = {engine.members[name][:4] for name in item["Layers"]}
    assert (magic == {b"\x28\xb5\x2f\xfd"}) is not plain


def test_docker_with_containerd_gets_all_of_it(engine: Fake, amd: Image, archive: str) -> None:
    engine.holds(amd, NAME)
    status = [["driver-type", "io.containerd.snapshotter.v1"]]
    engine.answers["/info"] = {"DriverStatus": status}
    assert brought(archive).spared == 0


def test_podman_gets_the_manifest_as_it_is(engine: Fake, layout: Path, arm: Image) -> None:
    engine.answers[f"/images/{NAME}/json"] = {"Id": arm.image_id.removeprefix("sha256:")}
    wanted = Platform.parse("linux/arm64")
    receipt = brought(f"oci:{layout}", "podman:app:1", platform=wanted)
    assert str(receipt.descriptor.digest) == arm.digest
    assert engine.members[blob_path(arm.digest)] == arm.manifest
    assert "manifest.json" not in engine.members


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b'{"message": "no space left on device"}'),
        (200, b'{"errorDetail": {}, "error": "no space left on device"}\n'),
    ],
)
def test_what_the_engine_says_is_told(
    engine: Fake, archive: str, status: int, answer: bytes
) -> None:
    engine.status, engine.answer = status, answer
    with pytest.raises(Refused, match="Docker Engine does not take the image") as no:
        brought(archive)
    assert no.value.why == "no space left on device"


def test_an_image_that_arrived_as_another_is_not_believed(engine: Fake, archive: str) -> None:
    engine.answers[f"/images/{NAME}/json"] = {"Id": "sha256:" + "0" * 64}
    with pytest.raises(DamagedImage, match="made another image"):
        brought(archive)


def test_a_stop_ends_the_wait_for_an_engine_that_is_silent(engine: Fake, archive: str) -> None:
    engine.hanging = True
    job = Job()
    stop = threading.Timer(0.3, job.cancel)
    stop.start()
    with pytest.raises(Cancelled):
        brought(archive, job=job)
    stop.join()


def test_an_engine_that_is_not_there_is_told(
    archive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing")
    with pytest.raises(Unsupported, match="Docker Engine cannot be reached"):
        brought(archive)


def test_engines_take_one_platform(layout: Path) -> None:
    with pytest.raises(UsageError, match="one platform"):
        brought(f"oci:{layout}", all_platforms=True)
