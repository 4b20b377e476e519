"use strict";
// Words on the page picture go into the field in focus: one click a word, a drag from the first to the last.

(() => {
  const zone = document.getElementById("trang");
  const form = document.getElementById("entry-form");
  if (!zone || !form) return;
  const pages = new Map(); // address -> promise of its words
  let field = null;
  let start = -1;
  let goesOn = false; // the next click adds a word instead of starting anew

  form.addEventListener("focusin", (event) => {
    if (event.target.id?.startsWith("f-") && event.target !== field) {
      field = event.target.matches("select") ? null : event.target;
      goesOn = false;
    }
  });
  form.addEventListener("input", (event) => { if (event.isTrusted) goesOn = false; });

  const isOpen = () => field !== null && document.activeElement === field;

  function words() {
    const address = zone.querySelector(".page-sheet img")?.getAttribute("src").replace(/png$/, "json");
    if (!address) return Promise.resolve([]);
    if (!pages.has(address)) {
      pages.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []));
    }
    return pages.get(address);
  }

  async function wordAt(event) {
    const box = zone.querySelector(".page-sheet").getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    const near = 0.004;
    return (await words()).findIndex(([, x0, y0, x1, y1]) => x >= x0 - near && x <= x1 + near && y >= y0 - near && y <= y1 + near);
  }

  // What the form wants of it: a date in figures, a code without its label, a subject without "V/v".
  function fitted(name, text) {
    const day = text.match(/(\d{1,2})\D+(\d{1,2})\D+(\d{4})/);
    if (["issued_on", "due_at", "event_at"].includes(name) && day) {
      // "4 giờ chiều" is 16:00.
      const hour = name !== "issued_on" && text.match(/(?<!\d)(\d|[01]\d|2[0-3])\s*(?:giờ|[hg](?!\p{L})|:)\s*(\d{2})?(?:\s*phút)?\s*[,(]?\s*(chiều|tối)?/iu);
      const after = hour && hour[3] && Number(hour[1]) < 12 ? 12 : 0;
      const clock = hour ? ` ${String(Number(hour[1]) + after).padStart(2, "0")}:${hour[2] ?? "00"}` : "";
      return `${day[1].padStart(2, "0")}/${day[2].padStart(2, "0")}/${day[3]}${clock}`;
    }
    if (name === "code") return text.replace(/^số\s*:?\s*/i, "");
    return name === "subject" ? text.replace(/^v\/v:?\s*/i, "") : text;
  }

  function put(text) {
    const whole = goesOn ? `${field.value} ${text}` : text;
    field.value = fitted(field.name, whole);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    goesOn = true;
  }

  zone.addEventListener("mousedown", async (event) => {
    if (!isOpen() || event.button !== 0 || !event.target.closest(".page-sheet")) return;
    event.preventDefault(); // the field keeps the focus
    start = -1;
    start = await wordAt(event);
  });

  zone.addEventListener("mouseup", async (event) => {
    if (!isOpen() || !event.target.closest(".page-sheet")) return;
    const end = await wordAt(event);
    if (start < 0 || end < 0) return;
    const [from, to] = [Math.min(start, end), Math.max(start, end)];
    put((await words()).slice(from, to + 1).map(([text]) => text).join(" "));
  });
})();
