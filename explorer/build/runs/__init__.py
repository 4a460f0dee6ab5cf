"""Builds as they went: steps with their times and logs, totals, a history, comparisons.

:class:`BuildLog` folds the events of any engine, while they come; :class:`BuildHistory` keeps
what it became.
"""

from explorer.build.runs.comparing import Comparison, StepPair, compare
from explorer.build.runs.history import BuildHistory
from explorer.build.runs.inflow import Inflow
from explorer.build.runs.log import BuildLog, BuildState, StageRun
from explorer.build.runs.output import Output
from explorer.build.runs.record import BuildSummary
from explorer.build.runs.spool import Spool
from explorer.build.runs.step import StepRun, StepState
from explorer.build.runs.totals import Totals

__all__ = [
    "BuildHistory",
    "BuildLog",
    "BuildState",
    "BuildSummary",
    "Comparison",
    "Inflow",
    "Output",
    "Spool",
    "StageRun",
    "StepPair",
    "StepRun",
    "StepState",
    "Totals",
    "compare",
]
