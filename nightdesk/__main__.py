"""`python -m nightdesk` is the command `nightdesk`."""

from nightdesk.cli import main

if __name__ == "__main__":
    main()
