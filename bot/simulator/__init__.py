"""A local Telegram and a local arXiv, for the demo and the tests."""
