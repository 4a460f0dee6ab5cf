"""What surrounds a Dockerfile: the build context, and what else a build is given."""
