"""Debian's docker-registry and skopeo: what one pushes the other pulls, digest for digest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from explorer.store.images import ImageStore
from tests.conftest import PROJECT
from tests.integration.programs import need, run
from tests.integration.registries import Registry, make_authority, registry

pytestmark = pytest.mark.integration

BUSYBOX = "docker-library__busybox/busybox-musl-amd64"
SEVERAL = "regclient__regclient/testdata/testrepo"
# The password is pass-word-1.
HTPASSWD = "me:$2y$05$DlcCFZKxOdyXtFpSOf8zLOpyOw8QinpeW./yKWtncBhXURw2DUtcS\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry(tmp_path_factory.mktemp("registry")) as serving:
        yield serving


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Ran:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        assert self.code == 0, self.err
        found: dict[str, Any] = json.loads(self.out)
        return found


def layerscope(*words: str, given: str = "", **environ: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "explorer", *words],
        input=given,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**os.environ, **environ},
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def skopeo(*words: str) -> str:
    need("skopeo", root=False)
    return run("skopeo", "--insecure-policy", *words)


def digest_at(where: Registry, name: str) -> str:
    """What skopeo says a name stands for, an index not looked into."""
    import hashlib

    raw = skopeo("inspect", "--raw", "--tls-verify=false", f"docker://{where.host}/{name}")
    return "sha256:" + hashlib.sha256(raw.encode()).hexdigest()


def test_what_skopeo_pushes_is_pulled_with_the_same_digest(
    plain: Registry, fixtures: Path, store: ImageStore
) -> None:
    to = f"docker://{plain.host}/their/busybox:1"
    skopeo("copy", "--dest-tls-verify=false", f"oci:{fixtures / BUSYBOX}", to)
    pulled = layerscope("pull", f"{plain.host}/their/busybox:1", "--json").document
    assert pulled["digest"] == digest_at(plain, "their/busybox:1")
    assert pulled["bytes"] > 800_000
    assert pulled["requests"] <= 5
    again = layerscope("pull", f"{plain.host}/their/busybox:1", "--json").document
    assert (again["bytes"], again["spared"]) == (0, pulled["bytes"])
    assert layerscope("ls", f"{plain.host}/their/busybox:1", "/bin/busybox").code == 0


def test_what_is_pushed_skopeo_pulls_with_the_same_digest(
    plain: Registry, fixtures: Path, store: ImageStore, tmp_path: Path
) -> None:
    name = f"{plain.host}/our/busybox:1"
    pushed = layerscope("push", f"oci:{fixtures / BUSYBOX}", name, "--json").document
    skopeo("copy", "--src-tls-verify=false", f"docker://{name}", f"oci:{tmp_path}/out:1")
    index = json.loads((tmp_path / "out/index.json").read_bytes())
    assert index["manifests"][0]["digest"] == pushed["digest"] == digest_at(plain, "our/busybox:1")
    again = layerscope("push", f"oci:{fixtures / BUSYBOX}", name, "--json").document
    assert again["bytes"] == 0


def test_an_index_keeps_its_digest_from_registry_to_store_to_registry(
    plain: Registry, fixtures: Path, store: ImageStore
) -> None:
    to = f"docker://{plain.host}/their/several:v1"
    skopeo("copy", "--all", "--dest-tls-verify=false", f"oci:{fixtures / SEVERAL}:v1", to)
    name, other = f"{plain.host}/their/several:v1", f"{plain.host}/our/several:v1"
    pulled = layerscope("pull", name, "--all-platforms", "--json").document
    assert len(pulled["platforms"]) > 1
    pushed = layerscope("push", name, other, "--json").document
    assert pushed["digest"] == pulled["digest"] == digest_at(plain, "our/several:v1")
    layers = [blob for blob in pushed["blobs"] if "manifest" not in blob["media_type"]]
    assert {blob["fate"] for blob in layers if "index" not in blob["media_type"]} <= {
        "mounted",
        "spared",
    }
    one = layerscope("pull", other, "--platform", "linux/arm64", "--json").document
    assert one["index"] == pulled["digest"]
    assert one["platforms"] == ["linux/arm64"]


def test_tags_catalog_copy_and_what_is_not_there(
    plain: Registry, fixtures: Path, store: ImageStore, tmp_path: Path
) -> None:
    first = f"docker://{plain.host}/listed/app:1"
    layerscope("push", f"oci:{fixtures / BUSYBOX}", f"{plain.host}/listed/app:1")
    copied = layerscope("copy", first, f"docker://{plain.host}/listed/copy:2", "--json").document
    assert {blob["fate"] for blob in copied["blobs"][:-1]} == {"mounted"}
    layerscope("copy", first, f"docker://{plain.host}/listed/app:2")
    tags = layerscope("tags", f"{plain.host}/listed/app", "--json").document["tags"]
    assert sorted(tags) == ["1", "2"]
    repositories = layerscope("catalog", plain.host, "--json").document["repositories"]
    assert {"listed/app", "listed/copy"} <= set(repositories)
    saved = layerscope("copy", first, f"docker-archive:{tmp_path}/app.tar:team/app:1")
    assert saved.code == 0, saved.err
    assert layerscope("ls", str(tmp_path / "app.tar"), "/bin/busybox").code == 0
    missing = layerscope("pull", f"{plain.host}/listed/app:nope")
    assert missing.code == 3
    assert plain.host in missing.err


def test_what_refers_to_an_image_is_listed(
    plain: Registry, fixtures: Path, store: ImageStore
) -> None:
    layerscope("push", f"oci:{fixtures / BUSYBOX}", f"{plain.host}/signed:1")
    found = layerscope("referrers", f"{plain.host}/signed:1", "--json").document
    assert found["referrers"] == []
    assert found["digest"] == digest_at(plain, "signed:1")


def test_a_password_is_asked_for_kept_used_and_forgotten(
    tmp_path: Path, fixtures: Path, store: ImageStore
) -> None:
    with registry(tmp_path, passwords=HTPASSWD) as guarded:
        image, name = f"oci:{fixtures / BUSYBOX}", f"{guarded.host}/app:1"
        refused = layerscope("push", image, name)
        assert refused.code == 5
        assert f"layerscope login {guarded.host}" in refused.err
        wrong = ("login", guarded.host, "--username", "me", "--password-stdin")
        denied = layerscope(*wrong, given="pass-word-2\n")
        assert denied.code == 5
        assert "pass-word-2" not in denied.err + denied.out
        told = layerscope(*wrong, "--json", given="pass-word-1\n").document
        assert "config.json" in told["kept_in"]
        assert layerscope("push", image, name).code == 0
        auth = Path(os.environ["HOME"], ".docker/config.json")
        theirs = f"docker://{guarded.host}/app:1"
        skopeo("inspect", "--tls-verify=false", f"--authfile={auth}", theirs)
        assert layerscope("logout", guarded.host).code == 0
        assert layerscope("pull", name).code == 5
    logged = guarded.log.read_text()
    assert "pass-word" not in logged


def test_a_registry_with_an_authority_of_its_own(
    tmp_path: Path, fixtures: Path, store: ImageStore
) -> None:
    authority = make_authority(tmp_path)
    with registry(tmp_path, certificate="server") as secure:
        image, name = f"oci:{fixtures / BUSYBOX}", f"{secure.host}/app:1"
        distrusted = layerscope("push", image, name)
        assert distrusted.code == 5
        assert "certificate that is not trusted" in distrusted.err
        pushed = layerscope("push", image, name, "--json", SSL_CERT_FILE=str(authority)).document
        unchecked = layerscope("pull", name, "--insecure", "--json").document
        assert unchecked["digest"] == pushed["digest"]
        certificates = Path(os.environ["HOME"], ".config/containers/certs.d", secure.host)
        certificates.mkdir(parents=True)
        (certificates / "ca.crt").write_bytes(authority.read_bytes())
        assert layerscope("tags", f"{secure.host}/app", "--json").document["tags"] == ["1"]


def test_a_mirror_is_read_instead_and_never_written(
    plain: Registry, tmp_path: Path, fixtures: Path, store: ImageStore
) -> None:
    image = f"oci:{fixtures / BUSYBOX}"
    with registry(tmp_path) as mirror:
        assert layerscope("push", image, f"{mirror.host}/app:1").code == 0
        before = len(plain.requests())
        mirrors = {"LAYERSCOPE_MIRRORS": f"{plain.host}={mirror.host}"}
        assert layerscope("pull", f"{plain.host}/app:1", **mirrors).code == 0
        assert len(plain.requests()) == before
        assert layerscope("push", image, f"{plain.host}/mirrored:1", **mirrors).code == 0
        assert len(plain.requests()) > before


def test_a_registry_that_deletes_nothing_says_so(
    tmp_path: Path, fixtures: Path, store: ImageStore
) -> None:
    with registry(tmp_path, deletes=False) as keeping:
        name = f"{keeping.host}/app:1"
        layerscope("push", f"oci:{fixtures / BUSYBOX}", name)
        refused = layerscope("delete", name, "--yes")
        assert refused.code == 5
        assert "deletes nothing" in refused.err
        assert "REGISTRY_STORAGE_DELETE_ENABLED" in refused.err
        assert layerscope("tags", f"{keeping.host}/app", "--json").document["tags"] == ["1"]
