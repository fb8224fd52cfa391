class UserError(Exception):
    """What is wrong and what to do about it, in one line for the person at the terminal."""
