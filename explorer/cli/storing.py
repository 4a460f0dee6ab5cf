"""What the verbs of the local store have in common."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from explorer.cli import jsontext, text
from explorer.cli.screen import Screen, Styled
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.mutate.config import Changes
    from explorer.oci import Descriptor, Reference
    from explorer.store.images import ImageStore


_SET = "Set one; K- removes it."
_ARGV = "As a shell would split it, or a JSON list."


def user_store() -> ImageStore:
    """The user's own store."""
    from explorer.store.images import ImageStore

    return ImageStore.at()


def parse_reference(name: str) -> Reference:
    """A name to give; raises :class:`explorer.errors.UsageError`."""
    from explorer.oci import Reference

    return Reference.parse(name)


def now() -> datetime:
    """The time that new images carry: ``SOURCE_DATE_EPOCH``, or the clock's."""
    from explorer.transfer.save import source_date_epoch

    epoch = source_date_epoch()
    return datetime.fromtimestamp(epoch, UTC) if epoch else datetime.now(UTC)


def keep(store: ImageStore, descriptor: Descriptor, references: Sequence[Reference]) -> None:
    """Give a new image its names, or hold it without one."""
    for reference in references:
        store.name(reference, descriptor)
    if not references:
        store.keep(descriptor)


def tell_made(session: Session, descriptor: Descriptor, references: Sequence[Reference]) -> int:
    """Answer a verb that made or named an image; returns the exit code."""
    if session.json:
        jsontext.write(made_document(descriptor, references), sys.stdout)
    else:
        say_made(session.screen(), descriptor, references)
    return 0


def made_document(descriptor: Descriptor, references: Sequence[Reference]) -> dict[str, Any]:
    """What a new image is, as a document."""
    return {
        "schema": 1,
        "digest": str(descriptor.digest),
        "references": [str(reference) for reference in references],
    }


def say_made(screen: Screen, descriptor: Descriptor, references: Sequence[Reference]) -> None:
    """Name a new image, or its digest where it has no name."""
    names = ", ".join(reference.familiar for reference in references)
    screen.line(Styled(names or descriptor.digest.short, "bold"), f"  {descriptor.digest}")


def said(count: int, size: int) -> str:
    """``3 blobs, 12 MB``."""
    return f"{text.plural(count, 'blob')}, {text.size(size)}"


def change_options() -> list[click.Option]:
    """Options that set parts of a configuration; :func:`changes` reads them."""
    return [
        click.Option(
            ["--env"], multiple=True, metavar="K=V", help="Set a variable; K- removes it."
        ),
        click.Option(["--label"], multiple=True, metavar="K=V", help="Set a label; K- removes it."),
        click.Option(
            ["--entrypoint"], metavar="ARGV", help="As a shell splits it, or a JSON list."
        ),
        click.Option(["--cmd"], metavar="ARGV", help="As a shell splits it, or a JSON list."),
        click.Option(["--user"], metavar="USER[:GROUP]", help="Who the process runs as."),
        click.Option(["--workdir"], metavar="DIR", help="Where it starts."),
        click.Option(["--expose"], multiple=True, metavar="PORT[/PROTO]", help="A port it serves."),
        click.Option(["--volume"], multiple=True, metavar="DIR", help="A folder kept outside."),
        click.Option(["--stop-signal"], metavar="SIGNAL", help="What asks it to end."),
    ]


def changes(options: dict[str, Any]) -> Changes:
    """What :func:`change_options` were given."""
    from explorer.mutate.config import Changes

    return Changes(
        env=_pairs("--env", options["env"]),
        labels=_pairs("--label", options["label"]),
        entrypoint=_argv("--entrypoint", options["entrypoint"]),
        cmd=_argv("--cmd", options["cmd"]),
        user=options["user"],
        workdir=options["workdir"],
        expose=tuple(_port(port) for port in options["expose"]),
        volumes=options["volume"],
        stop_signal=options["stop_signal"],
    )


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for item in texts:
        name, equals, value = item.partition("=")
        if equals and name:
            found[name] = value
        elif not equals and len(item) > 1 and item.endswith("-"):
            found[item[:-1]] = None
        else:
            raise click.BadParameter(f"{item!r} is neither KEY=VALUE nor KEY-", param_hint=option)
    return found


def _argv(option: str, given: str | None) -> list[str] | None:
    if given is None:
        return None
    if given.startswith("["):
        import json

        try:
            value = json.loads(given)
        except ValueError:
            value = None
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return value
        raise click.BadParameter("it is no JSON list of strings", param_hint=option)
    try:
        return shlex.split(given)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _port(given: str) -> str:
    number, slash, protocol = given.partition("/")
    whole = number.isascii() and number.isdigit() and 0 < int(number) < 65536
    if not whole or (slash and protocol not in ("tcp", "udp", "sctp")):
        raise click.BadParameter(f"{given!r} is no port; write 80 or 53/udp", param_hint="--expose")
    return f"{int(number)}/{protocol or 'tcp'}"
