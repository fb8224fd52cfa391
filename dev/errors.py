class UserError(Exception):
    """An error that the user can fix, with one line that says how."""
