"""From an English paper to its translation: backends, chain, masking, gates, summary."""
