"""The forms of django-allauth, with our field for email addresses."""

from allauth.account import forms as allauth

from messagehub.lib.text import AddressField


class ReadsAddress:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"email", "login"} & self.fields.keys():
            field = self.fields[name]
            self.fields[name] = AddressField(label=field.label, widget=field.widget)


class LoginForm(ReadsAddress, allauth.LoginForm):
    pass


class SignupForm(ReadsAddress, allauth.SignupForm):
    pass


class AddEmailForm(ReadsAddress, allauth.AddEmailForm):
    pass


class ResetPasswordForm(ReadsAddress, allauth.ResetPasswordForm):
    pass
