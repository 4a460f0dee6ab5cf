"""Image configurations: how a container starts, and what the layers are.

OCI image specification, config.md, with the fields Docker adds (``Healthcheck``, ``Shell``,
``OnBuild``). Only the layers are needed to look into an image, so nothing but broken JSON makes a
configuration unreadable: a field of the wrong type counts as absent, and ``problems`` tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from explorer.errors import DamagedImage
from explorer.oci.digest import Digest
from explorer.oci.document import load_object
from explorer.oci.fields import Fields
from explorer.oci.platform import Platform
from explorer.oci.timestamps import format_rfc3339_utc, parse_rfc3339

__all__ = [
    "Healthcheck",
    "History",
    "ImageConfig",
    "chain_ids",
    "format_rfc3339_utc",
    "parse_rfc3339",
]


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """How an engine asks a container whether it is well; durations in nanoseconds, 0 = default.

    ``test`` begins with ``NONE``, ``CMD`` or ``CMD-SHELL``; empty, it is inherited.
    """

    test: tuple[str, ...] = ()
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    start_interval: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What one build step wrote down about itself; nobody checks it against the layers."""

    created: datetime | None = None
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """A configuration. ``entrypoint``, ``cmd`` and ``shell`` are ``None`` where not set.

    ``env`` keeps order and repetition; ``rootfs_diff_ids`` and ``history`` run from the lowest
    layer up. ``rootfs_diff_ids`` is empty in configurations older than Docker 1.10.
    """

    platform: Platform
    created: datetime | None = None
    author: str = ""
    env: tuple[tuple[str, str], ...] = ()
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    user: str = ""
    workdir: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    stop_signal: str = ""
    healthcheck: Healthcheck | None = None
    shell: tuple[str, ...] | None = None
    onbuild: tuple[str, ...] = ()
    args_escaped: bool = False
    rootfs_diff_ids: tuple[Digest, ...] = ()
    history: tuple[History, ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False, repr=False)

    @classmethod
    def parse(cls, data: bytes) -> ImageConfig:
        """Read a configuration; its ImageID is ``Digest.of(data)``.

        Raises:
            DamagedImage: it is not a JSON object.
            LimitExceeded: see :func:`explorer.oci.document.load`.
        """
        fields = Fields(load_object(data, "image configuration"))
        run = fields.section("config")
        return cls(
            platform=Platform.from_fields(fields),
            created=_time(fields, "created"),
            author=fields.text("author"),
            env=_env(run),
            entrypoint=_command(run, "Entrypoint"),
            cmd=_command(run, "Cmd"),
            user=run.text("User"),
            workdir=run.text("WorkingDir"),
            labels=run.text_map("Labels"),
            exposed_ports=run.names("ExposedPorts"),
            volumes=run.names("Volumes"),
            stop_signal=run.text("StopSignal"),
            healthcheck=_healthcheck(run.child("Healthcheck")),
            shell=run.texts("Shell"),
            onbuild=run.texts("OnBuild") or (),
            args_escaped=run.boolean("ArgsEscaped"),
            rootfs_diff_ids=_diff_ids(fields),
            history=tuple(map(_history, fields.objects("history"))),
            problems=tuple(fields.problems),
            raw=fields.raw,
        )

    def environment(self) -> dict[str, str]:
        """The variables a process sees: of several with one name, the last."""
        return dict(self.env)


def chain_ids(diff_ids: Iterable[Digest]) -> tuple[Digest, ...]:
    """The ChainID of every layer: it names the layer together with all below it.

    OCI image specification, config.md, section "Layer ChainID".
    """
    chain: list[Digest] = []
    for diff_id in diff_ids:
        chain.append(Digest.of(f"{chain[-1]} {diff_id}".encode()) if chain else diff_id)
    return tuple(chain)


def _time(fields: Fields, key: str) -> datetime | None:
    text = fields.text(key)
    moment = parse_rfc3339(text)
    if text and moment is None and not text.startswith("0001-01-01"):
        fields.note(f"{fields.path(key)} is not a time; ignored")
    return moment


def _env(run: Fields) -> tuple[tuple[str, str], ...]:
    pairs = []
    for index, entry in enumerate(run.texts("Env") or ()):
        # Windows has variables whose name begins with "=" (the directory of each drive).
        name, equals, value = entry[1:].partition("=")
        if not equals:
            run.note(f"{run.path('Env')}[{index}] has no equals sign")
        pairs.append((entry[:1] + name, value))
    return tuple(pairs)


def _command(run: Fields, key: str) -> tuple[str, ...] | None:
    # Docker before 1.8 wrote a single string, and engines still read it.
    value = run.raw.get(key)
    return (value,) if isinstance(value, str) else run.texts(key)


def _healthcheck(fields: Fields | None) -> Healthcheck | None:
    if fields is None:
        return None
    return Healthcheck(
        test=_command(fields, "Test") or (),
        interval=fields.integer("Interval") or 0,
        timeout=fields.integer("Timeout") or 0,
        start_period=fields.integer("StartPeriod") or 0,
        start_interval=fields.integer("StartInterval") or 0,
        retries=fields.integer("Retries") or 0,
    )


def _diff_ids(fields: Fields) -> tuple[Digest, ...]:
    if fields.raw.get("rootfs") is None:
        fields.note("rootfs is absent: layers cannot be checked against the configuration")
    texts = fields.section("rootfs").texts("diff_ids") or ()
    try:
        return tuple(map(Digest.parse, texts))
    except DamagedImage as error:
        # One missing DiffID would shift all others to the wrong layer.
        fields.note(f"rootfs.diff_ids: {error.what}; the whole list is ignored")
        return ()


def _history(fields: Fields) -> History:
    return History(
        created=_time(fields, "created"),
        created_by=fields.text("created_by"),
        comment=fields.text("comment"),
        empty_layer=fields.boolean("empty_layer"),
        author=fields.text("author"),
    )
