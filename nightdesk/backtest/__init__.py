"""`nightdesk watches test`: what a watch would have told of the archive, and what a changed one tells otherwise."""

from nightdesk.backtest.backtest import backtest, of_watch
from nightdesk.backtest.report import Report

__all__ = ["Report", "backtest", "of_watch"]
