"""`nightdesk watches test`: what a watch would have told of the archive, and what a changed one tells otherwise."""

from nightdesk.backtest.backtest import backtest
from nightdesk.backtest.report import Report

__all__ = ["Report", "backtest"]
