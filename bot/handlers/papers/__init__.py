"""Papers in the chat: links, cards, search, the reading list, inline mode."""
