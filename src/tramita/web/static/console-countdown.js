// Counts down what ends by itself. Without it the page shows how long was left when it came.

const began = performance.now();
const counted = [...document.querySelectorAll("[data-left]")];

function tick() {
  const passed = (performance.now() - began) / 1000;
  for (const one of counted) {
    const left = Math.max(0, Math.ceil(Number(one.dataset.left) - passed));
    one.textContent =
      left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "ended";
    one.classList.toggle("ending", left < 60);
  }
}

if (counted.length > 0) {
  tick();
  setInterval(tick, 1_000);
}
