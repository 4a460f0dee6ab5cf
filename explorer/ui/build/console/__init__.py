"""The build console: builds started from the window, followed step by step, and remembered."""
