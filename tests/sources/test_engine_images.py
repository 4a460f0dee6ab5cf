"""Images of an engine, opened without saving them by hand."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from explorer.analysis.opened import load_image, open_image
from explorer.errors import AmbiguousImage, ExplorerError, NotFound, Refused, Unsupported
from explorer.sources.engines.images import EngineImages
from explorer.store.cache import Caches
from tests.factory import Image, docker_archive_v25, file, image, layer


class Fake(socketserver.ThreadingUnixStreamServer):
    """A few answers of Docker's API, and how often they were asked for."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.cut = 0  # bytes that an answer lacks
        super().__init__(str(path), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Fake

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        data = self.server.answers.get(self.path)
        self.send_response(200 if data is not None else 404)
        data = data if data is not None else b'{"message": "No such image"}'
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) - self.server.cut])
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass

    def address_string(self) -> str:
        return "unix"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """Docker Engine with one image of two names and one without a name."""
    path = tmp_path / "docker.sock"
    with Fake(path) as fake:
        thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        hold(fake, image(layer(file("hello", "hello\n"))), ["app:1", "app:2"])
        yield fake
        fake.shutdown()
        thread.join()


def hold(fake: Fake, held: Image, names: list[str]) -> None:
    """Let the engine hold an image."""
    archive = docker_archive_v25(held.tagged(*names)).to_bytes()
    image_id = held.image_id
    about = {"Id": image_id, "RepoTags": names, "Size": len(archive), "Os": "linux",
             "Architecture": "amd64"}  # fmt: skip
    listed = {"Id": image_id, "RepoTags": names, "Size": len(archive), "Created": 1_700_000_000}
    bare = {"Id": "sha256:" + "0" * 64, "RepoTags": ["<none>:<none>"], "Size": 1, "Created": 0}
    fake.answers["/images/json"] = json.dumps([listed, bare, {"Id": "x"}, 1]).encode()
    for name in (*names, image_id):
        fake.answers[f"/images/{name}/json"] = json.dumps(about).encode()
    fake.answers[f"/images/{image_id}/get"] = archive


def test_all_images_are_listed(engine: Fake) -> None:
    app, bare = EngineImages("docker-daemon").images()
    assert app.names == ("app:1", "app:2")
    assert app.created is not None
    assert (bare.names, bare.created) == ((), None)


def test_an_image_is_opened_by_its_name(engine: Fake, caches: Caches) -> None:
    opened = open_image("docker-daemon:app:2", caches=caches)
    assert opened.final.find(b"/hello") >= 0
    found = opened.image
    assert (found.transport, found.names[0]) == ("docker-daemon", "app:2")
    assert load_image(found.reference, caches=caches).image_id == found.image_id


def test_listing_fetches_no_image(engine: Fake) -> None:
    EngineImages("docker-daemon").candidates()
    assert engine.asked == ["/images/json"]


def test_without_a_name_the_images_are_told(engine: Fake) -> None:
    with pytest.raises(AmbiguousImage, match="Docker Engine holds several images") as caught:
        load_image("docker-daemon:")
    assert any("app:1" in choice for choice in caught.value.choices)


def test_an_image_that_is_not_there_is_not_found(engine: Fake) -> None:
    with pytest.raises(NotFound, match="has no image nothing") as caught:
        load_image("docker-daemon:nothing")
    assert "layerscope images --engine docker" in caught.value.hint


def test_an_answer_that_is_cut_short_is_no_image(engine: Fake, caches: Caches) -> None:
    (candidate,) = EngineImages("docker-daemon", "app:1", caches).candidates()
    engine.cut = 4000
    with pytest.raises(Refused, match="stopped answering"):
        candidate.load()


@pytest.mark.parametrize("answer", [b"", b"{", b"null", b'{"a": 1}', b'"text"'])
def test_answers_that_are_none_are_errors_of_ours(engine: Fake, answer: bytes) -> None:
    for path in list(engine.answers):
        engine.answers[path] = answer
    for name in ("docker-daemon:", "docker-daemon:app:1"):
        with pytest.raises(ExplorerError):
            load_image(name)


def test_no_engine_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with pytest.raises(Unsupported, match="there is no such socket"):
        load_image("docker-daemon:app:1")
