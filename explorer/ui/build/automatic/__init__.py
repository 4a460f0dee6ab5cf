"""Previews that run: the build up to the caret after a pause in typing, in trusted folders."""
