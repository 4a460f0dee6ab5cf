"""The Dockerfile language: text in, values out, and no input or output.

The language is BuildKit's, current Dockerfile reference. Any text at all gives a tree, with
problems at exact places; nothing of the text is lost.
"""
