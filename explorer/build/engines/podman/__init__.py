"""Podman: its own HTTP API, from the service that listens or from one started for the build."""
