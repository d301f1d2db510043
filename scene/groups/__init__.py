"""Groups of textures: analysis, and edits by hand."""
