"""What the window's own actions do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QMenuBar

from explorer.ui import menus, theme
from explorer.ui.banner import Kind
from explorer.ui.help.commands import HelpCommands
from explorer.ui.page import Page
from explorer.ui.tasks import run_in_thread, spawn, tasks
from explorer.ui.tips import plain_tip

# What most runs never show (dialogs, the shortcuts page, the list of work) is imported where it is
# shown: each costs the start of every run some milliseconds.

if TYPE_CHECKING:
    from explorer.ui.jobs_card import JobsCard
    from explorer.ui.window import MainWindow

_THEME = "view/theme"
_SHORTCUTS = "layerscope:shortcuts"


class WindowCommands:
    """Binds the actions of :mod:`explorer.ui.commands` to the window."""

    def __init__(self, window: MainWindow, sample: Callable[[], str] | None) -> None:
        self._window, self._shell, self._sample = window, window.shell, sample
        self._jobs: JobsCard | None = None
        self._bind_files()
        self._bind_view()
        self._bind_places()
        self._bind_help()
        self._restore_theme()

    def fill_menus(self, bar: QMenuBar) -> None:
        """Make the menus of everything declared so far."""
        filled = menus.fill_menu_bar(bar, self._shell.actions)
        if "File" in filled:
            self._add_recents(filled["File"])

    def _bind_files(self) -> None:
        bind, window = self._shell.actions.bind, self._window
        bind("file.open-archive", window, partial(self._start, "Choosing", self._open_archives))
        bind("file.open-folder", window, partial(self._start, "Choosing", self._open_folder))
        bind("file.open-registry", window, partial(self._start, "Choosing", self._open_registry))
        has_sample = self._sample is not None
        bind("file.open-sample", window, self._open_sample, enabled=lambda: has_sample)
        bind("file.close-tab", window, self._close_front, enabled=self._has_page)
        bind("file.reopen-tab", window, window.reopen_page, enabled=lambda: window.can_reopen)
        recents = self._shell.recents
        bind("file.forget-recents", window, recents.clear, enabled=lambda: bool(recents.all()))
        bind("file.quit", window, window.close)
        recents.changed.connect(self._shell.actions.refresh)

    def _bind_view(self) -> None:
        bind, window = self._shell.actions.bind, self._window
        bind("view.palette", window, window.ask_palette)
        bind("view.jobs", window, self._toggle_jobs)
        full = window.isFullScreen
        bind("view.full-screen", window, self._toggle_full_screen, checked=full)
        for mode in theme.Mode:
            bind(
                f"view.theme-{mode}",
                window,
                partial(self._set_theme, mode),
                checked=partial(_is_mode, mode),
            )

    def _bind_places(self) -> None:
        bind, window = self._shell.actions.bind, self._window
        bind("go.back", window, self._back, enabled=self._can_go_back)
        bind("go.forward", window, self._forward, enabled=self._can_go_forward)
        bind("go.next-tab", window, partial(window.step_tab, 1), enabled=self._has_page)
        bind("go.previous-tab", window, partial(window.step_tab, -1), enabled=self._has_page)

    def _bind_help(self) -> None:
        bind, window = self._shell.actions.bind, self._window
        window.add_own_page(_SHORTCUTS, self._make_shortcuts)
        bind("help.shortcuts", window, partial(window.open_paths, [_SHORTCUTS]))
        bind("help.about", window, partial(self._start, "About", self._about))
        self.help = HelpCommands(window)

    def _start(self, name: str, work: Callable[[], object]) -> None:
        spawn(self._window, name, work())  # type: ignore[arg-type]

    async def _open_archives(self) -> None:
        from explorer.ui import dialogs

        self._window.open_paths(await dialogs.ask_archives(self._window, self._shell.settings))

    async def _open_folder(self) -> None:
        from explorer.ui import dialogs

        folder = await dialogs.ask_folder(self._window, self._shell.settings)
        self._window.open_paths([folder] if folder else [])

    async def _open_registry(self) -> None:
        from explorer.ui.explore.fromregistry import ask_reference

        location = await ask_reference(self._window, self._shell.recents)
        self._window.open_paths([location] if location else [])

    async def _about(self) -> None:
        from explorer.ui import dialogs
        from explorer.ui.about import AboutDialog

        await dialogs.finished(AboutDialog(self._window))

    def _open_sample(self) -> None:
        if self._sample is not None:
            self._window.open_paths([self._sample()])

    def _close_front(self) -> None:
        page = self._window.front()
        if page is not None:
            self._window.close_page(page)

    def _make_shortcuts(self) -> Page:
        from explorer.ui.shortcuts_page import ShortcutsPage

        return ShortcutsPage(self._shell.actions, _SHORTCUTS)

    def _toggle_jobs(self) -> None:
        if self._jobs is None:
            from explorer.ui.jobs_card import JobsCard

            self._jobs = JobsCard(self._window, tasks())
        self._jobs.toggle()

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _set_theme(self, mode: theme.Mode) -> None:
        theme.switch().set_mode(mode)
        self._shell.settings.set(_THEME, str(mode))

    def _restore_theme(self) -> None:
        wanted = self._shell.settings.text(_THEME)
        if wanted in list(theme.Mode):
            theme.switch().set_mode(theme.Mode(wanted))

    def _has_page(self) -> bool:
        return self._window.front() is not None

    def _can_go_back(self) -> bool:
        page = self._window.front()
        return page is not None and page.navigator.can_go_back

    def _can_go_forward(self) -> bool:
        page = self._window.front()
        return page is not None and page.navigator.can_go_forward

    def _back(self) -> None:
        page = self._window.front()
        if page is not None:
            page.navigator.back()

    def _forward(self) -> None:
        page = self._window.front()
        if page is not None:
            page.navigator.forward()

    def _add_recents(self, menu: QMenu) -> None:
        recent = QMenu("Open &recent", menu)
        recent.aboutToShow.connect(partial(self._list_recents, recent))
        menu.insertMenu(self._shell.actions.action("file.close-tab"), recent)
        menu.insertSeparator(self._shell.actions.action("file.close-tab"))
        self._list_recents(recent)

    def _list_recents(self, menu: QMenu) -> None:
        menu.clear()
        for item in self._shell.recents.all()[:10]:
            entry = menu.addAction(item.title.replace("&", "&&"))
            entry.setToolTip(plain_tip(item.location))
            entry.triggered.connect(partial(self.open_recent, item.location))
        menu.addSeparator()
        menu.addAction(self._shell.actions.action("file.forget-recents"))

    def open_recent(self, location: str, *_checked: object) -> None:
        """Open what is listed as recent, or say that it is gone."""
        self._start("Opening a recent image", partial(self._open_recent, location))

    async def _open_recent(self, location: str) -> None:
        recents, banners = self._shell.recents, self._window.banners
        recent = recents.find(location)
        if recent is None or not await run_in_thread(lambda: recent.is_missing):
            self._window.open_paths([location])
            return

        def forget() -> None:
            recents.remove(location)
            banners.dismiss(banner)

        banner = banners.show_message(
            Kind.WARN,
            f"{recent.title} is no longer there",
            location,
            "Its drive or share may not be connected",
            action=("Remove from the list", forget),
        )


def _is_mode(mode: theme.Mode) -> bool:
    return theme.switch().mode is mode
