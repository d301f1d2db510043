"""The look of a group: gallery, Stylize, Refine."""
