"use strict";
// Files dropped on the desk are sent without leaving the page, so that nothing typed is lost.

(() => {
  const zone = document.querySelector("[data-drop-zone]");

  async function send(form) {
    const answer = form.querySelector("[data-drop-answer]");
    const count = form.querySelector("input[type=file]").files.length;
    if (!count) {
      answer.textContent = "Chưa chọn tệp nào.";
      return;
    }
    answer.textContent = `Đang gửi ${count} tệp…`;
    try {
      const sent = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Live": "1" } });
      answer.textContent = await sent.text();
      if (sent.ok) form.reset();
    } catch {
      answer.textContent = "Không gửi được. Xem lại kết nối rồi thả lại.";
    }
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-drop-form]")) return;
    event.preventDefault();
    send(event.target);
  });

  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  // Over the whole page: a file let go beside the zone must not replace the desk by itself.
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone?.classList.add("is-over");
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone?.classList.remove("is-over"); });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone?.classList.remove("is-over");
    const form = event.target.closest?.("#trang")?.querySelector("[data-drop-form]") ?? zone?.querySelector("[data-drop-form]");
    if (!form) return;
    form.closest("details").open = true;
    form.querySelector("input[type=file]").files = event.dataTransfer.files;
    send(form);
  });
})();
