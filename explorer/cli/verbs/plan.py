"""``layerscope plan``: what a build would do, without running anything."""

from __future__ import annotations

import sys

import click

from explorer.cli import failures, jsontext
from explorer.cli.buildinputs import arguments, pairs
from explorer.cli.commands import Verb
from explorer.cli.dockerfiles import read_dockerfile
from explorer.cli.session import Session

_DAMAGED = 4


def _plan(
    dockerfile: str,
    context: str | None,
    target: str,
    build_args: tuple[str, ...],
    platform: str | None,
    build_contexts: tuple[str, ...],
) -> int:
    from explorer.build.plan.document import plan_document, problems_of
    from explorer.build.plan.request import Request, plan_request
    from explorer.cli.planpage import show_plan, shown
    from explorer.dockerfile.problem import Severity
    from explorer.oci.platform import Platform

    session = Session.current()
    file = read_dockerfile(dockerfile)
    request = Request(
        text=file.text,
        folder=context if context is not None else file.folder,
        path=file.path,
        arguments=arguments(build_args),
        target=target,
        platform=Platform.parse(platform) if platform else None,
        contexts=dict(pairs(build_contexts, "--build-context", "NAME=LOCATION")),
    )
    with session.job("reading the build context") as job:
        planned = plan_request(request, job=job)
    if session.json:
        jsontext.write(plan_document(planned), sys.stdout)
    else:
        show_plan(session.screen(), planned, file.name)
    errors = [p for p in problems_of(planned) if p.severity is Severity.ERROR]
    if errors:
        also = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        what, why = errors[0].message, errors[0].description
        told = f"{what}: {why}" if why else what
        failures.say(shown(f"{file.name}:{errors[0].line}: {told}{also}"))
    return _DAMAGED if errors else 0


plan = Verb(
    "plan",
    params=[
        click.Argument(["dockerfile"], metavar="DOCKERFILE"),
        click.Option(
            ["--context"], metavar="DIR", help="The build context; the Dockerfile's folder else."
        ),
        click.Option(["--target"], default="", metavar="STAGE", help="The stage to build."),
        click.Option(
            ["--build-arg", "build_args"],
            multiple=True,
            metavar="NAME[=VALUE]",
            help="A build argument; without a value, the environment's.",
        ),
        click.Option(
            ["--platform"], metavar="OS/ARCH[/VARIANT]", help="The platform to build for."
        ),
        click.Option(
            ["--build-context", "build_contexts"],
            multiple=True,
            metavar="NAME=LOCATION",
            help="A named context: a folder, oci-layout://PATH, docker-archive:PATH.",
        ),
    ],
    callback=_plan,
    help="""Show what building a Dockerfile would do: which steps are cached, which run and why,
    what they add, and what the build context holds. Nothing is run, fetched or written but
    hashes of files. DOCKERFILE is a file, a folder that holds one, or - for standard input.""",
    examples=[
        ("layerscope plan .", "what will this edit cost?"),
        ("layerscope plan Dockerfile --target test --build-arg VERSION=2", "another target"),
        (
            "layerscope plan . --json | jq '.steps[] | select(.cache==\"miss\")'",
            "the steps that run",
        ),
    ],
)
