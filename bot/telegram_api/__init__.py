"""The way to Telegram: requests, polling, limits, and what its answers mean."""
