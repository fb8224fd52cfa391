// The reports.
import "../shell/main.js";
import "../elements/submit-on-change.js";
import "../elements/waiting-time.js";
