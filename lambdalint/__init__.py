"""Lint the wiring of AWS Lambda: what triggers it, and how the two are configured together."""

__version__ = "0.1.0"
