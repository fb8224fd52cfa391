"""The columns that an imported file can have, and a guess from their names."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from inbox.models.contact_attribute import ATTRIBUTES, attribute_key

FIELDS = {
    "name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("Email"),
    "phone": _("Phone"),
    "company": _("Company"),
    "owner": _("Owner (email address)"),
    "labels": _("Labels (separated by commas)"),
    "id": _("ID (of an export)"),
}
# A contact without any of these couldn't be distinguished from others.
IDENTIFYING = {"name", "first_name", "last_name", "email", "phone", "company", "id"}
KNOWN_NAMES = {
    "name": "name, full name, contact, contact name, kontakt, nom complet, nombre completo",
    "first_name": "first name, firstname, given name, forename, vorname, prénom, nombre",
    "last_name": "last name, lastname, surname, family name, nachname, nom, apellidos, apellido",
    "email": "email, e-mail, email address, e-mail address, mail, e-mail-adresse, correo",
    "phone": "phone, phone number, telephone, mobile, mobile phone, tel, telefon, téléphone",
    "company": "company, company name, organization, organisation, firma, société, empresa",
    "owner": "owner, contact owner, owner email, agent",
    "labels": "labels, label, tags, tag",
    "id": "id, contact id",
}
FIELD_BY_NAME = {
    attribute_key(name): field for field, names in KNOWN_NAMES.items() for name in names.split(", ")
}


def list_choices(workspace) -> list[tuple[str, str]]:
    """Return (code, label) of everything that a column can be. A code is a field or attribute."""
    attributes = ATTRIBUTES.all(workspace=workspace)
    return [
        ("", _("Don't import")),
        *FIELDS.items(),
        *((each.key, each.name) for each in attributes),
    ]


def guess_columns(header, first_row, workspace) -> list[str]:
    """Return the code of each column by its name. A code is given once, the first time."""
    attributes = {
        attribute_key(each.name): each.key for each in ATTRIBUTES.all(workspace=workspace)
    }
    columns = []
    for index, name in enumerate(header):
        key = attribute_key(name)
        codes = [FIELD_BY_NAME.get(key, ""), attributes.get(key, "")]
        if codes[0] == "id" and not is_id(first_row[index] if index < len(first_row) else ""):
            codes[0] = ""  # other products have ids of their own
        columns.append(next((code for code in codes if code and code not in columns), ""))
    return columns


def is_id(text) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
