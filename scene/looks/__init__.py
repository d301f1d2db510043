"""Looks of groups: gallery, settings, Stylize, Refine, regions."""
