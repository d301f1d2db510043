"""The patches engine: repaints a guide picture with real patches of a style's exemplar."""
