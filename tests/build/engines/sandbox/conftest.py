"""An embedded engine over a store of its own, with a base that has a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.plan.records import BuildRecords
from explorer.store.images import ImageStore
from tests.build.engines.building import Project, add_base, need_a_sandbox


@pytest.fixture
def engine(store: ImageStore) -> SandboxEngine:
    """An engine that has built nothing yet."""
    return SandboxEngine(store, BuildRecords.at())


@pytest.fixture
def project(tmp_path: Path, engine: SandboxEngine, store: ImageStore) -> Project:
    """A project whose Dockerfile may begin with FROM base; skips where nothing can run."""
    need_a_sandbox()
    add_base(store)
    return Project(tmp_path / "project", engine)


@pytest.fixture
def plain(tmp_path: Path, engine: SandboxEngine) -> Project:
    """A project without RUN: it is built wherever Python runs."""
    return Project(tmp_path / "project", engine)
