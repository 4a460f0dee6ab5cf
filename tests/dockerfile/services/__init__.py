"""Specifications of what an editor asks of the language."""
