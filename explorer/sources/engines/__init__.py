"""Docker Engine and Podman as places that hold images: where they listen, and what they hold."""
