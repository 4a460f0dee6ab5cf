"""A build context of 50,000 files: the first look at it, and the next after a change."""

from __future__ import annotations

import json
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.processes import Subject, layerscope, probe
from tests.benchmarks.results import Check, Group, Row, at_most, ratio, share, times

_SCAN, _RESCAN = 1.0, 0.1  # seconds
_WALK = "os.walk + lstat"
_MOST_WALKS = 4
_LEAST_SHARE = 2
_FOR_EACH = 20  # entries of the largest image, one file of the context


def run(bench: Bench) -> Group:
    """Measure looking and planning from within, and the verb from outside."""
    files = bench.images.scale.many // _FOR_EACH
    folder = bench.scratch / "context"
    if not folder.exists():
        bench.best({"make": Subject(probe("context", "make", str(folder), str(files)))})
    verb = layerscope("plan", "--json", str(folder))
    inside = probe("context", "measure", str(folder), str(bench.cache))
    best = bench.best(
        {
            "within": Subject(inside, bench.forget),
            "cold": Subject(verb, bench.forget),
            "warm": Subject(verb),
        }
    )  # fmt: skip
    found = json.loads(best["within"].output)
    taken = {name: median(runs) for name, runs in found["times"].items()}
    rows = [
        Row("first scan", taken["scan"], checks=[at_most(taken["scan"], _SCAN),
            ratio(taken["scan"], taken["os.walk"], _WALK, most=_MOST_WALKS)]),
        Row("scan after one file changed", taken["rescan"], checks=[
            at_most(taken["rescan"], _RESCAN), *_against_git(taken)]),
        Row("scan of everything again", taken["look at all again"]),
        Row("plan, every file hashed", taken["hash"]),
        Row("plan after one file changed", taken["plan"], checks=[at_most(taken["plan"], _RESCAN)]),
        Row("layerscope plan --json, the first time", best["cold"].wall, best["cold"].peak),
        Row("layerscope plan --json, again", best["warm"].wall, best["warm"].peak),
        *_peers(taken),
    ]  # fmt: skip
    title = f"Build context of {found['files']:,} files; times are medians"
    missing = [] if "git status" in taken else ["git is not installed: not compared with it"]
    return Group(title, rows, missing)


def _against_git(taken: dict[str, float]) -> list[Check]:
    if "git status" not in taken:
        return []
    return [share(taken["rescan"], taken["git status"], "git status", least=_LEAST_SHARE)]


def _peers(taken: dict[str, float]) -> list[Row]:
    walk = taken["os.walk"]
    rows = [Row(_WALK, walk)]
    for name, text in (("find", "find -printf"), ("git status", "git status")):
        if name in taken:
            rows.append(Row(text, taken[name], note=times(taken[name] / walk, _WALK)))
    return rows
