"""What is remembered: records, tables and queries; imports nothing of the bot."""
