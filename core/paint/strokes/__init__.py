"""Paint with brush strokes: measure them on a style, place them on a texture, draw them with relief."""
