"""One module a format, each a pure `render(outcome, ...) -> str` that ends its last line."""
