"""What Nightdesk remembers: tables, named queries, sessions, views. Knows nothing of the stages above it."""
