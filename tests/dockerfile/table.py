"""Print how this project stands against the public tables: ``python -m tests.dockerfile.table``.

Exits 1 where a case fails, 2 where the tables are absent.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tests.dockerfile.conformance import ABSENT, ROOT, Suite
from tests.dockerfile.suites import all_suites


@dataclass(frozen=True, slots=True)
class Row:
    """The result of one suite; failures and reasons by the name of their case."""

    name: str
    passed: int
    failed: dict[str, str]
    left_out: dict[str, str]

    def __str__(self) -> str:
        cases = self.passed + len(self.failed) + len(self.left_out)
        return f"{self.name:28} {cases:6} {self.passed:7} {len(self.left_out):9}"


def results() -> list[Row]:
    """Run every case of every suite."""
    return [_row(suite) for suite in all_suites()]


def _row(suite: Suite) -> Row:
    failed: dict[str, str] = {}
    left_out = {case.name: case.left_out for case in suite.cases if case.left_out}
    for case in suite.cases:
        if case.left_out:
            continue
        try:
            case.run()
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the result
            failed[case.name] = str(error)
    passed = len(suite.cases) - len(failed) - len(left_out)
    return Row(suite.name, passed, failed, left_out)


def main() -> int:
    """Print the table."""
    if not ROOT.is_dir():
        print(ABSENT)
        return 2
    rows = results()
    print(f"{'suite':28} {'cases':>6} {'passed':>7} {'left out':>9}")
    for row in rows:
        print(row)
    for row in rows:
        for name, reason in row.left_out.items():
            print(f"\nleft out: {name}: {reason}")
        for name, difference in row.failed.items():
            print(f"\nfailed: {name}\n{difference}")
    return 1 if any(row.failed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
