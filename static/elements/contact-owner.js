// Whose contact it is, wherever that stands: a select for those who may change it, else the name.
export function showOwner({ contact, owner, name }) {
  for (const place of document.querySelectorAll(`[data-contact="${CSS.escape(contact)}"]`)) {
    if (place.matches("select")) choose(place, owner, name);
    else place.textContent = name || place.dataset.nobody;
  }
}

function choose(select, owner, name) {
  const isThere = [...select.options].some((option) => option.value === owner);
  if (!isThere) select.add(new Option(name, owner)); // they joined after this page was opened
  select.value = owner;
}
