"""``layerscope waste``: bytes that are stored and not visible; a gate for CI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from explorer.cli import failures, numbers
from explorer.cli.arguments import image_argument, platform_option, remote_options
from explorer.cli.commands import Verb
from explorer.cli.session import Session

if TYPE_CHECKING:
    from explorer.analysis.gate import RuleName, WasteFigures, WasteRule

_BROKEN = 1


def _waste(
    image: str,
    dive_compatible: bool,
    max_wasted_bytes: int | None,
    max_wasted_percent: float | None,
    min_efficiency: float | None,
    platform: str | None,
) -> int:
    from explorer.analysis.documents.wastes import waste_document
    from explorer.analysis.gate import WasteRule, waste_figures
    from explorer.cli.wastepage import waste_page

    session = Session.current()
    opened = session.open(image, platform)
    figures = waste_figures(opened, "dive" if dive_compatible else "layerscope")
    limits: tuple[tuple[RuleName, float | None], ...] = (
        ("max-wasted-bytes", max_wasted_bytes),
        ("max-wasted-percent", max_wasted_percent),
        ("min-efficiency", min_efficiency),
    )
    rules = [WasteRule(name, limit) for name, limit in limits if limit is not None]
    code = session.answer(
        lambda: waste_document(figures, rules, opened.warnings),
        lambda screen: waste_page(screen, opened, figures, rules),
    )
    return code or _verdict(figures, rules)


def _verdict(figures: WasteFigures, rules: Sequence[WasteRule]) -> int:
    broken = [rule for rule in rules if not rule.passed(figures)]
    if not broken:
        return 0
    told = "; ".join(
        f"{rule.name} is {rule.value(figures):g}, limit {rule.limit:g}" for rule in broken
    )
    failures.say(f"too much waste: {told}. See which paths with: layerscope waste IMAGE")
    return _BROKEN


waste = Verb(
    "waste",
    params=[
        image_argument(),
        click.Option(
            ["--dive-compatible"],
            is_flag=True,
            help="Count as dive does, for limits tuned to it: every copy of a path counts.",
        ),
        click.Option(
            ["--max-wasted-bytes"],
            type=numbers.size,
            metavar="N",
            help="Fail above this: 10M is 10,000,000 bytes, 10Mi is 10,485,760.",
        ),
        click.Option(
            ["--max-wasted-percent"],
            type=numbers.percent,
            metavar="P",
            help="Fail above this: 0 to 100.",
        ),
        click.Option(
            ["--min-efficiency"],
            type=numbers.ratio,
            metavar="E",
            help="Fail below this: 0 to 1, or a percentage with its sign.",
        ),
        platform_option(),
        *remote_options(),
    ],
    callback=_waste,
    help="""Show the bytes that layers store and the final filesystem does not show: files deleted,
    replaced, or stored again in a later layer, with the instruction to blame.

    With limits it is a gate: exit code 1 says that one is broken. Efficiency is visible over stored
    bytes, from 0 to 1.""",
    examples=[
        ("layerscope waste app.tar", "what is wasted, by path and by layer, and what to do"),
        ("layerscope waste app.tar --max-wasted-percent 5", "fail a build that wastes more"),
        ("layerscope waste app.tar --dive-compatible --min-efficiency 0.95", "moving from dive"),
    ],
)
