"""From values to text: Markdown, cards and digests; pure."""
