import "../elements/submit-on-change.js";
import "../elements/waiting-time.js";
