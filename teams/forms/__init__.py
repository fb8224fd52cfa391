def form_data(request):
    """Return the data to bind a form to; even an empty POST is bound (nothing may be chosen)."""
    return request.POST if request.method == "POST" else None
