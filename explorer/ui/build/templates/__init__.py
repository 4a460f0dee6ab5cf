"""Dockerfiles to begin with, chosen for what a folder holds."""
