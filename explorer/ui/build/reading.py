"""Making a :class:`~explorer.ui.build.snapshot.Reading`: parse, understand, check, draw up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.dockerfile.advice.model import Diagnostic, Level, Source
from explorer.dockerfile.checks.check import Checked, check
from explorer.dockerfile.document import Document
from explorer.dockerfile.ignore import IgnoreFile
from explorer.dockerfile.problem import Problem, Severity
from explorer.dockerfile.services.folding import folds
from explorer.dockerfile.services.outline import outline
from explorer.dockerfile.stages.inputs import Inputs
from explorer.oci.config import ImageConfig
from explorer.ui.build.graph.chart import chart_of
from explorer.ui.build.graph.layout import Layout, lay_out
from explorer.ui.build.options import Options
from explorer.ui.build.snapshot import Reading


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What of the outside is known by now: base images by reference, the ignore file."""

    images: Mapping[str, ImageConfig] = field(default_factory=dict)
    contexts: Mapping[str, ImageConfig | None] = field(default_factory=dict)
    ignore: IgnoreFile | None = None


class Reader:
    """Reads texts one after the other; keeps the layout while the shape of the graph stays."""

    def __init__(self) -> None:
        self._shape: tuple[int, tuple[tuple[int, int], ...]] = (0, ())
        self._layout = Layout((), (), (), 0, 0.0)

    def read(self, text: str, options: Options, knowledge: Knowledge) -> Reading:
        """Read a text; any text gives a reading."""
        document = Document.parse(text)
        checked = check(document, inputs_of(options, knowledge))
        chart = chart_of(checked.program)
        if chart.shape() != self._shape:
            self._shape = chart.shape()
            self._layout = lay_out(*self._shape)
        return Reading(
            text=text,
            options=options,
            document=document,
            checked=checked,
            diagnostics=diagnose(checked),
            outline=outline(document, checked.program),
            folds=folds(document),
            chart=chart,
            layout=self._layout,
        )


def inputs_of(options: Options, knowledge: Knowledge) -> Inputs:
    """What a build is given, as the language knows it."""
    platform = options.wanted_platform()
    contexts: dict[str, ImageConfig | None] = {each.name: None for each in options.contexts}
    contexts.update(knowledge.contexts)
    return Inputs(
        arguments=options.arguments,
        target=options.target,
        platform=platform,
        images=knowledge.images,
        contexts=contexts,
        ignore=knowledge.ignore,
    )


def diagnose(checked: Checked) -> tuple[Diagnostic, ...]:
    """What is wrong, in the order of the text."""
    return tuple(_diagnostic(problem) for problem in checked.problems)


def _diagnostic(problem: Problem) -> Diagnostic:
    is_error = problem.severity is Severity.ERROR
    return Diagnostic(
        rule=problem.rule,
        severity=Level.ERROR if is_error else Level.WARNING,
        message=problem.message,
        span=problem.span,
        line=problem.line,
        source=Source.BUILDKIT,
        explanation=problem.description,
        url=problem.url,
    )
