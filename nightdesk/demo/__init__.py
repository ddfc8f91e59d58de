"""The embedded newsroom of `nightdesk run --demo`: invented outlets on loopback, with news of our own writing."""

from nightdesk.demo.newsroom import Expected, Newsroom

__all__ = ["Expected", "Newsroom"]
