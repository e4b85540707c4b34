"""Services that translate, one file each, and what they share."""
