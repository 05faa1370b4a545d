// A button beside what was sent and what came back puts the text on the clipboard. Without script
// there is none, and the text can be marked as any other.
const words = document.body.dataset;

for (const text of document.querySelectorAll(".said pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet small copy";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = words.copied;
  });
  text.before(button);
}
