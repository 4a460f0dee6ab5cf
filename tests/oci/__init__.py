"""Specifications of the OCI vocabulary."""
