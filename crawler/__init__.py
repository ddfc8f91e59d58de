"""Visits sources and fetches the pages they name, politely and safely."""
