"""What carries builds out: the embedded sandbox, Docker Engine, Podman, BuildKit."""
