"""`python -m bot` is the command `arxiv-digest-bot`."""

from bot.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
