"use strict";
(() => {
  const STEP = 1.25;
  const LEAST = 0.1;
  const MOST = 8;
  const POINTS = 96 / 72;

  for (const plate of document.querySelectorAll(".plate")) {
    const view = plate.querySelector(".view");
    const picture = view.querySelector("svg");
    if (picture) {
      makeZoomable(view, picture, plate.querySelector(".tools"));
    }
  }

  function makeZoomable(view, picture, tools) {
    const natural = parseFloat(picture.getAttribute("width")) * POINTS || picture.getBoundingClientRect().width;
    const fingers = new Map();
    let grip = null;

    function scale() {
      return picture.getBoundingClientRect().width / natural;
    }

    // What lies under (x, y), counted from the corner of the view, stays there.
    function zoomTo(wanted, x = view.clientWidth / 2, y = view.clientHeight / 2) {
      const before = scale();
      const after = Math.min(MOST, Math.max(LEAST, wanted));
      const frame = view.getBoundingClientRect();
      const place = picture.getBoundingClientRect();
      const across = (x + frame.left - place.left) / before;
      const down = (y + frame.top - place.top) / before;
      view.classList.add("zoomed");
      picture.style.width = `${natural * after}px`;
      const moved = picture.getBoundingClientRect();
      view.scrollLeft += moved.left + across * after - frame.left - x;
      view.scrollTop += moved.top + down * after - frame.top - y;
    }

    function fit() {
      view.classList.remove("zoomed");
      picture.style.width = "100%";
      picture.style.maxWidth = `${natural}px`;
    }

    const does = {
      in: () => zoomTo(scale() * STEP),
      out: () => zoomTo(scale() / STEP),
      fit,
      whole: () => zoomTo(1),
    };
    const keys = { "+": does.in, "=": does.in, "-": does.out, 0: does.fit, 1: does.whole };

    picture.style.height = "auto";
    for (const button of tools.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        picture.style.maxWidth = "none";
        does[button.dataset.zoom]();
      });
    }
    view.addEventListener("keydown", (event) => {
      if (keys[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        picture.style.maxWidth = "none";
        keys[event.key]();
      }
    });
    view.addEventListener(
      "wheel",
      (event) => {
        if (event.ctrlKey) {
          event.preventDefault();
          picture.style.maxWidth = "none";
          const frame = view.getBoundingClientRect();
          zoomTo(scale() * Math.exp(-event.deltaY / 300), event.clientX - frame.left, event.clientY - frame.top);
        }
      },
      { passive: false },
    );
    view.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, event);
      if (event.pointerType === "mouse" && event.button === 0) {
        grip = { x: event.clientX, y: event.clientY };
        view.setPointerCapture(event.pointerId);
        view.classList.add("held");
      }
    });
    view.addEventListener("pointermove", (event) => {
      if (grip) {
        view.scrollLeft -= event.clientX - grip.x;
        view.scrollTop -= event.clientY - grip.y;
        grip = { x: event.clientX, y: event.clientY };
      } else if (fingers.size === 2 && fingers.has(event.pointerId)) {
        const before = apart();
        fingers.set(event.pointerId, event);
        const frame = view.getBoundingClientRect();
        const [one, other] = [...fingers.values()];
        picture.style.maxWidth = "none";
        zoomTo(
          (scale() * apart()) / before,
          (one.clientX + other.clientX) / 2 - frame.left,
          (one.clientY + other.clientY) / 2 - frame.top,
        );
      }
    });
    for (const end of ["pointerup", "pointercancel"]) {
      view.addEventListener(end, (event) => {
        fingers.delete(event.pointerId);
        grip = null;
        view.classList.remove("held");
      });
    }
    tools.hidden = false;

    function apart() {
      const [one, other] = [...fingers.values()];
      return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    }
  }
})();
