"""Building in tests: a base with a shell, and what an engine tells."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from explorer.analysis.opened import OpenImage, open_image
from explorer.build.engine import Engine
from explorer.build.events import Cached, Done, End, Event, Failed, Finished, Log, Planned, Started
from explorer.build.request import BuildRequest
from explorer.oci import Manifest, Reference, media
from explorer.store.images import ImageStore
from tests.factory import directory, file, layer, symlink

BUSYBOX = Path("/bin/busybox")
APPLETS = (
    "sh", "cat", "echo", "ls", "id", "env", "touch", "mkdir", "rm", "mv", "ln", "chmod", "chown",
    "sleep", "true", "false", "head", "tail", "dd", "pwd", "grep", "sort", "wc", "hostname",
    "mount", "umount", "mknod", "kill", "ps", "yes", "stat", "find", "cp", "tr", "seq", "date",
    "ping", "nc", "ip", "unshare", "sync", "awk", "printf", "test", "tee", "xargs", "sed", "getopt",
)  # fmt: skip
PASSWD = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"
GROUP = "root:x:0:\napp:x:1000:\nwheel:x:10:app\n"
_T = TypeVar("_T", bound=Event)


def need_a_sandbox() -> None:
    """Skip, saying why, where no sandbox can be made."""
    if sys.platform != "linux":
        pytest.skip("RUN needs Linux")
    if not BUSYBOX.exists():
        pytest.skip("not installed: busybox-static")
    if os.geteuid() != 0 and not os.access("/usr/bin/newuidmap", os.X_OK):
        pytest.skip("not installed: uidmap")


def add_base(store: ImageStore, name: str = "base") -> None:
    """An image with a shell and the usual small programs."""
    applets = [symlink(f"bin/{applet}", "busybox") for applet in APPLETS]
    made = layer(
        *(directory(path) for path in ("bin", "etc", "root", "home", "home/app", "proc", "dev")),
        directory("sys"),
        directory("tmp", mode=0o1777),
        file("bin/busybox", BUSYBOX.read_bytes(), mode=0o755),
        *applets,
        file("etc/passwd", PASSWD),
        file("etc/group", GROUP),
        compression="none",
    )
    document = (
        b'{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},'
        b'"rootfs":{"type":"layers","diff_ids":["' + str(made.diff_id).encode() + b'"]}}'
    )
    with store.ingest() as ingest:
        blob = ingest.stream([made.blob], media.OCI_LAYER)
        config = ingest.put(document, media.OCI_CONFIG)
        image = ingest.put(Manifest(config, (blob,)).encode(), media.OCI_MANIFEST)
        store.name(Reference.parse(name), image)


@dataclass
class Told:
    """What a build told."""

    events: list[Event] = field(default_factory=list)
    end: End | None = None

    def of(self, kind: type[_T]) -> list[_T]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def done(self) -> Done:
        """The end of a build that went well."""
        assert isinstance(self.end, Done), self.end
        return self.end

    @property
    def failed(self) -> Failed:
        """The end of one that did not."""
        assert isinstance(self.end, Failed), self.end
        return self.end

    @property
    def output(self) -> str:
        """Everything that was printed."""
        return b"".join(event.data for event in self.of(Log)).decode()

    @property
    def cached(self) -> list[str]:
        """The steps that were kept, by their text."""
        return [self.text(event.step) for event in self.of(Cached)]

    @property
    def ran(self) -> list[str]:
        """The steps that were carried out, by their text."""
        return [self.text(event.step) for event in self.of(Finished)]

    def because(self, text: str) -> tuple[str, ...]:
        """Why a step ran again."""
        return next(e.because for e in self.of(Started) if self.text(e.step) == text)

    def text(self, step: str) -> str:
        """The text of a step."""
        steps = {info.id: info for planned in self.of(Planned) for info in planned.steps}
        return steps[step].text

    @property
    def image(self) -> OpenImage:
        """The image that was made."""
        return open_image(f"store:{self.done.digest}")


class Project:
    """A folder with a Dockerfile, to build again and again."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        folder.mkdir(exist_ok=True)

    def write(self, name: str, content: str | bytes = "") -> Path:
        """A file of the context."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def build(self, dockerfile: str | None = None, **options: Any) -> Told:
        """Build to the end."""
        return asyncio.run(self.building(dockerfile, **options))

    async def building(self, dockerfile: str | None = None, **options: Any) -> Told:
        """Build to the end, in a loop that is running."""
        if dockerfile is not None:
            self.write("Dockerfile", dockerfile)
        told = Told()
        context = options.pop("context", self.folder)
        request = BuildRequest(self.folder / "Dockerfile", context, **options)
        told.end = await self.engine.build(request, told.events.append)
        assert told.events[-1] == told.end
        return told
