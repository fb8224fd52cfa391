// The reports.
import "../shell/main.js";
import "../elements/submit-on-change.js";
import "../elements/waiting-time.js";
import "../elements/download-note.js";

// On a phone the tabs are wider than the screen.
document
  .querySelector(".report-tabs [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "nearest" });
