"""django-allauth's forms with our field for email addresses."""

from allauth.account import forms as allauth

from messagehub.lib.text import AddressField


class AddressFieldMixin:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"email", "login"} & self.fields.keys():
            field = self.fields[name]
            self.fields[name] = AddressField(label=field.label, widget=field.widget)


class LoginForm(AddressFieldMixin, allauth.LoginForm):
    pass


class SignupForm(AddressFieldMixin, allauth.SignupForm):
    pass


class AddEmailForm(AddressFieldMixin, allauth.AddEmailForm):
    pass


class ResetPasswordForm(AddressFieldMixin, allauth.ResetPasswordForm):
    pass
