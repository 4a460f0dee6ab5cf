"""The filesystem as it will be at the caret: the views of images over layers that are foretold."""
