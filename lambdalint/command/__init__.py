"""The commands but `check`, and what they all have in common."""
