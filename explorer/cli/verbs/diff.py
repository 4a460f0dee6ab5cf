"""``layerscope diff``: two images, or two states of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from explorer.cli import numbers
from explorer.cli.arguments import image_argument, platform_option, remote_options
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.analysis.comparison import Comparison
    from explorer.sources.image import Image

_DIFFERENT = 1


def _diff(
    a: str,
    b: str | None,
    layers: tuple[int, int | None] | None,
    content: bool,
    exit_code: bool,
    platform: str | None,
) -> int:
    from explorer.analysis.documents.comparisons import comparison_document
    from explorer.cli.diffpage import diff_page

    session = Session.current()
    found = _compared(session, a, b, layers, platform)
    with session.job("comparing") as job:
        renames = found.renames(job)
        notes: list[str] = []
        packages = found.packages(job, notes)
    code = session.answer(
        lambda: comparison_document(found, renames, packages, notes, content=content),
        lambda screen: diff_page(screen, found, renames, packages, content=content),
    )
    return code or (_DIFFERENT if exit_code and found.differs else 0)


def _compared(
    session: Session,
    a: str,
    b: str | None,
    layers: tuple[int, int | None] | None,
    platform: str | None,
) -> Comparison:
    from explorer.analysis import comparison

    if b is not None and layers is not None:
        raise click.UsageError("Two images are compared as a whole: leave out B, or --layers")
    if b is None and layers is None:
        raise click.UsageError("Name a second image, or two states of this one with --layers I..J")
    if b is not None:
        one, other = session.load(a, platform), session.load(b, platform)
        # The same layers hold the same files: those of a registry need not come for it.
        fetch = () if _same_layers(one, other) else None
        return comparison.of_images(
            session.index(one, fetch=fetch), session.index(other, fetch=fetch)
        )
    assert layers is not None
    low, high = layers
    reach = range(max(low, high) + 1) if high is not None else None
    first = session.open(a, platform, fetch=reach)
    return comparison.of_states(first, low, first.top if high is None else high)


def _same_layers(one: Image, other: Image) -> bool:
    mine, theirs = ([layer.digest for layer in image.layers] for image in (one, other))
    return None not in mine and mine == theirs


diff = Verb(
    "diff",
    params=[
        image_argument("a"),
        image_argument("b", required=False),
        click.Option(
            ["--layers"],
            type=numbers.layer_range,
            metavar="I..J",
            help="Compare the image as of layer I with the image as of layer J. I may be left out "
            "(an empty filesystem), and so may J (the whole image).",
        ),
        click.Option(
            ["--content"], is_flag=True, help="Show the difference of text files, line by line."
        ),
        click.Option(
            ["--exit-code"], is_flag=True, help="End with exit code 1 if anything differs."
        ),
        platform_option(),
        *remote_options(),
    ],
    callback=_diff,
    help="""Show what differs between two images, or between two states of one: configuration,
    layers, files, packages. A time of modification alone is no difference.""",
    examples=[
        ("layerscope diff app-1.3.tar app-1.4.tar", "what did the new release change?"),
        ("layerscope diff app.tar --layers 2..5", "what did layers 3, 4 and 5 change together?"),
        ("layerscope diff app.tar --layers 4..5 --content", "line by line"),
        ("layerscope diff docker://app:1 docker://app:2", "what is new, before pulling it"),
        ("layerscope diff a.tar b.tar --exit-code", "1 if anything differs: is it reproducible?"),
    ],
)
