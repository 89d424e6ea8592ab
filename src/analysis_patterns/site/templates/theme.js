"use strict";
(() => {
  const root = document.documentElement;
  const key = "analysis-patterns-theme";

  // A browser may refuse to remember anything for pages from a folder; then a choice holds for one page.
  function remembered() {
    try {
      return localStorage.getItem(key) || "";
    } catch {
      return "";
    }
  }

  function remember(theme) {
    try {
      localStorage.setItem(key, theme);
    } catch {
      return;
    }
  }

  function show(theme) {
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
    } else {
      delete root.dataset.theme;
    }
  }

  // Before anything is painted, so that no page flashes.
  show(remembered());

  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.querySelector(".theme");
    for (const radio of choice.querySelectorAll("input")) {
      radio.checked = radio.value === (root.dataset.theme || "");
      radio.addEventListener("change", () => {
        remember(radio.value);
        show(radio.value);
      });
    }
    choice.hidden = false;
  });
})();
