"""``layerscope inspect``: what an image is."""

from __future__ import annotations

import click

from explorer.cli.arguments import image_argument, platform_option, verify_option
from explorer.cli.commands import Verb
from explorer.cli.session import Session


def _inspect(image: str, platform: str | None, all_platforms: bool, verify: bool) -> int:
    from explorer.analysis.documents.images import image_document
    from explorer.cli.facts import image_page

    session = Session.current()
    opened = session.open(image, platform, verify=verify)
    return session.answer(lambda: image_document(opened), lambda screen: image_page(screen, opened))


inspect = Verb(
    "inspect",
    params=[
        image_argument(),
        platform_option(),
        click.Option(
            ["--all-platforms"],
            is_flag=True,
            help="Describe the image of every platform, not only of one.",
        ),
        verify_option(),
    ],
    callback=_inspect,
    help="""Say what an image is: its names and digests, its configuration and what it will run,
    its history, its layers, and everything unusual about it.""",
    examples=[
        ("layerscope inspect app.tar", "one page"),
        ("layerscope inspect oci:layout:1.4 --platform linux/arm64", "another platform"),
        ("layerscope inspect app.tar --json | jq .config.Env", "for a script"),
        ("layerscope inspect app.tar --verify", "check every digest; 4 if one does not match"),
    ],
)
