"""BuildKit's checks: its 22 rules, with its names, messages and lines.

See https://docs.docker.com/reference/build-checks/.
"""
