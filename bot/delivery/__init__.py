"""Delivery rows on their way to Telegram, and what came of them."""
