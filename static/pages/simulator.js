import "../elements/busy-form.js";
import "../elements/submit-on-change.js";
import "../elements/target-picker.js";
