"""The table of interoperability: every case, against every registry that runs here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.registry_cases import CASES
from tests.integration.registry_world import KINDS, Kind, World, WorldMaker, worlds

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorldMaker]:
    with worlds(tmp_path_factory.mktemp("w")) as making:
        yield making


@pytest.fixture(scope="module", params=KINDS, ids=str)
def world(request: pytest.FixtureRequest, maker: WorldMaker) -> World:
    kind: Kind = request.param
    return maker.world(kind)


@pytest.mark.parametrize("title", CASES)
def test_registries_and_programs_agree(world: World, title: str) -> None:
    CASES[title](world)
