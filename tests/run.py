"""What holds for the run as a whole: no test is skipped in silence, and the run keeps a record of itself."""

from __future__ import annotations

import json
import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from .refusals import RECORD as REFUSALS

RECORD = REFUSALS.with_name("test-run.json")
STRICT = "CI"
"""Where this variable is set, a skipped test has failed."""

# On a slow machine time says nothing about a property. Where every run must tell the same story the
# examples are the same each time; at a desk they are new ones, and failures are remembered.
settings.register_profile("desk", deadline=None)
settings.register_profile(
    "same-every-time", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "same-every-time" if os.environ.get(STRICT) else "desk")
)

_deselected = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that skips itself where every test must run."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that skips itself where every test must run."""
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get(STRICT):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} ({STRICT} is set, and there every test must run)"


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Count what was left out, in whichever process it was."""
    if items:
        stash = items[0].config.stash
        stash[_deselected] = stash.get(_deselected, 0) + len(items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what a worker process left out."""
    output, config = getattr(node, "workeroutput", {}), getattr(node, "config", None)
    if isinstance(config, pytest.Config):
        config.stash[_deselected] = config.stash.get(_deselected, 0) + output.get("deselected", 0)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start both records afresh, once: worker processes only add to them."""
    if not hasattr(session.config, "workerinput"):
        RECORD.parent.mkdir(exist_ok=True)
        REFUSALS.write_text("", encoding="utf-8")
        _write(complete=False)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Say whether every test ran, so that whoever reads the records knows what they are worth."""
    worker = getattr(session.config, "workeroutput", None)
    if worker is not None:
        worker["deselected"] = session.config.stash.get(_deselected, 0)
    else:
        _write(complete=_is_complete(session, exitstatus))


def _is_complete(session: pytest.Session, exitstatus: int) -> bool:
    config = session.config
    whole = {(config.rootpath / path).resolve() for path in config.getini("testpaths")}
    asked = {(config.invocation_params.dir / path).resolve() for path in config.args}
    return (
        exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        and not (session.shouldstop or session.shouldfail)
        and asked == whole
        and not any(config.getoption(name) for name in ("ignore", "ignore_glob", "collectonly"))
        and config.stash.get(_deselected, 0) == 0
    )


def _write(*, complete: bool) -> None:
    RECORD.write_text(json.dumps({"complete": complete}) + "\n", encoding="utf-8")
