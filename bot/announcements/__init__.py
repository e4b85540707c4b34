"""What arXiv announced: fetched from any of its forms, checked, kept."""
