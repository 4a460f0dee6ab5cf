"""Queries compiled, and asked of an image."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from explorer.analysis.content import FileContent
from explorer.analysis.opened import OpenImage
from explorer.analysis.query.expression import All, Context, Cost, Expression, Limits
from explorer.analysis.query.parser import parse
from explorer.analysis.query.problem import QueryError, QueryProblem
from explorer.analysis.query.rows import Rows
from explorer.analysis.query.scope import EVERY_LAYER, Scope, rows_of
from explorer.filesystem.entry import Aspect, Change, Entry
from explorer.filesystem.index import Array
from explorer.filesystem.providers import NOTHING, Providers
from explorer.progress import Job

_BATCH = 64  # files whose content is searched before hits are given


@dataclass(frozen=True, slots=True)
class Query:
    """A query that can be asked. ``text`` is what was typed."""

    text: str
    expression: Expression

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing in particular, so that everything matches."""
        return self.expression == All(())

    @property
    def reads_content(self) -> bool:
        """Whether files are read to answer it: it then wants a :class:`Job`, and takes time."""
        return self.expression.cost is Cost.CONTENT

    @property
    def asks_layers(self) -> bool:
        """Whether it asks what layers did, so that deleted and older versions count too."""
        return self.expression.versions

    def describe(self) -> str:
        """The query in words: ``name matches “*.so” and size is more than 1 MB``."""
        return self.expression.describe()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Hit:
    """One version of a path that a query found.

    ``provider`` is the version to show: what ``layer`` put there, or of a removed path what was
    there before. ``previous`` is what the layer found there, :data:`NOTHING` if nothing.
    """

    node: int
    layer: int
    provider: int
    change: Change
    previous: int = NOTHING

    def entry(self, stack: Providers) -> Entry:
        """The version as a value."""
        return stack.entry(self.node, self.provider)

    def what(self, stack: Providers) -> tuple[Aspect, ...]:
        """What a modification touched."""
        if self.change is not Change.MODIFIED:
            return ()
        return stack.aspects(self.previous, self.provider)


def compile_query(text: str) -> Query:
    """Read a query; raises :class:`QueryError` (a :class:`UsageError`), which says where."""
    return Query(text, parse(text))


def check_query(text: str) -> QueryProblem | None:
    """What is wrong with a query, or None; for a filter bar that shows it as one types."""
    try:
        parse(text)
    except QueryError as error:
        return error.problem
    return None


def select(
    image: OpenImage,
    query: Query,
    scope: Scope | None = None,
    job: Job | None = None,
    *,
    limits: Limits | None = None,
    notes: list[str] | None = None,
    read: Callable[[int], FileContent] | None = None,
) -> Array:
    """The nodes of a scope (by default the final filesystem) that a query is true of, rising.

    ``notes`` gathers what content could not be searched. ``read`` opens the content of a provider
    where the scope is not of this image alone. Raises :class:`Cancelled`.
    """
    rows = rows_of(image, image.final if scope is None else scope)
    context = _context(image, job, limits, notes, read)
    mask = query.expression.test(rows, context)
    nodes: Array = rows.nodes[mask]
    if scope is EVERY_LAYER and len(nodes):
        return nodes[np.concatenate(([True], nodes[1:] != nodes[:-1]))]
    return nodes


def find(
    image: OpenImage,
    query: Query,
    scope: Scope | None = None,
    job: Job | None = None,
    *,
    limits: Limits | None = None,
    notes: list[str] | None = None,
) -> Iterator[Hit]:
    """The versions of paths that a query is true of, by path and then by layer.

    Without a scope that is the final filesystem; or, where the query asks about layers or changes,
    every version in every layer, deleted ones too. Where content is read, hits come as they are
    found. Arguments as for :func:`select`.
    """
    if scope is None:
        scope = EVERY_LAYER if query.asks_layers else image.final
    rows = rows_of(image, scope)
    context = _context(image, job, limits, notes, image.content)
    for found in _answers(rows, query.expression, context):
        yield from _hits(found)


def _context(
    image: OpenImage,
    job: Job | None,
    limits: Limits | None,
    notes: list[str] | None,
    read: Callable[[int], FileContent] | None,
) -> Context:
    return Context(
        image,
        read or image.content,
        job or Job(),
        limits or Limits(),
        notes if notes is not None else [],
    )


def _answers(rows: Rows, expression: Expression, context: Context) -> Iterator[Rows]:
    """The rows that match: all at once, or batch by batch where files are read."""
    if expression.cost is not Cost.CONTENT:
        yield rows.take(expression.test(rows, context))
        return
    parts = expression.parts if isinstance(expression, All) else (expression,)
    cheap = All(tuple(part for part in parts if part.cost is not Cost.CONTENT))
    dear = All(tuple(part for part in parts if part.cost is Cost.CONTENT))
    left = rows.take(cheap.test(rows, context))
    for start in range(0, len(left), _BATCH):
        batch = left.take(np.arange(start, min(start + _BATCH, len(left))))
        yield batch.take(dear.test(batch, context))


def _hits(rows: Rows) -> Iterator[Hit]:
    columns = rows.nodes, rows.layers(), rows.shown(), rows.kinds(), rows.before()
    for node, layer, provider, kind, previous in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield Hit(node, layer, provider, Change(kind), previous)
