"""/digest and the buttons under a digest."""
