"""How many of a thing there are, in words."""


def counted(number: int, noun: str) -> str:
    """A number and a noun, in the plural where it is not one."""
    return f"{number} {noun}" if number == 1 or noun == "info" else f"{number} {noun}s"
