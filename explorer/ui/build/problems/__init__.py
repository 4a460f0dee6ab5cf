"""What is wrong with the Dockerfile: a list, an explanation, a remedy."""
