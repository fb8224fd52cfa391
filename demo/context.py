from demo.cast import LOGINS, PASSWORD


def logins(request):
    """Offer the demo's logins on the sign-in page."""
    return {"demo_logins": LOGINS, "demo_password": PASSWORD}
