// Keeps a page of the console up to date. Without it the page shows how things were when it came.
//
// Whatever is shown comes from the server as this same page: parts that are marked (data-live, and
// an id) are put in place of the present ones where they differ. Nothing is touched that somebody
// is typing into, points at, or has marked to copy.

const EVERY_MS = 15_000; // Where nobody tells of changes.
const LONGEST_PAUSE_MS = 60_000; // However long the server is away.
const DEADLINE_MS = 30_000;
const ATTENDED_MS = 20 * 60_000; // A page that nobody uses asks no more, and its session ends.

const watched = document.querySelector("[data-changes]")?.dataset.changes;
const announcer = document.getElementById("announcer");

let usedAt = Date.now();
for (const one of ["pointerdown", "pointermove", "keydown", "scroll", "focus"]) {
  addEventListener(one, () => (usedAt = Date.now()), { passive: true });
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const isAttended = () => !document.hidden && Date.now() - usedAt < ATTENDED_MS;

async function ask(address) {
  const answer = await fetch(address, {
    cache: "no-store",
    redirect: "manual", // To the sign-in page: the session has ended.
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (!answer.ok) throw new Error(`the server answered ${answer.status || "with a redirect"}`);
  return answer.text();
}

function isInUse(part) {
  const selection = getSelection();
  const focused = document.activeElement;
  return (
    (part.contains(focused) && focused.matches("input, select, textarea, button")) ||
    (!selection.isCollapsed && selection.containsNode(part, true)) ||
    [...part.querySelectorAll("input, textarea")].some((one) => one.value !== one.defaultValue)
  );
}

function show(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = parsed.getElementById(part.id);
    if (!next || next.isEqualNode(part) || isInUse(part)) continue;
    const said = part.dataset.says;
    const focused = part.contains(document.activeElement) && document.activeElement.href;
    part.replaceWith(next);
    if (focused) {
      const again = [...next.querySelectorAll("a")].find((one) => one.href === focused);
      again?.focus({ preventScroll: true });
    }
    if (announcer && next.dataset.says !== said) announcer.textContent = next.dataset.says;
  }
  document.title = parsed.title;
}

let failures = 0;

// Until something has changed, or it is time to look all the same.
function listen() {
  const wait = Math.min(EVERY_MS * 2 ** failures, LONGEST_PAUSE_MS);
  if (!watched || !isAttended() || failures > 0) return pause(wait);
  return ask(watched).catch(() => pause(wait));
}

async function look() {
  try {
    show(await ask(location.href));
    failures = 0;
  } catch (error) {
    failures += 1;
    console.info("console: not refreshed:", error.message);
  }
}

async function watch() {
  // It is listened before it is looked: nothing falls in between.
  let change = listen();
  for (;;) {
    if (isAttended()) await look();
    await change;
    change = listen();
  }
}

watch();
