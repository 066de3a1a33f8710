"""``python -m tabgan`` is the command line."""

from tabgan.cli.main import main

if __name__ == "__main__":
    main()
