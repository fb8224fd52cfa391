// Fill every empty <input data-time-zone> with the browser's time zone.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
for (const field of document.querySelectorAll("input[data-time-zone]"))
  field.value ||= timeZone ?? "";
