// The console's keyboard: to the search, to rooms, from row to row. Without it Tab and Enter do.
//
// Keys of one letter are left alone while somebody types, and altogether where their owner has
// turned them off (data-keys on the body).

const NEXT_LETTER_MS = 1_500;
const ROWS = ".lines > li, tbody > tr";

const help = document.getElementById("keys");
const isOn = document.body.dataset.keys === "on";

const isTyping = (node) => node?.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

const rows = () => [...document.querySelectorAll(ROWS)].filter((row) => linkOf(row));

const linkOf = (row) => row.querySelector(":is(h2, h3) a:not(.subject), a[data-row], th a, td a, a");

function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  const row = document.activeElement?.closest(ROWS);
  row?.querySelector("input[type=checkbox]")?.click();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

const ACTS = {
  "/": () => document.getElementById("seek")?.focus(),
  "?": () => help?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: tick,
};

let wentAt = 0;

function onKey(event) {
  if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
    return;
  }
  if (!isOn || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(document.activeElement) || document.querySelector("dialog[open]")) return;
  if (Date.now() - wentAt < NEXT_LETTER_MS) {
    wentAt = 0;
    const room = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (room) {
      event.preventDefault();
      location.assign(room.href);
      return;
    }
  }
  if (event.key === "g") wentAt = Date.now();
  const act = ACTS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
}

addEventListener("keydown", onKey);
addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
