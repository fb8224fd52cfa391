from demo.cast import LOGINS, PASSWORD


def logins(request):
    """The login page offers the demo's people."""
    return {"demo_logins": LOGINS, "demo_password": PASSWORD}
