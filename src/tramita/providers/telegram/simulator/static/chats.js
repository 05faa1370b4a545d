// What is written meanwhile appears by itself, unless somebody is about to change something there.
const messages = document.querySelector("#messages");
let shown = messages?.innerHTML;

function toEnd() {
  messages.scrollTop = messages.scrollHeight;
}

const isHeld = () => messages.querySelector("details[open]") || messages.matches(":active");

async function refresh() {
  if (document.hidden || isHeld()) return;
  const answer = await fetch(messages.dataset.from);
  if (!answer.ok) return;
  const found = await answer.text();
  if (found === shown || isHeld()) return; // It may have been opened meanwhile.
  const wasAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
  shown = found;
  messages.innerHTML = found;
  if (wasAtEnd) toEnd();
}

if (messages) {
  toEnd();
  setInterval(refresh, 1500);
  // Enter sends; with Shift it begins another line.
  document.querySelector("textarea").addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Enter" || pressed.shiftKey || pressed.isComposing) return;
    pressed.preventDefault();
    pressed.target.form.requestSubmit();
  });
}
