// The button above what was sent or came back puts the text on the clipboard. Without script it is not
// shown, and the text can be marked as any other.
document.body.classList.add("copies");

addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  await navigator.clipboard.writeText(button.nextElementSibling.textContent);
  button.textContent = button.dataset.copied;
});
