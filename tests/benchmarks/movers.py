"""Programs that move images, ours and its peers, and the registry they move them to and from."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.processes import Failed, layerscope

_START = 20.0  # seconds for the registry
_CONFIGURATION = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "{host}"}}
"""


@dataclass(frozen=True, slots=True)
class Mover:
    """One program: its commands, with LAYOUT, NAME and PLACE in them, and where it keeps images."""

    name: str
    push: Sequence[str]
    pull: Sequence[str]
    place: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def pushing(self, layout: Path, name: str) -> list[str]:
        """Send the image of an OCI layout."""
        return self._filled(self.push, layout, name)

    def pulling(self, name: str) -> list[str]:
        """Bring an image to where this program keeps its own."""
        return self._filled(self.pull, Path(), name)

    def forget(self) -> None:
        """Let the next pull be the first."""
        shutil.rmtree(self.place, ignore_errors=True)

    def _filled(self, words: Sequence[str], layout: Path, name: str) -> list[str]:
        known = {"LAYOUT": str(layout), "NAME": name, "PLACE": str(self.place)}
        filled = []
        for word in words:
            for key, value in known.items():
                word = word.replace(key, value)
            filled.append(word)
        return filled


def movers(folder: Path) -> tuple[list[Mover], list[str]]:
    """Those that this machine has, ours first, and what is said of the others."""
    place = folder / "layerscope"
    own = {"LAYERSCOPE_DATA_DIR": str(place), "LAYERSCOPE_CACHE_DIR": str(folder / "cache")}
    found = [
        Mover(
            "layerscope",
            layerscope("push", "oci:LAYOUT", "NAME"),
            layerscope("pull", "NAME"),
            place,
            own,
        )
    ]
    notes = []
    if shutil.which("skopeo"):
        copy = ["skopeo", "copy", "--quiet", "--preserve-digests"]
        push = [*copy, "--dest-tls-verify=false", "oci:LAYOUT", "docker://NAME"]
        pull = [*copy, "--src-tls-verify=false", "docker://NAME", "oci:PLACE:bench"]
        found.append(Mover("skopeo", push, pull, folder / "skopeo"))
    else:
        notes.append("skopeo: not installed")
    crane = shutil.which("crane")
    if crane:
        push = [crane, "push", "--insecure", "LAYOUT", "NAME"]
        pull = [crane, "pull", "--insecure", "--format=oci", "NAME", "PLACE"]
        found.append(Mover("crane", push, pull, folder / "crane"))
    else:
        notes.append("crane: not on the PATH (go install …/go-containerregistry/cmd/crane@latest)")
    return found, notes


@dataclass(frozen=True, slots=True)
class LoopbackRegistry:
    """Debian's docker-registry, which keeps nothing in memory: it can be emptied as it runs."""

    host: str
    folder: Path

    def forget(self) -> None:
        """Let the next push be the first."""
        shutil.rmtree(self.folder / "docker", ignore_errors=True)


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[LoopbackRegistry]:
    """A registry that runs as long as the block; raises :class:`Failed` where it cannot."""
    if not shutil.which("docker-registry"):
        raise Failed("docker-registry is not installed")
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    configuration = folder / "config.yml"
    configuration.write_text(_CONFIGURATION.format(folder=folder, host=host))
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            ["docker-registry", "serve", str(configuration)],
            stdout=log,
            stderr=log,
            env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
        )
    try:
        _await(f"http://{host}/v2/", daemon)
        yield LoopbackRegistry(host, folder)
    finally:
        daemon.terminate()
        daemon.wait()


def _await(address: str, daemon: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until and daemon.poll() is None:
        try:
            with opener.open(address, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise Failed("docker-registry does not answer")
