"""What people kept elsewhere becomes developments: a spreadsheet of events, by a map of its columns."""
