"""``layerscope report``: the whole picture on one page, for terminals without a window."""

from __future__ import annotations

import sys

import click

from explorer.cli import jsontext
from explorer.cli.arguments import image_argument, platform_option, remote_options
from explorer.cli.commands import Verb
from explorer.cli.session import Session


def _report(image: tuple[str, ...], platform: str | None) -> int:
    from explorer.analysis.documents.images import image_document
    from explorer.analysis.documents.suggestions import suggestion_documents
    from explorer.analysis.suggestions import advise
    from explorer.analysis.waste import measure_waste
    from explorer.cli.reportpage import report_page
    from explorer.cli.resources import sample_image

    session = Session.current()
    if session.json and len(image) > 1:
        raise click.UsageError("One document is of one image: name only one with --json")
    screen = session.screen()
    for number, name in enumerate(image or (str(sample_image()),)):
        opened = session.open(name, platform)
        waste = measure_waste(opened)
        with session.job("looking for savings") as job:
            found = advise(opened, waste, job)
        if session.json:
            told = {"suggestions": suggestion_documents(opened, found)}
            jsontext.write(image_document(opened) | told, sys.stdout)
        else:
            if number:
                screen.line()
            report_page(screen, opened, name, waste, found, sample=not image)
    return session.verdict()


report = Verb(
    "report",
    params=[image_argument(nargs=-1), platform_option(), *remote_options()],
    callback=_report,
    help="""Show an image on one page: what it is and runs, its stack of layers with what each one
    stores, adds and sums up to, the biggest changes, and what is wasted, with what to do about it.
    Without IMAGE, the bundled sample.""",
    examples=[
        ("layerscope report", "a first look, at the sample"),
        ("layerscope report app.tar | less", "your own image, in a pager"),
    ],
)
