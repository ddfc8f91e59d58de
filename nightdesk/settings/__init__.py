"""How configuration is read: files, environment, secrets, and every mistake in them at once."""
