"""The workspace that browses registries and the local store."""
