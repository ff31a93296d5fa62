"""What the code of functions does, read and never run."""
