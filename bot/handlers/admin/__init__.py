"""Commands of the administrators of the bot."""
