import "./busy-form.js";
import "./submit-on-change.js";
import "./target-picker.js";
