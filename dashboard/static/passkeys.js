"use strict";
// Signing in by this device's key and remembering the device (WebAuthn). Without it the password serves as ever.

(() => {
  const REMEMBERED = "thiet-bi-duoc-nho";
  const OFFERED = "da-moi-nho-thiet-bi";
  const OFFER_AGAIN = 30 * 24 * 3600 * 1000; // milliseconds
  const SAID = {
    NotAllowedError: "Thiết bị chưa xác nhận, hoặc đã bấm hủy. Bấm lại để thử; vẫn dùng được mật khẩu.",
    InvalidStateError: "Thiết bị này đã được nhớ rồi.",
    SecurityError: "Trình duyệt không nhận địa chỉ này cho khóa của thiết bị. Báo người quản trị.",
    NotSupportedError: "Thiết bị này không có loại khóa mà trang cần. Vẫn dùng được mật khẩu.",
    ConstraintError: "Thiết bị này chưa có vân tay, khuôn mặt hay mã mở máy. Đặt trong phần cài đặt của máy rồi thử lại.",
  };

  if (!isSecureContext || !window.PublicKeyCredential || !navigator.credentials) return;

  // --- bytes travel as base64url ------------------------------------------------------------------------

  function bytes(text) {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    const letters = [...new Uint8Array(buffer)].map((octet) => String.fromCharCode(octet)).join("");
    return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  function withBytes(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const list of [options.excludeCredentials, options.allowCredentials]) {
      list?.forEach((one) => { one.id = bytes(one.id); });
    }
    return options;
  }

  function asText(credential) {
    const given = credential.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (given[name]) response[name] = text(given[name]);
    }
    if (given.getTransports) response.transports = given.getTransports();
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
  }

  // --- what this browser keeps for itself; private windows may refuse ---------------------------------

  function kept(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  }

  function keep(name, value) {
    try { localStorage.setItem(name, value); } catch { /* then it is asked again */ }
  }

  // --- a form that the device answers -------------------------------------------------------------------

  async function options(form) {
    const answer = await fetch(form.dataset.begin, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Live": "1" },
    });
    if (answer.ok && !answer.redirected) return withBytes(await answer.json());
    throw new Error(answer.redirected ? "Tải lại trang rồi thử lại." : await answer.text());
  }

  async function ask(form) {
    const publicKey = await options(form);
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.answer.value = asText(credential);
    if (form.elements.password) form.elements.password.disabled = true;
    if (form.dataset.passkey === "get") keep(REMEMBERED, "1");
    form.submit();
  }

  function listen(form) {
    const button = form.querySelector("button");
    const said = form.querySelector("[data-said]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      said.hidden = true;
      try {
        await ask(form);
      } catch (error) {
        said.textContent = error instanceof DOMException ? SAID[error.name] ?? SAID.NotAllowedError
          : error instanceof TypeError ? "Không nối được với máy chủ. Thử lại." : error.message;
        said.hidden = false;
        button.disabled = false;
      }
    });
  }

  function showRemembered() {
    const byDevice = document.getElementById("by-device");
    byDevice?.parentElement.insertBefore(byDevice, document.getElementById("by-password"));
    byDevice?.querySelector("button").classList.add("button-main");
    document.querySelector("#by-password button")?.classList.remove("button-main");
    byDevice?.querySelector("button").focus();
  }

  async function offerOnPhones(field) {
    const wasOffered = Date.now() - Number(kept(OFFERED) ?? 0) < OFFER_AGAIN;
    if (kept(REMEMBERED) || wasOffered || !matchMedia("(pointer: coarse)").matches) return;
    if (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()) field.value = "1";
  }

  document.querySelectorAll("[data-passkey]").forEach(listen);
  document.querySelector("[data-passkey-unable]")?.remove();
  if (document.querySelector("[data-passkey-kept]")) keep(REMEMBERED, "1");
  if (document.querySelector("[data-passkey-refused]")) keep(REMEMBERED, "");
  if (kept(REMEMBERED)) showRemembered();
  const field = document.getElementById("offer");
  if (field) offerOnPhones(field);
})();
