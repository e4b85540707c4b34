"""What people say to the bot, and the answers."""
