"""How a frozen message leaves the house. The only package that knows Apprise."""
