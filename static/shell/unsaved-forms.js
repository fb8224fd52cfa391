// Find forms with unsaved changes. Sent without a session they are kept until the member has signed
// in again (signed_out.html).
export const hasUnsavedForm = () =>
  [...document.querySelectorAll("main form[method=post]")].some((form) =>
    [...form.elements].some(isChanged),
  );

const isChanged = ({ type, value, defaultValue, checked, defaultChecked }) =>
  ["checkbox", "radio"].includes(type)
    ? checked !== defaultChecked
    : /^(text|email|number|time|date)/.test(type) && value !== defaultValue;
