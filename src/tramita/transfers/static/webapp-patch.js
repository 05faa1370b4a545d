// Brings what is shown in line with how the server renders it by now, and leaves alone what is alike: whoever
// is writing, choosing from a list, pressing a button or has unfolded a part goes on as if nothing had come.
//
// In the markup, an ``id`` names every control and part that folds: without one it would be taken for its neighbour
// when that goes. ``data-keep`` marks a control whose value is this page's, and ``data-own`` what this page alone
// fills in. What ``isHeld`` says of a control has not been saved yet: its value stays, too.

import { Idiomorph } from "/static/vendor/idiomorph-0.8.0.js";

const VALUED = "textarea, select, input:not([type=checkbox], [type=radio], [type=file])";

export function patch(old, next, isHeld) {
  const callbacks = {
    beforeNodeMorphed(node, meant) {
      if (node.nodeType !== Node.ELEMENT_NODE) return true;
      if ("keep" in node.dataset || isHeld(node)) carry(node, meant);
      return !("own" in node.dataset);
    },
    // Which parts are unfolded is whoever reads who says; and a value goes in with the cursor where it is.
    beforeAttributeUpdated: (name, node) => !((name === "open" && node.matches("details")) || (name === "value" && node.matches(VALUED))),
    // What a list says goes with its options, which are all there by now.
    afterNodeMorphed: (node, meant) => node.nodeType === Node.ELEMENT_NODE && node.matches(VALUED) && put(node, meant.value),
  };
  Idiomorph.morph(old, next, { callbacks });
}

// What is chosen stays so as long as it may be chosen.
function carry(control, meant) {
  if (["checkbox", "radio"].includes(control.type)) meant.checked = control.checked;
  else if (!control.matches("select") || [...meant.options].some((one) => one.value === control.value)) meant.value = control.value;
}

// Nobody's cursor is moved for what they have written themselves: spaces at the ends are not saved, yet the next word
// may be on its way.
export function put(control, value) {
  if (control.value === value || (control === document.activeElement && control.value.trim() === value)) return;
  const [at, to] = [control.selectionStart, control.selectionEnd];
  control.value = value;
  if (control === document.activeElement && Number.isInteger(at)) control.setSelectionRange(at, to);
}
