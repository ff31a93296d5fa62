"""Handler code: where a function has it, and what it does. Nothing is ever executed."""
