"""Pure building blocks: text, query, addresses, clock, errors. Imports nothing of ours."""
