"""Imported by the process that senders' children are forked from: loads Apprise's services once, for all of them."""

from __future__ import annotations

from alerts.senders import service as service
from alerts.senders.targets import load_services

load_services()
