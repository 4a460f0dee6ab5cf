"""Where images come from: archives and layouts behind one protocol."""
