"""Rendered animations: source, restyling, results."""
