"""A terminal in what a failed step left, as a tab of the workbench."""
