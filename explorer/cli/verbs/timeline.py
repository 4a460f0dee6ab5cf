"""``layerscope timeline``: the history of one path."""

from __future__ import annotations

from explorer.cli.arguments import image_argument, path_argument, platform_option, remote_options
from explorer.cli.commands import Verb
from explorer.cli.session import Session


def _timeline(image: str, path: str, platform: str | None) -> int:
    from explorer.analysis.documents.timelines import timeline_document
    from explorer.analysis.lookup import known_node
    from explorer.cli.histories import version_table
    from explorer.cli.paths import path_bytes

    session = Session.current()
    opened = session.open(image, platform)
    node = known_node(opened, path_bytes(path))
    return session.answer(
        lambda: timeline_document(opened, node), lambda screen: version_table(screen, opened, node)
    )


timeline = Verb(
    "timeline",
    params=[image_argument(), path_argument(), platform_option(), *remote_options()],
    callback=_timeline,
    help="""Show every layer that touched a path: what it changed, the bytes it stores for it, and
    the instruction to blame. Deleted files are still there in the layers below.""",
    examples=[
        ("layerscope timeline app.tar /etc/ssl/openssl.cnf", "who put this here, who changed it?"),
        ("layerscope timeline app.tar /app/.env --json", "for a script"),
    ],
)
