"""Subscriptions and settings, by commands and buttons."""
