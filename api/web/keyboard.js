// Keys that work everywhere: `/` to the field, Escape out of the article, arrows through lists.

/** `field()` is where `/` goes, `escape()` leaves what lies open and says whether there was such. */
export function installKeys({ field, escape }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && escape()) event.preventDefault();
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "/") {
      event.preventDefault();
      field().focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(event);
    }
  });
}

/** From an element of a list marked `data-arrows` to the next or previous `data-stop` in it. */
function step(event) {
  const list = event.target.closest("[data-arrows]");
  if (!list) return;
  const stops = [...list.querySelectorAll("[data-stop]")];
  const row = [...list.children].find((each) => each.contains(event.target));
  const here = stops.findIndex((stop) => row?.contains(stop));
  const next = stops[here + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
