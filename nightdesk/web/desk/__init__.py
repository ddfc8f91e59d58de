"""The desk's pages: one module a page, each with its routes; frame.py draws them, deeds.py takes what they send."""
