"""The stages as a picture: what is built from what, and what can be built side by side."""
