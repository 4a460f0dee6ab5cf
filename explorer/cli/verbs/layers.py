"""``layerscope layers``: the stack."""

from __future__ import annotations

from explorer.cli.arguments import image_argument, platform_option, verify_option
from explorer.cli.commands import Verb
from explorer.cli.session import Session


def _layers(image: str, platform: str | None, verify: bool) -> int:
    from explorer.analysis.documents.layers import layers_document
    from explorer.cli.stacks import stack_table

    session = Session.current()
    opened = session.open(image, platform, verify=verify)
    return session.answer(
        lambda: layers_document(opened), lambda screen: stack_table(screen, opened)
    )


layers = Verb(
    "layers",
    params=[image_argument(), platform_option(), verify_option()],
    callback=_layers,
    help="""Show the stack of layers, the lowest first.

    STORED is the blob as it travels, SIZE its tar, ADDS what it adds to the merged filesystem
    (negative where it deletes more). Changes count the paths added, modified and removed.""",
    examples=[
        ("layerscope layers app.tar", "the stack, with the instruction that made each layer"),
        ("layerscope layers app.tar --verify", "and check every digest; 4 if one does not match"),
        ("layerscope layers app.tar --json | jq '.layers[].diff_id'", "for a script"),
    ],
)
