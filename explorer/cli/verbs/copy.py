"""``layerscope copy``: an image from anywhere to anywhere."""

from __future__ import annotations

import click

from explorer.cli import registries
from explorer.cli.commands import Verb
from explorer.cli.session import Session


def _copy(
    source: str, target: str, platform: str | None, all_platforms: bool, insecure: bool
) -> int:
    from explorer.transfer.copy import Target
    from explorer.transfer.copy import copy as bring

    session = Session.current()
    to = Target.parse(target)
    one = registries.wanted_platform(platform, all_platforms=all_platforms)
    hosts = [to.reference.host] if to.transport == "docker" and to.reference is not None else []
    if source.startswith(registries.DOCKER):
        hosts.append(registries.reference_of(source).host)
    with session.job("copying") as job:
        receipt = registries.asked(
            lambda client: bring(
                client, source, to, platform=one, all_platforms=all_platforms, job=job
            ),
            hosts,
            insecure=insecure,
        )
    return registries.answer(session, receipt)


copy = Verb(
    "copy",
    params=[
        click.Argument(["source"], metavar="SRC"),
        click.Argument(["target"], metavar="DST"),
        click.Option(
            ["--platform"],
            metavar="OS/ARCH[/VARIANT]",
            help="The platform to copy, if there are several; this machine's by default.",
        ),
        registries.all_platforms_option(),
        registries.insecure_option(),
    ],
    callback=_copy,
    help="""Copy an image. SRC is docker://REF or anything the other verbs open; DST is
    docker://REF, store:REF, or docker-archive:PATH, oci-archive:PATH or oci:DIR, with :REF behind
    it to name the image. Between registries nothing is kept here, and what the target has does
    not travel.""",
    examples=[
        (
            "layerscope copy docker://a.example/app:1 docker://b.example/app:1",
            "to another registry",
        ),
        ("layerscope copy docker://alpine oci:alpine", "into a layout"),
    ],
)
