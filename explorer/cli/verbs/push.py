"""``layerscope push``: an image of the local store, or of an archive, into a registry."""

from __future__ import annotations

import click

from explorer.cli import registries
from explorer.cli.arguments import image_argument
from explorer.cli.commands import Verb
from explorer.cli.session import Session


def _push(image: str, reference: str | None, platform: str | None, insecure: bool) -> int:
    from explorer.transfer.copy import Target
    from explorer.transfer.copy import copy as bring

    session = Session.current()
    wanted = registries.reference_of(reference or image.removeprefix("store:"))
    one = registries.wanted_platform(platform, all_platforms=False)
    with session.job("pushing") as job:
        receipt = registries.asked(
            lambda client: bring(client, image, Target("docker", wanted), platform=one, job=job),
            [wanted.host],
            insecure=insecure,
        )
    return registries.answer(session, receipt)


push = Verb(
    "push",
    params=[
        image_argument(),
        click.Argument(["reference"], metavar="[REF]", required=False),
        click.Option(
            ["--platform"],
            metavar="OS/ARCH[/VARIANT]",
            help="Push one platform of several; all of them by default.",
        ),
        registries.insecure_option(),
    ],
    callback=_push,
    help="""Push an image of the local store, or of an archive or layout, to a registry. Only what
    it lacks is sent; what it has in another repository is mounted from there. Manifests travel as
    they are, so digests stay. Without REF the image's own name says where to.""",
    examples=[
        ("layerscope push registry.example/team/app:1", "under the name it has in the store"),
        ("layerscope push app.tar registry.example/team/app:1", "from an archive"),
    ],
)
