"""arXiv's side: ids, categories, calendar, feeds and the one client that asks."""
