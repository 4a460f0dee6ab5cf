"""Specifications of how other linters are asked."""
