"""Menus out of the registry of actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from explorer.ui.actions import Actions

MENU_ORDER = ("&File", "&Edit", "&View", "&Go", "&Help")


def fill_menu_bar(bar: QMenuBar, actions: Actions) -> dict[str, QMenu]:
    """Make the menus anew from every declared action; return them by title."""
    bar.clear()
    menus: dict[str, QMenu] = {}
    for title in MENU_ORDER:
        name = title.replace("&", "")
        ids = [spec.id for spec in actions.specs() if spec.menu == name]
        if ids:
            menus[name] = bar.addMenu(title)
            menus[name].aboutToShow.connect(actions.renew)
            fill_menu(menus[name], actions, ids)
    return menus


def fill_menu(menu: QMenu, actions: Actions, ids: Sequence[str]) -> None:
    """Add actions to ``menu``, with a line wherever the section changes."""
    sections = list(dict.fromkeys(actions.spec(id).section for id in ids))
    for section in sections:
        if section != sections[0]:
            menu.addSeparator()
        for id in ids:
            if actions.spec(id).section == section:
                menu.addAction(actions.action(id))


def context_menu(parent: QWidget, actions: Actions, ids: Sequence[str]) -> QMenu:
    """Return a menu of the given actions, deleted once it is closed."""
    actions.renew()
    menu = QMenu(parent)
    fill_menu(menu, actions, ids)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
