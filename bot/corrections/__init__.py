"""What was posted and has changed since: digests, cards and answers, edited in place."""
