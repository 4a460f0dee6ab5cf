"""Specifications of the Dockerfile language."""
