// The routing board, and the simulator beside it.
import "../shell/main.js";
import "../elements/busy-form.js";
import "../elements/submit-on-change.js";
import "../elements/target-picker.js";
import "../elements/waiting-time.js";
import "./live-board.js";
