"""Meshes that a texture lies on: islands of their UVs, and what lies across their seams."""
