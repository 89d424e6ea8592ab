"use strict";
(() => {
  const form = document.querySelector(".filters");
  const nothing = document.querySelector(".nothing");
  const rows = [...document.querySelectorAll("[data-entry]")];
  const groups = [...document.querySelectorAll("[data-group]")];

  function fits(row) {
    const { module, pattern } = row.dataset;
    const text = row.textContent.toLowerCase();
    return (
      (!form.module.value || form.module.value === module) &&
      (!form.pattern.value || pattern.split("|").includes(form.pattern.value)) &&
      form.words.value.toLowerCase().split(/\s+/).every((word) => text.includes(word))
    );
  }

  function filter() {
    for (const row of rows) row.hidden = !fits(row);
    for (const group of groups) group.hidden = !group.querySelector("[data-entry]:not([hidden])");
    const shown = rows.filter((row) => !row.hidden).length;
    form.count.value = shown === 1 ? "1 type" : `${shown} types`;
    nothing.hidden = shown > 0;
  }

  // Going back to this page finds it as it was left, also where the browser makes it anew.
  function changed() {
    history.replaceState(Object.fromEntries(new FormData(form)), "");
    filter();
  }

  function recall() {
    for (const [name, value] of Object.entries(history.state ?? {})) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    filter();
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  nothing.querySelector("button").addEventListener("click", () => {
    form.reset();
    changed();
    form.words.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      event.preventDefault();
      form.words.focus();
    }
  });
  window.addEventListener("pageshow", recall);
  form.hidden = false;
})();
