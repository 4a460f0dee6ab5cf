"""``layerscope build``: build an image."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from explorer.build.events import Done, Failed, Stopped
from explorer.cli import failures
from explorer.cli.buildreceipt import Noted
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.errors import Cancelled

if TYPE_CHECKING:
    from explorer.build.engine import Tell
    from explorer.build.events import End, Event
    from explorer.build.request import BuildRequest
    from explorer.cli.buildlive import LiveBuild
    from explorer.cli.buildscreen import PlainBuild

_FAILED = 1
_EMBEDDED = ("auto", "sandbox")
_ENGINES = ("auto", "sandbox", "docker", "podman", "buildkit")


def _build(
    context: str,
    file: str | None,
    engine: str,
    progress: str,
    iidfile: str | None,
    metadata_file: str | None,
    on_failure: str,
    **given: Any,
) -> int:
    from explorer.cli.buildrequest import read_request
    from explorer.cli.failedshell import Watched, must_be_terminal

    session = Session.current()
    if on_failure == "shell":
        must_be_terminal()
    request, name = read_request(context, file, **given)
    style = progress
    if progress == "auto":
        style = "json" if session.json else "tty" if sys.stderr.isatty() else "plain"
    with _screen(style, session) as screen:
        noted = Noted(screen.tell)
        watched = Watched(noted.tell)
        end = asyncio.run(_carried_out(engine, request, watched.take))
    code = _finished(end, request, session, name)
    if on_failure == "shell" and isinstance(end, Failed):
        watched.talk(request)
    if engine in _EMBEDDED and not (code or iidfile or metadata_file):
        named = (context, file or context)
        noted.write(request, session.settings.words, named, progress if style != "json" else style)
    if isinstance(end, Done) and not code:
        _write(iidfile, end.image_id)
        _write(metadata_file, json.dumps(_metadata(end), indent=2) + "\n")
    return code


async def _carried_out(engine: str, request: BuildRequest, tell: Tell) -> End:
    from explorer.build.engines.choosing import choose

    return await (await choose(engine)).build(request, tell)


class _JsonLines:
    """Each event as a line of JSON on stdout."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def tell(self, event: Event) -> None:
        from explorer.build.events import to_json

        sys.stdout.write(json.dumps(to_json(event)) + "\n")
        sys.stdout.flush()


def _screen(style: str, session: Session) -> _JsonLines | PlainBuild | LiveBuild:
    colour = not session.settings.no_color
    if style == "json":
        return _JsonLines()
    if style == "tty":
        from explorer.cli.buildlive import LiveBuild

        return LiveBuild(colour=colour)
    from explorer.cli.buildscreen import PlainBuild

    return PlainBuild(colour=colour and sys.stderr.isatty())


def _finished(end: End, request: BuildRequest, session: Session, name: str) -> int:
    from explorer.build.outputs import write_output

    if isinstance(end, Failed):
        where = f"{name}:{end.line}: " if end.line else ""
        hint = f". {end.hint}" if end.hint else ""
        failures.say(f"{where}{end.message}{hint}")
        return _FAILED
    if isinstance(end, Stopped):
        return Cancelled.exit_code
    for output in request.outputs:
        with session.job("writing the result") as job:
            write_output(output, end.digest, request.references, job, request.platforms)
    return 0


def _metadata(done: Done) -> dict[str, str]:
    """What was made, in the words of buildx's ``--metadata-file``."""
    found = {
        "containerimage.config.digest": done.image_id,
        "containerimage.digest": done.digest,
        "image.name": done.reference,
    }
    return {name: value for name, value in found.items() if value}


def _write(path: str | None, text: str) -> None:
    if path is not None:
        Path(path).write_text(text)


build = Verb(
    "build",
    params=[
        click.Argument(["context"], metavar="[CONTEXT]", default="."),
        click.Option(["-f", "--file"], metavar="FILE", help="The Dockerfile; CONTEXT's else."),
        click.Option(["-t", "--tag", "tags"], multiple=True, metavar="REF", help="A name for it."),
        click.Option(["--target"], default="", metavar="STAGE", help="The stage to build."),
        click.Option(
            ["--build-arg", "build_args"],
            multiple=True,
            metavar="NAME[=VALUE]",
            help="A build argument; without a value, the environment's.",
        ),
        click.Option(
            ["--build-context", "build_contexts"],
            multiple=True,
            metavar="NAME=LOCATION",
            help="A named context: a folder, oci-layout://PATH, docker-archive:PATH.",
        ),
        click.Option(
            ["--secret", "secrets"],
            multiple=True,
            metavar="id=ID[,src=FILE|,env=NAME]",
            help="A secret for RUN --mount=type=secret; it is in no layer and no key.",
        ),
        click.Option(
            ["--ssh"], multiple=True, metavar="ID[=SOCKET]", help="An agent for type=ssh mounts."
        ),
        click.Option(
            ["--label", "labels"], multiple=True, metavar="KEY=VALUE", help="A label of the image."
        ),
        click.Option(
            ["--platform", "platforms"],
            multiple=True,
            metavar="OS/ARCH[/VARIANT]",
            help="The platform to build for; this machine's by default.",
        ),
        click.Option(
            ["--engine"],
            type=click.Choice(_ENGINES),
            default="auto",
            help="What builds; auto is the embedded engine where it can.",
        ),
        click.Option(["--no-cache"], is_flag=True, help="Run every step, whatever is kept."),
        click.Option(
            ["--run-timeout"],
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="How long one RUN may take, with the embedded engine.",
        ),
        click.Option(
            ["--on-failure"],
            type=click.Choice(["stop", "shell"]),
            default="stop",
            help="shell: open one in what a failed RUN left, with the embedded engine.",
        ),
        click.Option(
            ["-o", "--output", "outputs"],
            multiple=True,
            metavar="type=TYPE,dest=PATH",
            help="Write the result: docker, oci, tar, local; engine leaves it with what built it.",
        ),
        click.Option(
            ["--progress"],
            type=click.Choice(["auto", "tty", "plain", "json"]),
            default="auto",
            help="How to tell what happens: on stderr, or with json as JSON lines on stdout.",
        ),
        click.Option(["--iidfile"], metavar="FILE", help="Write the image ID to a file."),
        click.Option(
            ["--metadata-file"], metavar="FILE", help="Write digests and name to a file, as JSON."
        ),
    ],
    callback=_build,
    help="""Build an image from a Dockerfile and a build context. The result is in the local store
    (layerscope images), and where --output says. Steps whose result is kept do not run again;
    each that does says why.

    The embedded engine needs no daemon. --engine docker, podman or buildkit lets another one
    build: on this machine, on a server, or on a cluster.""",
    examples=[
        ("layerscope build . -t app:1", "build, and keep it as app:1"),
        ("layerscope build . --target test --build-arg VERSION=2", "one stage, with an argument"),
        ("layerscope build . --on-failure shell", "look around where a command failed"),
        ("layerscope build . -o type=docker,dest=app.tar", "for docker load"),
        ("layerscope build . --progress json | jq -r .event", "follow it from a program"),
    ],
)
