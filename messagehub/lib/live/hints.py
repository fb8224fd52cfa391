"""What is sent to Redis after a commit, besides closes: ("publish", channel, event), and hints that
pages compare, ("set", key, value, seconds)."""


def hints_first(messages: list[tuple]) -> list[tuple]:
    """A page that gets a live update asks at once, and must find the new hint."""
    return sorted(messages, key=lambda message: message[0] != "set")


def as_command(kind: str, name: bytes, value: bytes, seconds: int = 0) -> tuple:
    return ("PUBLISH", name, value) if kind == "publish" else ("SETEX", name, seconds, value)
