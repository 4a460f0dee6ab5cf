"""``layerscope build``: build an image."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli import failures
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.build.engine import Engine
    from explorer.build.events import End, Event
    from explorer.build.request import BuildRequest, Output

_FAILED = 1
_ENGINES = ("auto", "sandbox", "docker", "podman", "buildkit")


def _build(
    context: str,
    file: str | None,
    tags: tuple[str, ...],
    target: str,
    build_args: tuple[str, ...],
    build_contexts: tuple[str, ...],
    secrets: tuple[str, ...],
    ssh: tuple[str, ...],
    labels: tuple[str, ...],
    platforms: tuple[str, ...],
    engine: str,
    no_cache: bool,
    outputs: tuple[str, ...],
    progress: str,
    iidfile: str | None,
) -> int:
    from explorer.build.outputs import parse_output
    from explorer.build.request import BuildRequest
    from explorer.cli.buildinputs import arguments, pairs, read_secret, read_ssh
    from explorer.cli.dockerfiles import read_dockerfile
    from explorer.oci import Platform, Reference

    session = Session.current()
    folder = Path(context)
    dockerfile = read_dockerfile(file if file is not None else context)
    written = tuple(map(parse_output, outputs))
    request = BuildRequest(
        dockerfile=(dockerfile.path or Path("Dockerfile")).resolve(),
        context=folder.resolve() if folder.exists() else folder,
        text=dockerfile.text,
        target=target,
        arguments=arguments(build_args),
        contexts=dict(pairs(build_contexts, "--build-context", "NAME=LOCATION")),
        platforms=tuple(Platform.parse(p) for each in platforms for p in each.split(",")),
        references=tuple(Reference.parse(tag) for tag in tags),
        secrets=tuple(map(read_secret, secrets)),
        ssh=tuple(map(read_ssh, ssh)),
        labels=dict(pairs(labels, "--label", "KEY=VALUE", empty=True)),
        no_cache=no_cache,
        outputs=written,
    )
    style = progress if progress != "auto" else "plain"
    if session.json and progress == "auto":
        style = "json"
    end = asyncio.run(_carried_out(_engine(engine), request, _teller(style, session)))
    return _finished(end, request, written, session, iidfile, dockerfile.name)


async def _carried_out(engine: Engine, request: BuildRequest, tell: Callable[[Event], None]) -> End:
    return await engine.build(request, tell)


def _engine(name: str) -> Engine:
    from explorer.build.engines.choosing import choose

    return asyncio.run(choose(name))


def _teller(style: str, session: Session) -> Callable[[Event], None]:
    if style == "json":
        from explorer.build.events import to_json

        def tell(event: Event) -> None:
            sys.stdout.write(json.dumps(to_json(event)) + "\n")
            sys.stdout.flush()

        return tell
    from explorer.cli.buildscreen import PlainBuild

    colour = sys.stderr.isatty() and not session.settings.no_color
    return PlainBuild(colour=colour).tell


def _finished(
    end: End,
    request: BuildRequest,
    outputs: tuple[Output, ...],
    session: Session,
    iidfile: str | None,
    name: str,
) -> int:
    from explorer.build.events import Done, Failed
    from explorer.build.outputs import write_output

    if isinstance(end, Failed):
        where = f"{name}:{end.line}: " if end.line else ""
        hint = f". {end.hint}" if end.hint else ""
        failures.say(f"{where}{end.message}{hint}")
        return _FAILED
    if not isinstance(end, Done):
        return 130
    if iidfile is not None:
        Path(iidfile).write_text(end.image_id)
    for output in outputs:
        with session.job("writing the result") as job:
            write_output(output, end.digest, request.references, job)
    return 0


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
            ["-o", "--output", "outputs"],
            multiple=True,
            metavar="type=TYPE,dest=PATH",
            help="Write the result: docker, oci, tar or local. It is in the store, too.",
        ),
        click.Option(
            ["--progress"],
            type=click.Choice(["auto", "tty", "plain", "json"]),
            default="auto",
            help="How to tell what happens: on stderr, or with json as JSON lines on stdout.",
        ),
        click.Option(["--iidfile"], metavar="FILE", help="Write the image ID to a file."),
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
        ("layerscope build . -o type=docker,dest=app.tar", "for docker load"),
        ("layerscope build . --progress json | jq -r .event", "follow it from a program"),
    ],
)
