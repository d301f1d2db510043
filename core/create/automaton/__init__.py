"""The cellular automaton: textures that grow and move."""
