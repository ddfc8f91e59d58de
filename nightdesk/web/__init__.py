"""What the daemon shows a browser: so far the pages behind the links of messages, and whether it lives."""
