"""Making a :class:`~explorer.ui.build.snapshot.Reading`: parse, understand, check, draw up."""

from __future__ import annotations

from explorer.dockerfile.advice.facts import Facts
from explorer.dockerfile.advice.gather import diagnose
from explorer.dockerfile.checks.check import check
from explorer.dockerfile.document import Document
from explorer.dockerfile.services.folding import folds
from explorer.dockerfile.services.outline import outline
from explorer.dockerfile.stages.inputs import Inputs
from explorer.ui.build.graph.chart import chart_of
from explorer.ui.build.graph.layout import Layout, lay_out
from explorer.ui.build.options import Options
from explorer.ui.build.snapshot import Reading
from explorer.ui.build.world import World


class Reader:
    """Reads texts one after the other; keeps the layout while the shape of the graph stays."""

    def __init__(self) -> None:
        self._shape: tuple[int, tuple[tuple[int, int], ...]] = (0, ())
        self._layout = Layout((), (), (), 0, 0.0)

    def read(self, text: str, options: Options, world: World) -> Reading:
        """Read a text; any text gives a reading."""
        document = Document.parse(text)
        checked = check(document, inputs_of(options, world))
        chart = chart_of(checked.program)
        if chart.shape() != self._shape:
            self._shape = chart.shape()
            self._layout = lay_out(*self._shape)
        facts = Facts(world.facts, world.bases.digests())
        return Reading(
            text=text,
            options=options,
            document=document,
            checked=checked,
            diagnostics=diagnose(checked, facts),
            outline=outline(document, checked.program),
            folds=folds(document),
            chart=chart,
            layout=self._layout,
        )


def inputs_of(options: Options, world: World) -> Inputs:
    """What a build is given, as the language knows it."""
    return Inputs(
        arguments=options.arguments,
        target=options.target,
        platform=options.wanted_platform(),
        images=world.bases.images(),
        contexts=world.bases.contexts(options),
        ignore=world.context.ignore.rules if world.context is not None else None,
    )
