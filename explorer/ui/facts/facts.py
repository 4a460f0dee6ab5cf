"""What an image says of itself, as labelled facts in groups. No Qt here."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.oci import Digest, Healthcheck, ImageConfig, effective_process
from explorer.oci.layout import visible
from explorer.oci.process import Process
from explorer.sources.image import Image
from explorer.ui import text
from explorer.ui.inspect.facts import Fact

_FORMS = {
    "exec": "exec form: the program is started as it is, without a shell",
    "shell": "shell form: /bin/sh -c starts it",
    "none": "nothing: the image says neither ENTRYPOINT nor CMD",
}

_MOST = 500
_LONGEST = 4000  # characters of a value
_DOCUMENT = 4 << 20  # bytes of a document
_LINE = 20_000


@dataclass(frozen=True, slots=True)
class Group:
    """Facts under a heading; ``said`` are sentences below them, ``warned`` those to heed.

    ``copy`` is the whole group as text, to be copied; empty where that is of no use.
    """

    title: str
    facts: tuple[Fact, ...]
    said: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    copy: str = ""


def groups_of(image: Image) -> tuple[Group, ...]:
    """Everything but the documents, the most looked for first; empty groups are left out."""
    config = image.config
    process = effective_process(config)
    found = (
        Group("What it runs", tuple(_runs(process)), process.explanation, process.warnings),
        Group("Settings", tuple(_settings(config))),
        _list("Environment", config.env),
        _list("Labels", tuple(config.labels.items())),
        Group("Identity", tuple(_identity(image))),
        Group("Unusual", (), (), image.warnings),
    )
    return tuple(group for group in found if group.facts or group.said or group.warned)


def _runs(process: Process) -> Iterator[Fact]:
    if process.argv:
        command = process.command_line
        help = "ENTRYPOINT and CMD"
        yield Fact("Command", _bounded(command, _LONGEST), mono=True, help=help, copy=command)
    yield Fact("Form", _FORMS[process.form])
    yield Fact("User", process.user or "root", mono=True, warns=process.user in ("", "0", "root"))
    yield Fact("Directory", process.workdir or "/", mono=True)


def _settings(config: ImageConfig) -> Iterator[Fact]:
    if config.exposed_ports:
        help = "EXPOSE documents a port; only docker run -p publishes it"
        yield Fact("Ports", ", ".join(config.exposed_ports), mono=True, help=help)
    if config.volumes:
        help = "VOLUME: what is written here is kept outside the writable layer"
        yield Fact("Volumes", "\n".join(config.volumes), mono=True, help=help)
    if config.healthcheck is not None and config.healthcheck.test:
        yield Fact("Health check", _health(config.healthcheck), mono=True)
    if config.stop_signal:
        yield Fact("Stop signal", config.stop_signal, mono=True)
    if config.shell is not None:
        yield Fact("Shell", json.dumps(list(config.shell)), mono=True, help="For shell forms")
    for trigger in config.onbuild:
        yield Fact("On build", visible(trigger), mono=True, help="Runs in builds FROM this image")


def _health(check: Healthcheck) -> str:
    words = " ".join(map(visible, check.test))
    times = (("every", check.interval), ("at most", check.timeout), ("after", check.start_period))
    told = [f"{name} {text.duration(span / 1e9)}" for name, span in times if span]
    if check.retries:
        told.append(f"{check.retries} retries")
    return words + (f"\n{', '.join(told)}" if told else "")


def _list(title: str, pairs: Sequence[tuple[str, str]]) -> Group:
    return Group(title, _pairs(pairs), copy="\n".join(f"{name}={value}" for name, value in pairs))


def _pairs(pairs: Sequence[tuple[str, str]]) -> tuple[Fact, ...]:
    shown = [
        Fact(_bounded(name, 200), _bounded(value, _LONGEST), mono=True)
        for name, value in pairs[:_MOST]
    ]
    if len(pairs) > _MOST:
        shown.append(Fact("…", f"and {text.count(len(pairs) - _MOST)} more"))
    return tuple(shown)


def _bounded(value: str, most: int) -> str:
    """A value from a document, which may hold megabytes."""
    return visible(value[:most]) + ("…" if len(value) > most else "")


def _digest(name: str, digest: Digest, help: str) -> Fact:
    whole = str(digest)
    shown = text.short_digest(whole)
    return Fact(name, shown, mono=True, help=f"{whole}\n{help}", copy=whole)


def _identity(image: Image) -> Iterator[Fact]:
    config = image.config
    if image.digest is not None:
        yield _digest("Digest", image.digest, "Names the manifest, and so the image")
    yield _digest("ImageID", image.image_id, "Names the configuration")
    yield Fact("Platform", config.platform.full or "unknown")
    if len(image.platforms) > 1:
        yield Fact("All platforms", ", ".join(map(str, image.platforms)))
    if config.created is not None:
        yield Fact("Created", text.exact_moment(config.created))
    if config.author:
        yield Fact("Author", visible(config.author))
    for name in image.names:
        yield Fact("Name", visible(name), mono=True)
    yield Fact("Opened from", f"{image.transport}:{image.location}", mono=True)


def pretty(document: bytes) -> str:
    """A JSON document with one value a line; what is no JSON stays as it is, and all is bounded."""
    words = document[:_DOCUMENT].decode("utf-8", "replace")
    if len(document) <= _DOCUMENT:
        with contextlib.suppress(ValueError, RecursionError):
            words = json.dumps(json.loads(document), indent=2, ensure_ascii=False)
    # A text view cannot lay out lines of megabytes.
    return "\n".join(line[:_LINE] for line in words.split("\n"))
