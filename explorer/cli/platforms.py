"""The index an image stands in, as a table of its platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.cli import text
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.oci.layout import one_line

if TYPE_CHECKING:
    from explorer.analysis.manifests import Branch, Tree


def platforms_page(screen: Screen, tree: Tree) -> None:
    """Every manifest with what it stores and shares; nothing for an image that stands alone."""
    branches = list(tree.walk())
    if len(branches) < 2:
        return
    screen.heading("Platforms")
    columns = [
        Column("PLATFORM", flexible=True),
        Column("STORED", right=True),
        Column("SHARED", right=True),
        Column("LAYERS", right=True),
        Column("DIGEST"),
    ]
    screen.table(columns, map(_row, branches))
    screen.line(Styled(f"All platforms together store {text.size(tree.stored)}", "dim"))
    for warning in tree.warnings:
        screen.line(Styled("! ", "bold yellow"), one_line(warning))


def _row(branch: Branch) -> tuple[Cell, ...]:
    from explorer.analysis.manifests.tree import Kind

    known = branch.platform is not None and not branch.platform.is_unknown
    name = str(branch.platform) if known else str(branch.kind)
    if known and branch.kind in (Kind.MISSING, Kind.DAMAGED):
        name += f" ({'not here' if branch.kind is Kind.MISSING else 'damaged'})"
    whole = branch.kind in (Kind.MISSING, Kind.DAMAGED)
    measured = branch.kind in (Kind.IMAGE, Kind.INDEX)
    return (
        "  " * branch.depth + one_line(name),
        "" if whole else text.size(branch.stored),
        text.size(branch.shared) if measured and branch.shared else "",
        str(len(branch.layers)) if branch.kind is Kind.IMAGE else "",
        branch.digest.short,
    )
