"""Forms that are validated with every message, and never change their own fields."""


class FixedFields(dict):
    """The fields of a form class, shared by all its forms.

    Django copies them for each form, which takes longer than to validate it.
    """

    def __deepcopy__(self, memo):
        return self


def with_fixed_fields(form_class):
    """Decorate a form class whose forms don't change their fields."""
    form_class.base_fields = FixedFields(form_class.base_fields)
    return form_class
