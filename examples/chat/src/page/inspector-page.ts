/** The inspector in a tab of its own, for clients in other tabs and for traces. */
import { mountInspector } from "@holdfast/inspector";

mountInspector(document.body);
