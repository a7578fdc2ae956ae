// Adding articles: by dropping files and folders, or by choosing files.

import { upload } from "./client.js";
import { filesOf } from "./dropping.js";
import { button, el } from "./elements.js";

export class UploadPlace {
  /** Files may be dropped anywhere on `dropPlace`; `arrived()` is told when articles came. */
  constructor({ dropPlace, arrived }) {
    this.arrived = arrived;
    this.chosen = el("input", { type: "file", multiple: true, hidden: true });
    this.publisher = el("input", { id: "upload-publisher", dir: "auto", placeholder: "As the files say" });
    this.progress = el("progress", { max: 1, hidden: true, aria: { label: "Upload" } });
    this.told = el("p", { className: "upload-told", role: "status" });
    this.results = el("div", { className: "upload-results" });
    this.element = el(
      "section",
      { className: "upload", aria: { label: "Add articles" } },
      el(
        "p",
        { className: "upload-words" },
        "Drop files or folders here, or ",
        button("plain", "choose files", () => this.chosen.click()),
        el("span", { className: "fine-print" }, "Text, Markdown, HTML, JSON, JSON Lines"),
      ),
      el("label", { className: "upload-publisher" }, "Their publisher", this.publisher),
      this.chosen,
      this.progress,
      this.told,
      this.results,
    );
    this.chosen.onchange = () => this.send([...this.chosen.files]);
    this.listen(dropPlace);
  }

  listen(place) {
    const over = (yes) => this.element.classList.toggle("over", yes);
    place.addEventListener("dragover", (event) => {
      event.preventDefault(); // or else the browser opens the file
      over(true);
    });
    place.addEventListener("dragleave", (event) => {
      if (!place.contains(event.relatedTarget)) over(false);
    });
    place.addEventListener("drop", async (event) => {
      event.preventDefault();
      over(false);
      this.send(await filesOf(event.dataTransfer));
    });
  }

  async send(files) {
    if (!files.length || !this.progress.hidden) return;
    const many = files.length === 1 ? files[0].name : `${files.length.toLocaleString("en-GB")} files`;
    this.results.replaceChildren();
    this.progress.hidden = false;
    this.progress.value = 0;
    this.told.textContent = `Sending ${many} …`;
    try {
      const result = await upload(files, this.publisher.value.trim(), (share) => {
        this.progress.value = share;
        if (share < 1) return;
        this.progress.removeAttribute("value"); // how long reading them takes is not known
        this.told.textContent = `Reading ${many} …`;
      });
      this.tell(result.items);
    } catch (problem) {
      this.told.textContent = "";
      this.results.replaceChildren(
        el("p", { className: "problem", role: "alert" }, problem.message, " ", problem.hint ?? ""),
      );
    }
    this.progress.hidden = true;
    this.chosen.value = "";
  }

  tell(items) {
    const counts = ["added", "updated", "unchanged", "refused"]
      .map((outcome) => [outcome, items.filter((item) => item.outcome === outcome).length])
      .filter(([, count]) => count)
      .map(([outcome, count]) => `${count.toLocaleString("en-GB")} ${outcome}`);
    this.told.textContent = `${counts.join(", ")}.`;
    const refused = items.filter((item) => item.outcome === "refused");
    if (refused.length) this.results.replaceChildren(refusedList(refused));
    if (refused.length < items.length) this.arrived();
  }
}

/** Files that could not be used, each with its reason. */
export function refusedList(refused) {
  return el(
    "ul",
    { className: "refused", aria: { label: "Refused" } },
    ...refused.map(({ origin, reason }) =>
      el("li", { dir: "auto" }, el("strong", {}, origin), ` ${reason ?? "refused"}`),
    ),
  );
}
