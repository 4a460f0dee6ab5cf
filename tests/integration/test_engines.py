"""Real engines on the layers they differ on: each does what we noted of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.opened import open_image
from explorer.store.cache import Caches
from tests.conformance.overlay_cases import CASES, ENGINES, Case
from tests.factory import Image, image, layer, oci_layout
from tests.integration.engines import Engine, started
from tests.integration.filesystem import Filesystem, differences, read_image
from tests.integration.programs import ProgramFailed

pytestmark = pytest.mark.integration


def built(case: Case) -> Image:
    return image(*(layer(*parts) for parts in case.layers))


def ours(made: Image, folder: Path) -> Filesystem:
    opened = open_image(str(oci_layout(made).write(folder / "ours.tar")), caches=Caches.at(folder))
    return read_image(opened)


def verdict(engine: Engine, case: Case, folder: Path) -> tuple[str, list[str]]:
    """What an engine does with a case, and in what it differs."""
    made = built(case)
    try:
        real = engine.filesystem(made)
    except ProgramFailed as error:
        return "refuses", [str(error)]
    found = differences(ours(made, folder), real)
    return ("differs" if found else "agrees"), found


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_does_what_is_noted_of_it(name: str, tmp_path: Path) -> None:
    wrong = []
    with started(name) as engine:
        for case in CASES:
            wanted = case.notes.get(name, "agrees")  # type: ignore[call-overload]
            found, how = verdict(engine, case, tmp_path)
            if found != wanted:
                wrong.append(f"{case}: it {found}, noted was {wanted}: {how}")
    assert not wrong, "\n".join(wrong)
