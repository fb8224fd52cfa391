// htmx is a classic script, so its variable isn't global once it is joined with modules.
import { htmx } from "../django_htmx/htmx-4.min.js";

window.htmx = htmx;
