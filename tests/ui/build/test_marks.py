"""What the editor shows at the lines of a Dockerfile."""

from __future__ import annotations

from pathlib import Path

from explorer.build.plan.request import Request, plan_request
from explorer.ui.build.marks import chips_of


def test_an_instruction_that_is_none_is_called_nothing(tmp_path: Path) -> None:
    text = "FROM scratch\nRUM true\nENV A=1\n"
    plan = plan_request(Request(text, tmp_path)).plan
    assert {chip.line: chip.text for chip in chips_of(plan)} == {3: "settings"}
