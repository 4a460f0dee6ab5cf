"""Images into Docker Engine and Podman, streamed through their load API.

Docker Engine API, ``POST /images/load``; Podman's libpod API, ``POST /libpod/images/load``.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final, cast

from explorer.errors import DamagedImage, ExplorerError, NotFound, Refused
from explorer.oci import Digest, Reference
from explorer.progress import Job
from explorer.sources.engines.client import EngineClient, message_of
from explorer.sources.engines.connection import EngineConnection, unreachable
from explorer.sources.engines.docker_config import DockerConfig
from explorer.sources.engines.images import DOCKER, PODMAN, TRANSPORTS
from explorer.sources.engines.podman_service import DIAL, podman_service
from explorer.transfer.layers import Packing
from explorer.transfer.parcels import Parcel
from explorer.transfer.writing import Told, to_archive

_SILENCE: Final = 600.0  # seconds an engine may take over what it was sent
_LOOK: Final = 0.1  # seconds between two looks whether the user said stop
_PIECE: Final = 256 << 10
_MOST_IMAGES: Final = 1000  # that are asked for their layers
_MOST_LINE: Final = 1 << 20
_PODMAN_LOAD: Final = "/v4.0.0/libpod/images/load"
_FIRST_WITH_ZSTD: Final = 23  # of Docker Engine
_CONTAINERD: Final = "io.containerd.snapshotter.v1"


@contextlib.contextmanager
def engine(transport: str) -> Iterator[Engine]:
    """An engine to load into, found as its own command line finds it; Podman is started where it
    does not listen.

    Raises :class:`explorer.errors.Unsupported` where it is not here.
    """
    if transport == DOCKER:
        yield Engine(DOCKER, EngineClient(TRANSPORTS[DOCKER], DockerConfig.at().endpoint()))
        return
    with podman_service() as endpoint:
        yield Engine(PODMAN, EngineClient(TRANSPORTS[PODMAN], endpoint, DIAL))


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine that images are loaded into. Everything raises :class:`Refused`, naming it."""

    transport: str
    client: EngineClient

    def layers_held(self, diff_ids: Sequence[Digest]) -> int:
        """How many of an image's lower layers it has: they need not be sent.

        Docker Engine looks for a layer by its ChainID before it looks into the archive; where it
        keeps images with containerd, and in Podman, all of an image has to be there. None where
        it does not say: what would only spare bytes must not stand in the way.
        """
        if self.transport != DOCKER or not diff_ids:
            return 0
        with contextlib.suppress(Refused):
            return self._held(diff_ids)
        return 0

    def _held(self, diff_ids: Sequence[Digest]) -> int:
        if self._keeps_blobs():
            return 0
        wanted = [str(digest) for digest in diff_ids]
        most = 0
        for item in self._list("/images/json", {"all": "1"})[:_MOST_IMAGES]:
            most = max(most, _common(wanted, self._layers(str(item.get("Id")))))
        return most

    def packing_for(self, compressions: Collection[str]) -> Packing | None:
        """How layers have to be packed for it to read them; None where they can stay.

        Docker Engine before 23 reads no zstd.
        """
        if self.transport != DOCKER or "zstd" not in compressions:
            return None
        about = self.client.get("/version")
        version = str(about.get("Version", "")) if isinstance(about, Mapping) else ""
        major = version.partition(".")[0]
        return "none" if major.isdigit() and int(major) < _FIRST_WITH_ZSTD else None

    def _keeps_blobs(self) -> bool:
        about = self.client.get("/info")
        status = about.get("DriverStatus") if isinstance(about, Mapping) else None
        return any(_CONTAINERD in str(row) for row in status or ())

    def _list(self, path: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        found = self.client.get(path, query)
        return [i for i in found if isinstance(i, Mapping)] if isinstance(found, list) else []

    def _layers(self, image_id: str) -> list[str]:
        try:
            about = self.client.get(f"/images/{image_id}/json")
        except NotFound:
            return []  # gone meanwhile
        rootfs = about.get("RootFS") if isinstance(about, Mapping) else None
        found = rootfs.get("Layers") if isinstance(rootfs, Mapping) else None
        return [str(layer) for layer in found] if isinstance(found, list) else []

    def load(self, parcel: Parcel, job: Job, told: Told, without: Collection[Digest] = ()) -> None:
        """Stream an image into the engine; ``without`` are layers that it has.

        Raises :class:`explorer.errors.Cancelled` within a moment of a stop, also while the engine
        is silent; :class:`DamagedImage` where another image arrived than was sent.
        """
        connection = EngineConnection(self.client.endpoint, self.client.dial)
        try:
            connection.connect()
        except OSError as error:
            raise unreachable(self.client.title, self.client.endpoint, error) from error
        connection.sock.settimeout(_SILENCE)
        with contextlib.closing(connection), _ending_with(job, connection):
            try:
                self._sent(connection, parcel, job, told, without)
                self._answer(connection)
            except (OSError, http.client.HTTPException) as error:
                job.check()
                raise self._hung_up(error) from error
        self._verify(parcel)

    def _sent(
        self,
        connection: EngineConnection,
        parcel: Parcel,
        job: Job,
        told: Told,
        without: Collection[Digest],
    ) -> None:
        path = "/images/load?quiet=1" if self.transport == DOCKER else _PODMAN_LOAD
        connection.putrequest("POST", path)
        connection.putheader("Content-Type", "application/x-tar")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        body = _Chunked(connection)
        docker = self.transport == DOCKER
        try:
            out = cast(IO[bytes], body)
            to_archive([parcel], out, 0, job, told, docker=docker, without=without)
            body.finish()
        except (BrokenPipeError, ConnectionResetError):
            job.check()  # else it has an answer already, and that says why

    def _answer(self, connection: EngineConnection) -> None:
        response = connection.getresponse()
        if response.status >= 400:
            raise self._refused(message_of(response.read(_MOST_LINE)) or f"HTTP {response.status}")
        while line := response.readline(_MOST_LINE):
            with contextlib.suppress(ValueError):
                told = json.loads(line)
                if isinstance(told, Mapping) and isinstance(told.get("error"), str):
                    raise self._refused(told["error"])

    def _verify(self, parcel: Parcel) -> None:
        assert parcel.config is not None
        wanted = {parcel.config.digest.encoded, parcel.root.digest.encoded}
        for name in parcel.names:
            about = self.client.get(f"/images/{name}/json")
            found = str(about.get("Id", "")) if isinstance(about, Mapping) else ""
            if found.removeprefix("sha256:") not in wanted:
                raise DamagedImage(
                    f"{self.client.title} made another image of {name.familiar}",
                    why=f"it is {found[:19]}, and {parcel.config.digest.short} was sent",
                )

    def _refused(self, message: str) -> Refused:
        return Refused(f"{self.client.title} does not take the image", why=message)

    def _hung_up(self, error: Exception) -> ExplorerError:
        why = "it does not answer" if isinstance(error, TimeoutError) else "it hung up"
        return Refused(
            f"{self.client.title} did not take the image",
            why=why,
            hint=f"Look whether {self.client.title} is still running, and has room",
        )


def names_for(reference: Reference) -> tuple[Reference, ...]:
    """What an image is called in an engine: a tag, never a digest alone."""
    return (reference.with_tag(reference.tag or "latest"),)


class _Chunked:
    """A body of a length that nobody knows yet (RFC 9112, section 7.1)."""

    def __init__(self, connection: EngineConnection) -> None:
        self._connection = connection
        self._kept = bytearray()

    def write(self, data: bytes) -> int:
        self._kept += data
        if len(self._kept) >= _PIECE:
            self._flush()
        return len(data)

    def finish(self) -> None:
        self._flush()
        self._connection.send(b"0\r\n\r\n")

    def _flush(self) -> None:
        if self._kept:
            self._connection.send(b"%x\r\n%b\r\n" % (len(self._kept), bytes(self._kept)))
            self._kept.clear()


@contextlib.contextmanager
def _ending_with(job: Job, connection: EngineConnection) -> Iterator[None]:
    """Cut the connection when the user says stop: nothing else ends a wait for the engine."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK):
            if job.cancelled:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
                return

    watching = threading.Thread(target=watch, name="stop", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _common(wanted: Sequence[str], found: Sequence[str]) -> int:
    """How many layers two images share from below."""
    count = 0
    for ours, theirs in zip(wanted, found, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
