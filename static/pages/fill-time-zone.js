// Fields that want the reader's own time zone: <input type="hidden" data-time-zone>.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
for (const field of document.querySelectorAll("input[data-time-zone]")) field.value ||= timeZone ?? "";
