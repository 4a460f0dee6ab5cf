"""``layerscope pull``: an image out of a registry into the local store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from explorer.cli import registries
from explorer.cli.commands import Verb
from explorer.cli.session import Session
from explorer.cli.storing import parse_reference, user_store

if TYPE_CHECKING:
    from explorer.progress import Job
    from explorer.registry import RegistryClient
    from explorer.transfer.receipt import Receipt, Watch


def _pull(
    reference: str,
    tag: tuple[str, ...],
    platform: str | None,
    all_platforms: bool,
    **how: Any,
) -> int:
    from explorer.transfer.pull import pull as bring

    session = Session.current()
    wanted = registries.reference_of(reference)
    names = [parse_reference(name) for name in tag]
    one = registries.wanted_platform(platform, all_platforms=all_platforms)

    async def fetch(client: RegistryClient, job: Job, watch: Watch) -> Receipt:
        return await bring(
            client,
            wanted,
            user_store(),
            platform=one,
            all_platforms=all_platforms,
            names=names,
            job=job,
            watch=watch,
        )

    receipt = registries.moved(session, "pulling", fetch, [wanted.host], **how)
    return registries.answer(session, receipt)


pull = Verb(
    "pull",
    params=[
        click.Argument(["reference"], metavar="REF"),
        click.Option(["-t", "--tag"], multiple=True, metavar="REF", help="Name it so instead."),
        click.Option(
            ["--platform"],
            metavar="OS/ARCH[/VARIANT]",
            help="The platform to pull, if there are several; this machine's by default.",
        ),
        registries.all_platforms_option(),
        *registries.host_options(reads=True),
    ],
    callback=_pull,
    help=f"""Pull an image into the local store. Only what is missing is fetched, what broke off is
    resumed, and every byte is verified. Without a host REF is of Docker Hub, without a tag it is
    latest.

    Of an image for several platforms one is pulled, as an image of its own. What came of a pull
    that was stopped is kept for a week: the next one goes on from there.

    {registries.HOSTS_HELP}""",
    examples=[
        ("layerscope pull alpine", "docker.io/library/alpine:latest"),
        ("layerscope pull registry.example/app:1 --all-platforms", "the whole index"),
    ],
)
