"""``layerscope copy``: an image from anywhere to anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from explorer.cli import registries
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.progress import Job
    from explorer.registry import RegistryClient
    from explorer.transfer.layers import Packing
    from explorer.transfer.receipt import Receipt, Watch


def _copy(
    source: str,
    target: str,
    platform: str | None,
    all_platforms: bool,
    compress: Packing | None,
    **how: Any,
) -> int:
    from explorer.transfer.copy import Target
    from explorer.transfer.copy import copy as bring

    session = Session.current()
    to = Target.parse(target)
    one = registries.wanted_platform(platform, all_platforms=all_platforms)
    hosts = [to.reference.host] if to.transport == "docker" and to.reference is not None else []
    if source.startswith(registries.DOCKER):
        hosts.append(registries.reference_of(source).host)

    async def send(client: RegistryClient, job: Job, watch: Watch) -> Receipt:
        return await bring(
            client,
            source,
            to,
            platform=one,
            all_platforms=all_platforms,
            packing=compress,
            job=job,
            watch=watch,
        )

    return registries.answer(session, registries.moved(session, "copying", send, hosts, **how))


copy = Verb(
    "copy",
    params=[
        click.Argument(["source"], metavar="SRC"),
        click.Argument(["target"], metavar="DST"),
        click.Option(
            ["--platform"],
            metavar="OS/ARCH[/VARIANT]",
            help="Copy one platform of several; of an image in a registry, and for what takes "
            "only one, this machine's by default.",
        ),
        registries.all_platforms_option(),
        click.Option(
            ["--compress"],
            type=click.Choice(["gzip", "zstd", "none"]),
            help="How layers are stored there; as they are by default. Makes another manifest.",
        ),
        *registries.host_options(reads=True),
    ],
    callback=_copy,
    help=f"""Copy an image. SRC is docker://REF, docker-daemon:REF, podman:REF or anything the other
    verbs open; DST is docker://REF, store:REF, docker-daemon:REF or podman:REF, or
    docker-archive:PATH, oci-archive:PATH or oci:DIR, with :REF behind it to name the image.

    What the target has does not travel: blobs of a registry are mounted from another repository
    of its own, layers of Docker Engine stay where they are. Between registries nothing is kept
    here. Manifests stay as they are where both sides have manifests, so digests stay.

    {registries.HOSTS_HELP}""",
    examples=[
        (
            "layerscope copy docker://a.example/app:1 docker://b.example/app:1 --all-platforms",
            "to another registry",
        ),
        ("layerscope copy docker://alpine oci:alpine", "into a layout"),
        ("layerscope copy docker-daemon:app:1 podman:app:1", "from one engine to the other"),
        ("layerscope copy app:1 docker-daemon:app:1", "from the local store into Docker"),
    ],
)
