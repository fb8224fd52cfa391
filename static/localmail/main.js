// The local mailbox.
import "../elements/local-time.js";
import "./mail-list.js";
