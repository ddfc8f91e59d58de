"""Decides who is told of what, and delivers it: once, with the reason, never lost."""
