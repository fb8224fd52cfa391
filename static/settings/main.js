// All other pages of a workspace: settings, contacts and handover.
import "../shell/main.js";
import "../elements/colour-field.js";
import "../elements/copy-button.js";
import "../elements/expiring-notice.js";
import "../elements/fill-button.js";
import "../elements/filter-list.js";
import "../elements/form-preview.js";
import "../elements/hours-table.js";
import "../elements/insert-text.js";
import "../elements/live-panel.js";
import "../elements/live-presence.js";
import "../elements/repeatable-rows.js";
import "../elements/row-selection.js";
import "../elements/set-all.js";
import "../elements/target-picker.js";
import "../elements/time-zone-hint.js";
import "../elements/waiting-time.js";
