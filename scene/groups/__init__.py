"""Groups of textures: analysis, edits by hand, plots."""
