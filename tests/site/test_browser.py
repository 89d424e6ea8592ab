"""The site of the tour in a real browser: by mouse and by keyboard, wide and narrow, light and dark."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .browser import Visit, chromium, pages_of

INDEX = "index.html"
PATTERN = "patterns/2.4-accountability.html"
REFERENCE = "reference/index.html"
ROOM = "reference/patterns.accountability.html"
CASE = "cases/what-an-options-desk-is-worth.html"
PHONE = {"width": 360, "height": 740}


# Its loop runs in this thread until it is closed, and no other test could run one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `analysis-patterns tour` leaves it, made by a process in which no test was loaded."""
    into = tmp_path_factory.mktemp("tour")
    command = [sys.executable, "-m", "analysis_patterns", "tour", "--into", str(into)]
    finished = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return into


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Visit]:
    """A visit at a desk by day, in which nothing may go wrong."""
    with Visit(browser, site, color_scheme="light", viewport={"width": 1280, "height": 800}) as begun:
        yield begun
        assert begun.complaints == []
        assert begun.strayed() == []


def shown(page: Page) -> list[str]:
    """The numbers of the patterns that the table shows."""
    return page.locator("tr.pattern:visible td.no").all_inner_texts()


def paint(page: Page, selector: str, property: str) -> tuple[int, ...]:
    """The red, green and blue of an element's `color` or `background-color`."""
    painted = page.locator(selector).first.evaluate(f"each => getComputedStyle(each)['{property}']")
    return tuple(int(part) for part in re.findall(r"\d+", painted)[:3])


def test_opens_every_page_without_a_complaint_and_asks_for_nothing_outside_the_folder(visit: Visit) -> None:
    names = pages_of(visit.site)

    for name in names:
        visit.open(name)

    assert len(names) > 60
    assert len(visit.requests) > len(names)
    assert visit.complaints == []
    assert visit.strayed() == []


def test_hears_what_a_page_complains_of_and_sees_what_it_asks_for(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<script>console.error('a'); setTimeout(() => { throw Error('b') })</script>"
        "<img src='https://example.invalid/c.png'><img src='../d.png'>"
    )

    with Visit(browser, tmp_path) as bad:
        bad.open("bad.html")
        bad.page.wait_for_timeout(100)

    said = "\n".join(bad.complaints)
    assert "bad.html: a" in said
    assert "bad.html: b" in said
    assert "https://example.invalid/c.png" in bad.strayed()
    assert (tmp_path.parent / "d.png").as_uri() in bad.strayed()
    assert len(bad.strayed()) == 2


def test_a_search_leaves_what_has_all_its_words(visit: Visit) -> None:
    page = visit.open(INDEX)
    before = len(shown(page))

    page.get_by_label("Search").fill("hierarchic accountability")

    assert before == 76
    assert "2.7" in shown(page)
    assert 0 < len(shown(page)) < 10
    for row in page.locator("tr.pattern:visible").all():
        assert "hierarchic" in row.inner_text().lower()
    expect(page.locator("output")).to_have_text(re.compile(rf"^{len(shown(page))} patterns?$"))


def test_chapter_and_state_are_filters_of_their_own(visit: Visit) -> None:
    page = visit.open(INDEX)

    page.get_by_label("Chapter").select_option("14")
    of_chapter = shown(page)
    page.get_by_label("Not built").check()
    unbuilt = shown(page)
    page.get_by_label("Built", exact=True).check()
    built = shown(page)

    assert {number.split(".")[0] for number in of_chapter} == {"14"}
    assert sorted(unbuilt + built) == sorted(of_chapter)
    assert built
    assert page.locator("tr.chapter:visible").count() == 1


def test_says_when_nothing_answers_and_shows_everything_again(visit: Visit) -> None:
    page = visit.open(INDEX)
    page.get_by_label("Search").fill("no such thing anywhere")
    expect(page.get_by_text("No pattern answers to that.")).to_be_visible()
    assert shown(page) == []

    page.get_by_role("button", name="Show all").click()

    assert len(shown(page)) == 76
    expect(page.get_by_label("Search")).to_be_focused()


def test_a_pattern_is_one_click_away_and_going_back_finds_the_search_as_it_was(visit: Visit) -> None:
    page = visit.open(INDEX)
    page.get_by_label("Search").fill("accountability")
    found = shown(page)

    page.get_by_role("link", name="Accountability", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Accountability")
    figure = page.locator("figure img, figure svg").first
    expect(figure).to_be_visible()
    page.go_back()

    expect(page.get_by_label("Search")).to_have_value("accountability")
    assert shown(page) == found
    assert len(found) < 76


def test_what_was_chosen_is_kept_and_what_was_taken_back_is_not(visit: Visit) -> None:
    page = visit.open(INDEX)
    page.get_by_label("Search").fill("party")
    page.get_by_label("Chapter").select_option("2")
    page.get_by_label("Built", exact=True).check()
    found = shown(page)
    page.reload()

    assert shown(page) == found
    expect(page.get_by_label("Built", exact=True)).to_be_checked()

    page.get_by_label("Search").fill("no such thing anywhere")
    page.get_by_role("button", name="Show all").click()
    page.reload()

    assert len(shown(page)) == 76


def test_leads_from_a_pattern_to_its_neighbour_its_chapter_and_its_cases(visit: Visit) -> None:
    page = visit.open(PATTERN)

    page.locator("a[rel=next]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2.5")
    page.locator("a[rel=prev]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2.4")
    page.get_by_role("link", name="Consents and posts of a hospital").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Consents and posts")
    page.get_by_role("link", name="2.4 Accountability").click()
    page.get_by_role("link", name="2. Accountability").click()

    assert page.url.endswith("index.html#chapter-2")
    expect(page.locator("#chapter-2")).to_be_in_viewport()


def test_a_slash_leads_to_the_search_unless_something_is_being_written(visit: Visit) -> None:
    page = visit.open(INDEX)

    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("a/b")

    expect(page.get_by_label("Search")).to_have_value("a/b")


@pytest.mark.parametrize("name", [INDEX, PATTERN, CASE])
def test_the_first_tab_offers_to_skip_to_the_content(name: str, visit: Visit) -> None:
    page = visit.open(name)
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).not_to_be_in_viewport()

    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", [INDEX, PATTERN, CASE])
def test_tabs_go_down_the_page_and_each_stop_can_be_seen(name: str, visit: Visit) -> None:
    page = visit.open(name)
    stops = page.locator("a:visible, button:visible, input:visible, select:visible").count()
    trail: list[tuple[bool, bool]] = []

    for _ in range(min(stops, 30)):
        page.keyboard.press("Tab")
        trail.append(
            tuple(
                page.evaluate(
                    """() => {
                        const stop = document.activeElement, last = window.last;
                        window.last = stop;
                        const style = getComputedStyle(stop);
                        const follows = !last || last.compareDocumentPosition(stop) & 4;
                        return [!!follows, style.outlineStyle !== "none" && stop !== document.body];
                    }"""
                )
            )
        )

    assert len(trail) >= 5
    assert all(follows and is_seen for follows, is_seen in trail), trail


@pytest.mark.parametrize("name", [INDEX, PATTERN, CASE])
def test_is_light_by_day_and_dark_by_night(name: str, visit: Visit) -> None:
    page = visit.open(name)

    assert min(paint(page, "body", "background-color")) > 200
    assert max(paint(page, "body", "color")) < 100

    page.emulate_media(color_scheme="dark")

    assert max(paint(page, "body", "background-color")) < 60
    assert min(paint(page, "body", "color")) > 180


def test_a_picture_is_as_light_or_dark_as_its_page(visit: Visit) -> None:
    page = visit.open(PATTERN.replace(".html", ".svg"))

    assert min(paint(page, "g > polygon", "fill")) > 200
    assert max(paint(page, "text", "fill")) < 140

    page.emulate_media(color_scheme="dark")

    assert max(paint(page, "g > polygon", "fill")) < 60
    assert min(paint(page, "text", "fill")) > 140


def width_of(page: Page) -> float:
    width: float = page.locator(".view svg").first.evaluate("each => each.getBoundingClientRect().width")
    return width


@pytest.mark.parametrize("name", [PATTERN, CASE])
def test_a_picture_is_zoomed_by_buttons_and_fits_again(name: str, visit: Visit) -> None:
    page = visit.open(name)
    fitting = width_of(page)

    page.get_by_role("button", name="Larger").first.click()
    larger = width_of(page)
    page.get_by_role("button", name="Smaller").first.click()
    page.get_by_role("button", name="Smaller").first.click()
    smaller = width_of(page)
    page.get_by_role("button", name="Fit").first.click()

    assert smaller < fitting < larger
    assert larger == pytest.approx(fitting * 1.25, rel=0.01)
    assert width_of(page) == pytest.approx(fitting)


def test_a_picture_is_zoomed_by_keys_only_where_it_is_chosen(visit: Visit) -> None:
    page = visit.open(PATTERN)
    fitting = width_of(page)

    page.keyboard.press("+")
    assert width_of(page) == fitting

    page.locator(".view").first.focus()
    page.keyboard.press("+")
    assert width_of(page) > fitting
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert width_of(page) < fitting
    page.keyboard.press("0")
    assert width_of(page) == pytest.approx(fitting)


def test_a_picture_is_zoomed_by_the_wheel_with_control_and_moved_by_dragging(visit: Visit) -> None:
    page = visit.open(PATTERN)
    view = page.locator(".view").first
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    assert box is not None
    fitting = width_of(page)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.keyboard.down("Control")
    page.mouse.wheel(0, -600)
    page.keyboard.up("Control")
    page.wait_for_function(
        "before => document.querySelector('.view svg').clientWidth > before * 2", arg=fitting
    )
    before = view.evaluate("each => each.scrollLeft")
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 50, box["y"] + box["height"] / 2)
    page.mouse.up()

    assert view.evaluate("each => each.scrollLeft") == pytest.approx(before + 50, abs=2)


def test_colours_can_be_chosen_and_are_kept_from_page_to_page(visit: Visit) -> None:
    page = visit.open(PATTERN)

    page.get_by_label("Dark").check()
    assert max(paint(page, "body", "background-color")) < 60
    assert max(paint(page, ".view svg g > polygon", "fill")) < 60
    page.locator("a[rel=next]").click()

    expect(page.get_by_label("Dark")).to_be_checked()
    assert max(paint(page, "body", "background-color")) < 60

    page.get_by_label("Light").check()
    page.emulate_media(color_scheme="dark")
    assert min(paint(page, "body", "background-color")) > 200
    assert min(paint(page, ".view svg g > polygon", "fill")) > 200
    page.get_by_label("Auto").check()
    assert max(paint(page, "body", "background-color")) < 60


def test_patterns_are_found_by_the_case_that_uses_them(visit: Visit) -> None:
    page = visit.open(INDEX)

    page.get_by_label("Used by").select_option(label="What an options desk is worth")

    assert shown(page) == ["9.2", "9.4", "10.1", "10.2", "10.3", "10.4"]


def test_leads_from_a_pattern_to_the_reference_of_its_type_and_back(visit: Visit) -> None:
    page = visit.open(PATTERN)

    page.locator("h3").get_by_role("link", name="Accountability").click()
    assert "/reference/" in page.url
    expect(page.locator(":target")).to_be_in_viewport()
    page.get_by_role("article", name="Accountability", exact=False).first.get_by_role(
        "link", name="2.4"
    ).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("2.4")


def test_the_reference_is_searched_as_the_patterns_are(visit: Visit) -> None:
    page = visit.open(REFERENCE)
    before = page.locator("[data-entry]:visible").count()

    page.keyboard.press("/")
    page.keyboard.type("leveledaccount")

    assert before > 500
    (found,) = page.locator("[data-entry]:visible").all_inner_texts()
    assert found.startswith("LeveledAccountabilityType")


def test_no_page_has_to_be_moved_sideways_on_a_phone(browser: Browser, site: Path) -> None:
    with Visit(browser, site, viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True) as phone:
        too_wide = {
            name: phone.overflow() for name in pages_of(site) if phone.open(name) and phone.overflow()
        }

    assert too_wide == {}


def test_sees_a_page_that_is_too_wide(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "wide.html").write_text("<div style='width: 400px; margin-left: 0'>wide</div>")

    with Visit(browser, tmp_path, viewport=PHONE) as phone:
        phone.open("wide.html")
        assert phone.overflow() > 0


def test_everything_can_be_searched_on_a_phone(browser: Browser, site: Path) -> None:
    with Visit(browser, site, viewport=PHONE, is_mobile=True, has_touch=True) as phone:
        page = phone.open(INDEX)

        page.get_by_label("Search").fill("quote")
        link = page.get_by_role("link", name="Quote", exact=True)
        link.scroll_into_view_if_needed()
        link.tap()

        expect(page.get_by_role("heading", level=1)).to_contain_text("9.3")


@pytest.mark.parametrize("name", [INDEX, PATTERN, CASE])
def test_prints_black_on_white_without_what_only_a_screen_can_do(name: str, visit: Visit) -> None:
    page = visit.open(name)

    page.emulate_media(media="print", color_scheme="dark")

    assert min(paint(page, "body", "background-color")) == 255
    assert max(paint(page, "body", "color")) == 0
    expect(page.locator("form.filters, nav.turn, .skip").locator("visible=true")).to_have_count(0)
    assert page.pdf().startswith(b"%PDF-")


def test_can_be_read_where_scripts_are_off(browser: Browser, site: Path) -> None:
    with Visit(browser, site, java_script_enabled=False) as plain:
        page = plain.open(INDEX)

        assert len(shown(page)) == 76
        expect(page.get_by_label("Search")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [INDEX, PATTERN, CASE, REFERENCE, ROOM])
def test_axe_finds_no_barrier(name: str, scheme: str, visit: Visit) -> None:
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit.open(name)

    assert visit.barriers() == []


def test_axe_finds_the_barriers_of_a_bad_page(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<!doctype html><title>Bad</title><main><h1>Bad</h1><img src='x.png'>"
        "<p style='color: #ccc; background: #fff'>pale</p></main>"
    )

    with Visit(browser, tmp_path) as bad:
        bad.open("bad.html")
        found = " ".join(bad.barriers())

    assert all(each in found for each in ("html-has-lang", "image-alt", "color-contrast"))
