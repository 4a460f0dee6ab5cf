"""New images made from old ones: another configuration, fewer layers, a root filesystem.

The old image is never changed. Layers that stay are not copied within one store.
"""
