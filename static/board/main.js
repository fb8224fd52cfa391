import "../elements/waiting-time.js";
import "../elements/submit-on-change.js";
import "./live-board.js";
