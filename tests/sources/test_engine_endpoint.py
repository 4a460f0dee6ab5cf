"""Where engines are found, and what registries are logged in to with."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import NotFound, Refused, Unsupported, UsageError
from explorer.sources.engines.docker_config import DockerConfig
from explorer.sources.engines.endpoint import Endpoint, Tls
from explorer.sources.engines.podman_service import podman_endpoint


@pytest.mark.parametrize(
    ("text", "scheme", "address"),
    [
        ("unix:///run/docker.sock", "unix", "/run/docker.sock"),
        ("tcp://host:2376", "tcp", "host:2376"),
        ("tcp://host", "tcp", "host:2375"),
        ("https://host", "tcp", "host:2376"),
        ("tcp://[::1]:99", "tcp", "[::1]:99"),
        ("ssh://me@host:22", "ssh", "me@host:22"),
    ],
)
def test_an_address_is_read(text: str, scheme: str, address: str) -> None:
    found = Endpoint.parse(text)
    assert (found.scheme, found.address) == (scheme, address)


def test_ssh_is_given_no_option_by_an_address() -> None:
    command = Endpoint.parse("ssh://me@host:2222").ssh_command("docker", "system", "dial-stdio")
    assert command[-5:] == ["--", "me@host", "docker", "system", "dial-stdio"]
    assert command[command.index("-p") + 1] == "2222"


@pytest.mark.parametrize("text", ["", "docker.sock", "ftp://x", "tcp://", "tcp://h:x"])
def test_what_is_no_address_is_a_mistake_of_usage(text: str) -> None:
    with pytest.raises(UsageError):
        Endpoint.parse(text)


def test_windows_pipes_are_refused_by_name() -> None:
    with pytest.raises(Unsupported, match="npipe"):
        Endpoint.parse("npipe:////./pipe/docker_engine")


def config(folder: Path, document: dict[str, Any] | None = None) -> DockerConfig:
    (folder / "config.json").write_text(json.dumps(document or {}))
    return DockerConfig.at({"DOCKER_CONFIG": str(folder)})


def test_the_environment_comes_first(tmp_path: Path) -> None:
    found = config(tmp_path, {"currentContext": "other"}).endpoint(
        {"DOCKER_HOST": "tcp://h:1", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"}
    )
    assert found == Endpoint("tcp", "h:1", Tls(Path("/certs")), "DOCKER_HOST")


def test_a_context_says_where(tmp_path: Path) -> None:
    key = hashlib.sha256(b"remote").hexdigest()
    meta = tmp_path / "contexts" / "meta" / key
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(
        json.dumps({"Name": "remote", "Endpoints": {"docker": {"Host": "ssh://me@build"}}})
    )
    found = config(tmp_path, {"currentContext": "remote"}).endpoint({})
    assert (str(found), found.origin) == ("ssh://me@build", "the Docker context remote")


@pytest.mark.parametrize("meta", [None, "{", "[]", '{"Endpoints": 1}', '{"Endpoints": {}}'])
def test_a_context_that_is_not_there_is_not_found(tmp_path: Path, meta: str | None) -> None:
    if meta is not None:
        folder = tmp_path / "contexts" / "meta" / hashlib.sha256(b"gone").hexdigest()
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(meta)
    with pytest.raises(NotFound, match="no Docker context gone"):
        config(tmp_path).endpoint({"DOCKER_CONTEXT": "gone"})


def test_certificates_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")
    with pytest.raises(Refused, match="certificates"):
        Tls(tmp_path).context()


def test_logins_are_read_for_the_hosts_that_are_asked_for(tmp_path: Path) -> None:
    auth = base64.b64encode(b"me:pass:word").decode()
    document = {
        "auths": {
            "https://index.docker.io/v1/": {"auth": auth},
            "one.example": {"identitytoken": "token"},
            "two.example": {"username": "u", "password": "p"},
            "bad.example": {"auth": "%"},
        }
    }
    found = config(tmp_path, document).credentials(
        ["docker.io", "one.example", "two.example", "bad.example", "none.example"]
    )
    assert {host: login.as_engine() for host, login in found.items()} == {
        "docker.io": {
            "username": "me", "password": "pass:word", "serveraddress": "https://index.docker.io/v1/"
        },
        "one.example": {"identitytoken": "token", "serveraddress": "one.example"},
        "two.example": {"username": "u", "password": "p", "serveraddress": "two.example"},
    }  # fmt: skip
    assert "pass" not in repr(found)


def test_a_helper_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "docker-credential-test"
    helper.write_text('#!/bin/sh\nread s\necho "{\\"Username\\":\\"u\\",\\"Secret\\":\\"$s\\"}"\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = config(tmp_path, {"credsStore": "test"}).credentials(["host.example"])
    assert found["host.example"].password == "host.example"


@pytest.mark.parametrize("name", ["absent", "../evil", ""])
def test_a_helper_that_cannot_be_asked_is_no_login(tmp_path: Path, name: str) -> None:
    assert config(tmp_path, {"credsStore": name}).credentials(["host.example"]) == {}


def test_podman_is_where_the_environment_says() -> None:
    found = podman_endpoint({"CONTAINER_HOST": "unix:///p.sock"})
    assert found == Endpoint("unix", "/p.sock", origin="CONTAINER_HOST")
