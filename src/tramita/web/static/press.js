// What is pressed stays until it is let go. A page that is shown anew in between would take the button
// away from under the finger, and the press would do nothing.

const LOOK_MS = 20;
const LONGEST_MS = 10_000; // Whoever rests a finger there sees what is new all the same.

export async function letGo(part) {
  const since = performance.now();
  while (part.matches(":active") && performance.now() - since < LONGEST_MS) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}
