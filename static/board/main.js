import "./waiting-time.js";
import "./submit-on-change.js";
import "./live-board.js";
