"use strict";
(() => {
  const form = document.querySelector(".filters");
  const nothing = document.querySelector(".nothing");
  const chapters = [...document.querySelectorAll("tbody[data-chapter]")];
  const rows = chapters.flatMap((chapter) =>
    [...chapter.querySelectorAll("tr.pattern")].map((row) => ({
      row,
      chapter: chapter.dataset.chapter,
      state: row.dataset.state,
      text: row.textContent.toLowerCase(),
    })),
  );

  function filter() {
    const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, chapter, state, text } of rows) {
      const fits =
        (!form.chapter.value || form.chapter.value === chapter) &&
        (!form.state.value || form.state.value === state) &&
        words.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    for (const chapter of chapters) {
      chapter.hidden = !chapter.querySelector("tr.pattern:not([hidden])");
    }
    form.count.value = shown === 1 ? "1 pattern" : `${shown} patterns`;
    nothing.hidden = shown > 0;
  }

  function showAll() {
    form.reset();
    filter();
    remember();
    form.words.focus();
  }

  // Going back to this page finds it as it was left, also where the browser makes it anew.
  function remember() {
    history.replaceState(Object.fromEntries(new FormData(form)), "");
  }

  function recall() {
    for (const [name, value] of Object.entries(history.state ?? {})) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    filter();
  }

  form.addEventListener("input", filter);
  form.addEventListener("input", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  nothing.querySelector("button").addEventListener("click", showAll);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      event.preventDefault();
      form.words.focus();
    }
  });
  window.addEventListener("pageshow", recall);
  form.hidden = false;
})();
