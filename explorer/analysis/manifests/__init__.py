"""The manifests around an image: the index it stands in, with its platforms, and what refers to it.

::

    shelf       where manifests are looked up; layout, registry: the two kinds of places
    tree        an index as a tree of platforms, with what each stores and what they share
    documents   the tree for the command line
"""

from explorer.analysis.manifests.shelf import Shelf, open_shelf, shelf_in
from explorer.analysis.manifests.tree import Branch, Tree, read_tree

__all__ = ["Branch", "Shelf", "Tree", "open_shelf", "read_tree", "shelf_in"]
