"""Prediction against an independent account of what a step depends on, over sequences of edits.

The account writes down, in words, everything that a step is made of; a step is known if the same
words were written down in a build before. It shares nothing with the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.build.files.memory import MemoryTree
from tests.build.plan.helpers import Bench, verdicts

FILES = ("a.txt", "src/x", "src/y")


@dataclass(frozen=True)
class Step:
    """An instruction: what it says, what it reads, and whether it leaves a layer."""

    text: str
    files: tuple[str, ...] = ()
    sees: str = ""  # "variables", "workdir", or nothing
    stage: int | None = None
    sets: tuple[str, str] | None = None  # a variable
    linked: bool = False


STEPS = (
    Step("RUN one", sees="variables"),
    Step("RUN two", sees="variables"),
    Step("RUN --mount=target=/m,source=src three", ("src/x", "src/y"), "variables"),
    Step("COPY a.txt /d/", ("a.txt",)),
    Step("COPY src /d", ("src/x", "src/y")),
    Step("COPY src/x d", ("src/x",), "workdir"),
    Step("COPY --link src/y /l", ("src/y",), linked=True),
    Step("COPY --from=s0 /out /in", stage=0),
    Step("RUN --mount=from=s0,target=/m four", sees="variables", stage=0),
    Step("ENV A=1", sets=("A", "1")),
    Step("ENV A=2", sets=("A", "2")),
    Step("ARG B=5", sets=("B", "5")),
    Step("ARG C", sets=("C", "")),
)
SOME = st.lists(st.sampled_from(STEPS), max_size=3).map(
    # An argument that steps see is what is most easily forgotten.
    lambda steps: [STEPS[-2], STEPS[0], *steps]
)
FIRST = st.lists(st.sampled_from([s for s in STEPS if s.stage is None]), max_size=3)


@dataclass(frozen=True)
class World:
    """Everything that a build is given."""

    first: tuple[Step, ...] = ()
    second: tuple[Step, ...] = ()
    base: str = "alpine"
    contents: tuple[str, ...] = ("1", "2", "3")
    arguments: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        lines = [f"FROM {self.base} AS s0", *(s.text for s in self.first), "FROM node:22"]
        return "\n".join([*lines, *(s.text for s in self.second)]) + "\n"

    @property
    def tree(self) -> MemoryTree:
        files = zip(FILES, self.contents, strict=True)
        return MemoryTree({f"/{name}".encode(): text.encode() for name, text in files})


@dataclass
class Account:
    """What was built, in words."""

    known: set[object] = field(default_factory=set)

    def steps(self, world: World) -> Iterator[object]:
        """All that each step that leaves a layer is made of, stage by stage."""
        state, below = self._stage(world, world.first, ("image", world.base), None)
        yield from below
        _, above = self._stage(world, world.second, ("image", "node:22"), state)
        yield from above

    def _stage(
        self, world: World, steps: tuple[Step, ...], state: object, other: object
    ) -> tuple[object, list[object]]:
        variables: dict[str, str] = {}
        given, out = dict(world.arguments), list[object]()
        contents = dict(zip(FILES, world.contents, strict=True))
        for step in steps:
            if step.sets is not None:
                name, value = step.sets
                if step.text.startswith("ARG"):
                    value = given.get(name, value)
                if value or not step.text.startswith("ARG"):
                    variables[name] = f"{step.text.split()[0]} {value}"
                continue
            read = tuple((name, contents[name]) for name in step.files)
            seen = tuple(sorted(variables.items())) if step.sees == "variables" else ()
            from_other = other if step.stage is not None else None
            made = (None if step.linked else state, step.text, read, seen, from_other)
            out.append(made)
            state = ("linked", state, made) if step.linked else made
        return state, out


Edit = Callable[[World], World]


def _inserted(step: Step, place: int) -> Edit:
    def edit(world: World) -> World:
        steps = list(world.second)
        steps.insert(place % (len(steps) + 1), step)
        return replace(world, second=tuple(steps))

    return edit


def _removed(place: int) -> Edit:
    def edit(world: World) -> World:
        steps = list(world.second)
        if steps:
            del steps[place % len(steps)]
        return replace(world, second=tuple(steps))

    return edit


PLACES = st.integers(0, 5)
EDITS = st.one_of(
    FIRST.map(lambda steps: partial(replace, first=tuple(steps))),
    st.builds(_inserted, st.sampled_from(STEPS), PLACES),
    st.builds(_removed, PLACES),
    st.sampled_from(["alpine", "node:22"]).map(lambda base: partial(replace, base=base)),
    st.tuples(*[st.sampled_from("12") for _ in FILES]).map(
        lambda texts: partial(replace, contents=texts)
    ),
    st.dictionaries(st.sampled_from("BC"), st.sampled_from("567"), min_size=1).map(
        lambda given: partial(replace, arguments=tuple(sorted(given.items())))
    ),
)


@settings(
    derandomize=True, deadline=None, max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    edits=st.lists(st.tuples(EDITS, st.booleans()), min_size=2, max_size=8),
    first=FIRST, second=SOME,
)  # fmt: skip
def test_a_step_hits_exactly_if_all_it_depends_on_was_built_before(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[Edit, bool]],
    first: list[Step], second: list[Step],
) -> None:  # fmt: skip
    bench, account = Bench(tmp_path_factory.mktemp("bench")), Account()
    world = World(tuple(first), tuple(second))
    for edit, builds in [(replace, True), *edits]:
        world = edit(world)
        bench.arguments = dict(world.arguments)
        expected = ["hit" if made in account.known else "miss" for made in account.steps(world)]
        assert verdicts(bench.plan(world.text, world.tree)) == expected
        if builds:
            bench.build(world.text, world.tree)
            account.known.update(account.steps(world))
