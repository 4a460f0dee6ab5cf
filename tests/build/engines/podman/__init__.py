"""Tests of an engine by what it tells."""
