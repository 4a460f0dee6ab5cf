"""Random stacks of layers, stacked by the kernel."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from explorer.analysis.opened import open_image
from explorer.store.cache import Caches
from tests.factory import image, layer, oci_layout
from tests.factory.reference import Stack
from tests.factory.strategies import layer_stacks
from tests.integration import kernel
from tests.integration.filesystem import differences, read_folder, read_image

pytestmark = pytest.mark.integration

# Without links to lower layers, which no layer of its own can hold.
stacks = layer_stacks(implicit_parents=True, lower_links=False)
relaxed = settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@relaxed
@given(stacks)
def test_we_show_what_the_kernel_stacks(tmp_path: Path, stack: Stack) -> None:
    if reason := kernel.why_not():
        pytest.skip(reason)
    made = image(*(layer(*parts) for parts in stack))
    path = oci_layout(made).write(tmp_path / "image.tar")
    opened = open_image(str(path), caches=Caches.at(tmp_path / "cache"))
    for upto in range(len(made.layers)):
        with kernel.overlay([BytesIO(each.tar) for each in made.layers[: upto + 1]]) as merged:
            assert differences(read_image(opened, upto), read_folder(merged)) == []
