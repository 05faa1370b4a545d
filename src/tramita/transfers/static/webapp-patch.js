// Brings what is shown in line with how the server renders it by now, and leaves alone what is alike: whoever
// is writing, choosing from a list, pressing a button or has unfolded a part goes on as if nothing had come.
//
// In the markup, ``data-key`` names what would be taken for its neighbour otherwise, ``data-keep`` a control whose
// value is this page's, and ``data-own`` what this page alone fills in. What ``isHeld`` says of a control has not been
// saved yet: its value stays, too.

// Elements are the same by name, then by place among those without one.
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
  const { key, group } = node.dataset;
  const named = key || node.id || group || node.getAttribute("aria-labelledby");
  return `${node.localName} ${named || purposeOf(node)}`;
}

function purposeOf(node) {
  if (node.localName === "option") return node.value;
  if (!["a", "button"].includes(node.localName)) return "";
  return JSON.stringify([{ ...node.dataset }, node.getAttribute("href")]);
}

export function patch(old, next, isHeld = () => false) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  if ("own" in old.dataset) return;
  // What a list says goes with its options, which may go from one to the other.
  const [chosen, meant] = [old.value, next.value];
  patchAttributes(old, next);
  patchChildren(old, next, isHeld);
  if (!isHeld(old)) patchValue(old, next, chosen, meant);
}

function patchAttributes(old, next) {
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && !isReaders(old, name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes)
    if (old.getAttribute(name) !== value && !isReaders(old, name)) old.setAttribute(name, value);
}

// Which parts are unfolded is whoever reads who says.
const isReaders = (node, name) => node.localName === "details" && name === "open";

function patchChildren(old, next, isHeld) {
  const left = new Map();
  for (const one of old.childNodes) left.set(keyOf(one), [...(left.get(keyOf(one)) ?? []), one]);
  const same = new Map();
  for (const one of next.childNodes) {
    const found = left.get(keyOf(one))?.shift();
    if (found) same.set(one, found);
  }
  const stays = new Set(same.values());
  for (const one of [...old.childNodes]) if (!stays.has(one)) one.remove();
  let at = old.firstChild;
  for (const one of [...next.childNodes]) {
    const there = same.get(one);
    if (there) patch(there, one, isHeld);
    if (there && there === at) at = at.nextSibling;
    else old.insertBefore(there ?? one, at);
  }
}

// What is shown in a control need not be what its attributes say.
function patchValue(old, next, chosen, meant) {
  const isOurs = "keep" in old.dataset;
  if (old.localName === "select") {
    const isThere = [...old.options].some((one) => one.value === chosen);
    put(old, isOurs && isThere ? chosen : meant);
  } else if (["checkbox", "radio"].includes(old.type)) old.checked = next.checked;
  else if (["input", "textarea"].includes(old.localName) && old.type !== "file" && !isOurs) put(old, meant);
}

// Nobody's cursor is moved for what they have written themselves: spaces at the ends are not saved, yet the next word
// may be on its way.
export function put(control, value) {
  if (control.value === value || (control === document.activeElement && control.value.trim() === value)) return;
  const [at, to] = [control.selectionStart, control.selectionEnd];
  control.value = value;
  if (control === document.activeElement && Number.isInteger(at)) control.setSelectionRange(at, to);
}
