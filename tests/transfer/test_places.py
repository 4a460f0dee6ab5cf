"""Where a copy goes, as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import UsageError
from explorer.oci import Reference
from explorer.transfer.places import Target

DIGEST = "sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("text", "transport", "name", "path"),
    [
        ("docker://host:5000/app", "docker", "host:5000/app:latest", None),
        ("store:app:1", "store", "docker.io/library/app:1", None),
        ("docker-daemon:app:1", "docker-daemon", "docker.io/library/app:1", None),
        ("podman:host/app:1", "podman", "docker.io/host/app:1", None),
        ("containers-storage:app", "podman", "docker.io/library/app:latest", None),
        ("oci:folder", "oci", None, "folder"),
        ("oci:folder:app:1", "oci", "docker.io/library/app:1", "folder"),
        ("oci-archive:/a b.tar:host:5000/app", "oci-archive", "host:5000/app:latest", "/a b.tar"),
        ("docker-archive:C:/x.tar:h:1/app", "docker-archive", "h:1/app:latest", "C:/x.tar"),
    ],
)  # fmt: skip
def test_a_place_is_read(text: str, transport: str, name: str | None, path: str | None) -> None:
    wanted = Reference.parse(name) if name is not None else None
    found = Target.parse(text)
    assert (found.transport, found.reference) == (transport, wanted)
    assert found.path == (Path(path) if path is not None else None)


@pytest.mark.parametrize(
    "text",
    ["", "app:1", "app.tar", "oci:", "store:", "docker://", "rootfs:x", "docker-daemon:",
     f"docker-daemon:app@{DIGEST}", "store:UPPER"],
)  # fmt: skip
def test_what_is_no_place_is_a_mistake_of_usage(text: str) -> None:
    with pytest.raises(UsageError):
        Target.parse(text)


@pytest.mark.parametrize(
    ("text", "one"),
    [("docker-archive:x.tar", True), ("podman:app:1", True), ("oci:x", False), ("store:x", False)],
)
def test_some_places_take_one_platform(text: str, one: bool) -> None:
    assert Target.parse(text).takes_one is one
