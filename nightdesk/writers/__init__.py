"""Rows as files, a module for each format that is more than lines of text."""
