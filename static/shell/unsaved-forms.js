// Whether a form of this page holds what was entered and not saved. Sent without a session it is
// kept until the person has signed in again (signed_out.html).
export const hasUnsavedForm = () => [...document.querySelectorAll("main form[method=post]")].some((form) => [...form.elements].some(isChanged));

const isChanged = ({ type, value, defaultValue, checked, defaultChecked }) =>
  ["checkbox", "radio"].includes(type) ? checked !== defaultChecked : /^(text|email|number|time|date)/.test(type) && value !== defaultValue;
