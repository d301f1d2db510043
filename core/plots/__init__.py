"""Pictures of groups, regions and styles, drawn in the worker and saved as PNG.

Each function takes plain arrays and returns a :class:`matplotlib.figure.Figure`; ``theme.save``
writes
it. Nothing here touches ``pyplot``: there is no global state and no display.
"""
