"""What is to be built, out of the words of a command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.buildinputs import arguments, pairs, read_secret, read_ssh
from explorer.cli.dockerfiles import read_dockerfile

if TYPE_CHECKING:
    from explorer.build.request import BuildRequest


def read_request(
    context: str,
    file: str | None,
    *,
    tags: tuple[str, ...],
    target: str,
    build_args: tuple[str, ...],
    build_contexts: tuple[str, ...],
    secrets: tuple[str, ...],
    ssh: tuple[str, ...],
    labels: tuple[str, ...],
    platforms: tuple[str, ...],
    no_cache: bool,
    run_timeout: float | None,
    outputs: tuple[str, ...],
) -> tuple[BuildRequest, str]:
    """A request, and what its Dockerfile is called in messages.

    Raises :class:`click.UsageError` and :class:`explorer.errors.ExplorerError`.
    """
    from explorer.build.outputs import must_fit, parse_output
    from explorer.build.request import BuildRequest
    from explorer.oci import Platform, Reference

    folder = Path(context)
    dockerfile = read_dockerfile(file if file is not None else context)
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
        run_seconds=run_timeout,
        outputs=tuple(map(parse_output, outputs)),
    )
    must_fit(request.outputs, request.platforms)
    return request, dockerfile.name
