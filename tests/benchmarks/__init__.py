"""Benchmarks: whole processes, measured against peers in the same run.

    python -m tests.benchmarks [--quick] [--keep DIR] [NAME...]

See README.md in this folder for what is measured, and how.
"""
