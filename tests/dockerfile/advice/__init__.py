"""Specifications of the advice on Dockerfiles."""
