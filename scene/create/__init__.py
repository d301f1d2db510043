"""Textures and styles that are generated."""
