"use strict";
// The page picture: shows the place of the field in focus, turns pages without losing what is typed.

(() => {
  const zone = document.getElementById("trang");
  if (!zone) return;
  let wanted = "";

  async function show(address) {
    wanted = address;
    const page = await fetched(address);
    if (page && wanted === address) zone.innerHTML = page.body.innerHTML;
  }

  async function fetched(address) {
    const answer = await fetch(address, { headers: { "X-Live": "1" } }).catch(() => null);
    return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  }

  const frame = () => zone.querySelector(".page-frame");

  function light(name) {
    zone.querySelectorAll(".place.is-lit").forEach((place) => place.classList.remove("is-lit"));
    const place = zone.querySelector(`[data-place-of="${CSS.escape(name)}"]`);
    if (!place) return;
    place.classList.add("is-lit");
    const image = zone.querySelector("img");
    if (image.complete) bring(place);
    else image.addEventListener("load", () => bring(place), { once: true });
  }

  function bring(place) {
    const around = frame().getBoundingClientRect();
    const box = place.getBoundingClientRect();
    if (box.top >= around.top + 8 && box.bottom <= around.bottom - 8) return;
    frame().scrollTop += box.top - around.top - around.height / 3;
  }

  document.addEventListener("congvan:evidence", async (event) => {
    const { file, page } = event.target.dataset;
    const shown = frame()?.dataset ?? {};
    if (file && (shown.shownFile !== file || shown.shownPage !== page)) {
      const draft = event.target.form.dataset.draft;
      await show(`/den/${draft}/xem?tep=${file}&trang=${page}`);
    }
    light(event.target.name);
  });

  // A file that intake has added to the draft joins the strip; the page that is shown stays.
  document.addEventListener("congvan:swapped", async (event) => {
    const draft = document.getElementById("entry-form")?.dataset.draft;
    if (event.target.id !== "queue-live" || !draft) return;
    const fresh = await fetched(`/den/${draft}/xem`);
    const strip = zone.querySelector(".files");
    const freshStrip = fresh?.querySelector(".files");
    if (!freshStrip || strip?.children.length === freshStrip.children.length) return;
    if (strip) strip.innerHTML = freshStrip.innerHTML;
    else zone.innerHTML = fresh.body.innerHTML;
  });

  zone.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      show(link.dataset.view);
    } else if (event.target.closest("[data-larger]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      frame().classList.toggle("is-larger");
    } else if (event.target.closest(".place") && !document.activeElement?.id.startsWith("f-")) {
      document.getElementById("f-" + event.target.closest(".place").dataset.placeOf)?.focus();
    }
  });

  document.addEventListener("keydown", (event) => {
    const step = { PageDown: 1, PageUp: -1 }[event.key];
    const page = frame();
    if (!step || !page || event.ctrlKey || event.altKey || event.target.matches("textarea")) return;
    event.preventDefault();
    const before = page.scrollTop;
    page.scrollTop += step * page.clientHeight * 0.85;
    if (page.scrollTop === before) zone.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
  });
})();
