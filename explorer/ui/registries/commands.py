"""The actions of the registries, as data. What they do is bound by the browser."""

from __future__ import annotations

from typing import Final

from explorer.ui.actions import Family

_spec: Final = Family("registries", "Registries")


SPECS: Final = (
    _spec("add", "&Add registry…", "Put a registry into the list; it is not contacted yet",
          "File", "open", "Ctrl+Alt+N", icon="plus"),
    _spec("change", "Settings of this re&gistry…", "How it may be spoken to, and whom to believe",
          icon="settings"),
    _spec("remove", "&Remove registry", "Take it from the list; nothing in it is touched",
          icon="minus"),
    _spec("login", "&Log in…", "Tell the registry who you are", "Edit", "registry",
          "Ctrl+Alt+L", icon="key"),
    _spec("logout", "Log &out", "Forget the name and the secret for this registry",
          "Edit", "registry", icon="lock"),
    _spec("refresh", "&Look again", "Ask the registry anew", "View", "registry", "F5",
          icon="refresh"),
    _spec("search", "Search r&epositories", "Search them, or type the name of one",
          "Go", "registry", "Ctrl+L", icon="search"),
    _spec("filter", "&Filter tags", "Put the focus on the line that filters", "Go", "registry",
          "Ctrl+F", icon="filter"),
    _spec("open", "&Open without pulling",
          "Show its layers; a layer's files are fetched when you look into it",
          "File", "registry", "Ctrl+Alt+E", icon="explore"),
    _spec("pull", "&Pull", "Bring it into the local store, for the platform that is shown",
          "File", "registry", "Ctrl+Alt+P", icon="down"),
    _spec("pull-all", "Pull all pl&atforms", "Bring the index and all its images",
          icon="platform"),
    _spec("push", "P&ush an image here…", "Choose an image of the local store, and a tag",
          "File", "registry", "Ctrl+Alt+U", icon="up"),
    _spec("retag", "Add a &tag…", "Give the same content another name; nothing is moved",
          "Edit", "tag", "F2", icon="tag"),
    _spec("compare", "&Compare two tags", "What two images share, and how they differ",
          "View", "registry", "Ctrl+Alt+C", icon="compare"),
    _spec("read-all", "&Read every tag", "Size, age and platforms of all of them",
          "View", "registry", icon="list"),
    _spec("copy-docker", "Copy &docker pull", "The command that pulls this content with Docker",
          "Edit", "copy", icon="copy"),
    _spec("copy-podman", "Copy &podman pull", "The command that pulls this content with Podman",
          "Edit", "copy", icon="copy"),
    _spec("copy-layerscope", "Copy &layerscope pull", "The command that does here what Pull does",
          "Edit", "copy", icon="terminal"),
    _spec("copy-name", "Copy the &name", "The whole name, nothing left out", "Edit", "copy",
          icon="tag"),
    _spec("copy-digest", "Copy the di&gest", "Name and digest: that content, whatever the tag says",
          "Edit", "copy", "Ctrl+Alt+D", icon="copy"),
    _spec("delete", "&Delete…", "Take it out of the registry, or out of the local store",
          "Edit", "tag", "Delete", icon="waste"),
    _spec("save", "&Save to a file…", "Write an image of the local store as an archive",
          "File", "registry", icon="save"),
)  # fmt: skip

TAG_MENU: Final = tuple(
    f"registries.{id}"
    for id in (
        "open", "pull", "pull-all", "save", "push", "compare", "copy-docker", "copy-podman",
        "copy-layerscope", "copy-name", "copy-digest", "retag", "delete",
    )
)  # fmt: skip
"""The context menu of tags."""

HOST_MENU: Final = tuple(
    f"registries.{id}" for id in ("refresh", "login", "logout", "change", "remove", "add")
)
"""The context menu of places."""
