"""One registry with everything that speaks to it: us, skopeo, crane, Docker Engine, Podman."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

from explorer.cli.app import run as run_verb
from tests.build.engines import others
from tests.conftest import PROJECT
from tests.integration.programs import ProgramFailed, need
from tests.integration.registries import (
    HTPASSWD,
    PASSWORD,
    Registry,
    Software,
    find,
    make_authority,
    registry,
)

SAMPLE = PROJECT / "resources" / "sample.tar"
_FORGOTTEN = ("XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE", "SSL_CERT_FILE", "LAYERSCOPE_MIRRORS")


@dataclass(frozen=True)
class Kind:
    """What a registry is like."""

    software: Software
    secure: bool = False
    guarded: bool = False

    def __str__(self) -> str:
        marks = ["TLS"] * self.secure + ["htpasswd"] * self.guarded
        return f"{self.software}, {' and '.join(marks) or 'plain'}"


KINDS = (
    Kind("docker-registry"),
    Kind("docker-registry", secure=True),
    Kind("docker-registry", guarded=True),
    Kind("zot"),
    Kind("zot", secure=True, guarded=True),
)


@dataclass(frozen=True)
class Ran:
    """What a verb printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        assert self.code == 0, self.err
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass
class Engines:
    """Docker Engine and Podman, each started when it is first needed."""

    folder: Path
    stack: ExitStack
    skipped: dict[str, BaseException] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """Where one listens; skips where it does not run here."""
        if name in self.skipped:
            raise self.skipped[name]
        try:
            return self.docker_host if name == "docker" else self.podman_host
        except BaseException as skipped:
            self.skipped[name] = skipped
            raise

    @cached_property
    def docker_host(self) -> str:
        need("docker")
        return self.stack.enter_context(others.dockerd(self.folder / "d"))

    @cached_property
    def podman_host(self) -> str:
        return self.stack.enter_context(others.podman(self.folder / "p"))


@dataclass
class World:
    """``main`` is the registry that a row is about; ``second`` another one, plain."""

    kind: Kind
    main: Registry
    second: Registry
    folder: Path
    engines: Engines
    authority: Path | None = None

    # -- us ---------------------------------------------------------------------------------------

    def verb(self, *words: str | Path, given: str = "", **environ: str) -> Ran:
        """One of our verbs, in this process, as this world's user."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, {**self.environ, **environ}),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch("sys.stdin", io.StringIO(given)),
        ):
            for name in set(_FORGOTTEN) - set(environ) - set(self.environ):
                os.environ.pop(name, None)
            code = run_verb([str(word) for word in words])
        return Ran(code, out.getvalue(), err.getvalue())

    def done(self, *words: str | Path, **environ: str) -> dict[str, Any]:
        """The document of a verb that has to work."""
        return self.verb(*words, "--json", **environ).document

    @property
    def environ(self) -> dict[str, str]:
        """What all programs of this world see."""
        found = {
            "HOME": str(self.folder),
            "DOCKER_CONFIG": str(self.folder / ".docker"),
            "LAYERSCOPE_DATA_DIR": str(self.folder / "data"),
            "LAYERSCOPE_CACHE_DIR": str(self.folder / "cache"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        if self.authority is not None:
            found["SSL_CERT_FILE"] = str(self.authority)
        return found

    # -- the others -------------------------------------------------------------------------------

    def name(self, path: str) -> str:
        """A name in the registry."""
        return f"{self.main.host}/{path}"

    def skopeo(self, command: str, *words: str | Path) -> str:
        """skopeo, logged in, trusting any certificate of the loopback."""
        need("skopeo", root=False)
        sides = ("--src-tls-verify=false", "--dest-tls-verify=false")
        trust = sides if command == "copy" else ("--tls-verify=false",)
        auth = [f"--authfile={self._config}"] if self.kind.guarded else []
        return self._run("skopeo", "--insecure-policy", command, *trust, *auth, *words)

    def crane(self, *words: str | Path) -> str:
        """crane, logged in as Docker is."""
        return self._run(find("crane"), *words)

    def docker(self, *words: str | Path) -> str:
        """Docker's command line."""
        host = self.engines.address("docker")
        return self._run("docker", "--config", self.folder / ".docker", "-H", host, *words)

    def podman(self, command: str, *words: str | Path) -> str:
        """Podman, the same store as its service."""
        folder = Path(self.engines.address("podman").removeprefix("unix://")).parent
        store: list[str | Path] = ["--root", folder / "root", "--runroot", folder / "run"]
        store += ["--storage-driver", "vfs"]
        remote = command in ("pull", "push")
        auth = [f"--authfile={self._config}"] if remote and self.kind.guarded else []
        trust = ["--tls-verify=false"] if remote else []
        return self._run("podman", *store, command, *trust, *auth, *words)

    @property
    def _config(self) -> Path:
        return self.folder / ".docker" / "config.json"

    def _run(self, *command: str | Path) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, **self.environ},
            check=False,
        )
        if done.returncode:
            raise ProgramFailed((done.stderr or done.stdout).strip()[-600:])
        return done.stdout

    # -- facts ------------------------------------------------------------------------------------

    def digest_at(self, name: str) -> str:
        """What skopeo says a name stands for, an index not looked into."""
        raw = self.skopeo("inspect", "--raw", f"docker://{name}")
        return "sha256:" + hashlib.sha256(raw.encode()).hexdigest()

    def repo_digests(self, engine: str, name: str) -> set[str]:
        """The digests by which an engine knows an image in the repository of a name."""
        tool = self.docker if engine == "docker" else self.podman
        (about,) = json.loads(tool("image", "inspect", name))
        found = [text.split("@") for text in about.get("RepoDigests") or []]
        return {digest for repository, digest in found if name.startswith(f"{repository}:")}


@contextmanager
def worlds(folder: Path) -> Iterator[WorldMaker]:
    """Makes worlds that share their engines."""
    with ExitStack() as stack:
        yield WorldMaker(folder, Engines(folder, stack), stack)


@dataclass
class WorldMaker:
    """``world`` makes one, with the sample in its store; they end together."""

    folder: Path
    engines: Engines
    stack: ExitStack

    def world(self, kind: Kind) -> World:
        """Skips, or raises :class:`ProgramFailed`, where that registry does not run here."""
        folder = self.folder / f"w{KINDS.index(kind)}"
        (folder / "second").mkdir(parents=True)
        (folder / ".docker").mkdir()
        (folder / ".docker/config.json").write_text("{}")  # Podman wants it to be there
        authority = make_authority(folder) if kind.secure else None
        main = self.stack.enter_context(
            registry(
                folder,
                software=kind.software,
                passwords=HTPASSWD if kind.guarded else "",
                certificate="server" if kind.secure else "",
            )
        )
        second = self.stack.enter_context(registry(folder / "second"))
        world = World(kind, main, second, folder, self.engines, authority)
        if kind.guarded:
            login = ("login", main.host, "-u", "me", "--password-stdin")
            assert world.verb(*login, given=PASSWORD).code == 0
        assert world.verb("load", SAMPLE).code == 0
        return world


__all__ = ["KINDS", "SAMPLE", "Engines", "Kind", "Ran", "World", "WorldMaker", "worlds"]
