"""Puts the parts together: commands, configuration, daemon."""

__version__ = "0.1.0"
